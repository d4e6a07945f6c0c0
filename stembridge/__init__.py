"""stembridge: a daemon beside the DAW that separates, renames, aligns, checks and conforms stems.

The map of the package, from the outside in (imports only ever point downwards):

* ``cli`` -- the commands; the only module that prints and exits.
* ``daemon`` -- builds the parts, starts them in order, stops them in reverse.
* ``intake`` -- how work arrives: hot folders, archives, OSC, the REAPER spool.
* ``jobs`` -- how work survives: the durable queue and its workers.
* ``pipeline`` -- the stages in order, on one screen.
* ``report`` -- telling people: console, OSC, spool, HTML.
* ``stages`` -- the verbs: probe, identify, plan, separate, align, conform, check, deliver.
* ``separators`` -- separation models behind one protocol.
* ``session`` -- what a DAW opens: names, .rpp, tempo maps, the manifest.
* ``audio`` -- what sound is: files, blocks, resampling, metadata chunks, meters.
* ``config``, ``presets``, ``request``, ``units``, ``errors`` -- the words the rest is written in.
"""

__version__ = "0.1.0"
