"""What a DAW opens: names, .rpp sessions, tempo maps, the manifest."""
