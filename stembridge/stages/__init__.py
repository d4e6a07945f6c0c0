"""The verbs: each stage takes a record and returns the next."""
