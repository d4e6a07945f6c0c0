"""Stamp: what an output says about itself; pure.

The source's metadata goes along: rescaled with the rate, moved with the audio. Every WAV gets a bext chunk with
its position, its loudness and one more line of coding history, so that any DAW can put it where it belongs.
"""

from dataclasses import replace

from stembridge import __version__
from stembridge.audio.bext import coding_history_line, new_bext
from stembridge.audio.chunks import Loudness, Metadata
from stembridge.audio.meter import Measurement
from stembridge.audio.retime import at_depth, at_rate, shifted, with_history, with_loudness
from stembridge.stages.plan import StemPlan


def described(stem: StemPlan) -> Metadata:
    """Return the metadata of an output, all but its loudness, which is not known before it is written."""
    source, target = stem.facts.sound.format, stem.format
    metadata = at_rate(stem.facts.metadata, source.rate, target.rate)
    if source.encoding != target.encoding:
        metadata = at_depth(metadata, target.encoding.bits)
    metadata = shifted(metadata, stem.placement.lead, stem.placement.frames)
    bext = metadata.bext or new_bext(stem.identity.stem, stem.placement.position)
    metadata = replace(metadata, bext=replace(bext, time_reference=stem.placement.position))
    line = coding_history_line(
        target.rate, target.encoding.bits, target.channels, f"stembridge {__version__}"
    )
    return with_loudness(with_history(metadata, line), Loudness())


def stamped(metadata: Metadata, measurement: Measurement) -> Metadata:
    """Return the metadata with the loudness that was measured.

    The bext chunk stands before the sound and has room for it; an iXML document would grow, so it leaves its copy
    of the loudness empty.
    """
    return replace(with_loudness(metadata, measurement.to_loudness()), ixml=metadata.ixml)
