"""The filterbanks of lossy codecs, and how their frame grids show in decoded sound."""
