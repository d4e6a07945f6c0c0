"""What a file can hide: one small module a check."""
