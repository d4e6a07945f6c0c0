"""Separation models behind one protocol."""
