"""Sidecars: what comes with the sound and says something about it: checksum lists, tempo maps, cue sheets."""
