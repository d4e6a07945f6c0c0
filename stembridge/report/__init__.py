"""Telling people: console, OSC, spool, HTML."""
