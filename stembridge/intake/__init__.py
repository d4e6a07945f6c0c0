"""How work arrives: hot folders, OSC, the REAPER spool."""
