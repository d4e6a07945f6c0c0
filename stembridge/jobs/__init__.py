"""How work survives: the durable queue and its workers."""
