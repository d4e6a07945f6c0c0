"""Hearing: what is in a file by its sound alone; everything in here is pure.

``levels`` picks the stretches worth hearing, ``features`` turns them into figures, ``model`` turns figures into
probabilities, ``rules`` knows what needs no model, ``set_decision`` labels a whole set at once and
``agreement`` joins what is heard with what the names say. ``stages.listen`` reads the files.
"""
