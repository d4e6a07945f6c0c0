"""Stamp: what an output says about itself; pure.

The source's metadata goes along: rescaled with the rate, moved with the audio. Every WAV gets a bext chunk with
its position, its loudness and one more line of coding history, so that any DAW can put it where it belongs;
a separated stem gets an iXML document with its name and position where the source has none.
"""

from dataclasses import replace

from stembridge import __version__
from stembridge.audio.bext import coding_history_line, new_bext
from stembridge.audio.chunks import Loudness, Metadata, wav_chunks
from stembridge.audio.ixml_guide import ixml_with_guide
from stembridge.audio.ixml_new import new_ixml
from stembridge.audio.meter import Measurement
from stembridge.audio.retime import (
    at_depth,
    at_position,
    at_rate,
    at_speed,
    shifted_and_problems,
    with_history,
    with_loudness,
)
from stembridge.stages.plan import StemPlan


def described(stem: StemPlan) -> tuple[Metadata, tuple[str, ...]]:
    """Return the metadata of an output, all but its loudness, which is not known before it is written.

    Returns:
        The metadata, and sentences about what could not be kept.

    """
    source, target = stem.facts.sound.format, stem.format
    metadata = at_speed(at_rate(stem.facts.metadata, source.rate, target.rate), stem.clock.speed)
    if source.encoding != target.encoding:
        metadata = at_depth(metadata, target.encoding.bits)
    metadata, problems = shifted_and_problems(metadata, stem.placement.lead, stem.placement.frames)
    bext = metadata.bext or new_bext(stem.identity.stem, stem.placement.position)
    metadata = replace(metadata, bext=bext, ixml=metadata.ixml or _own_ixml(stem))
    metadata = at_position(metadata, stem.placement.position, target.rate)
    line = coding_history_line(target.rate, target.encoding.bits, target.channels, _done(stem))
    metadata = with_loudness(with_history(metadata, line), Loudness())
    told = stem.told
    ixml = ixml_with_guide(metadata.ixml, told.cues, bpm=told.bpm, meter=told.meter)
    metadata = replace(metadata, ixml=ixml)
    return metadata, (*problems, *wav_chunks(metadata).problems)


def _own_ixml(stem: StemPlan) -> str | None:
    """Return what a separated stem says of itself; a file that is only conformed says no more than it did."""
    if stem.separated is None:
        return None
    form = stem.format
    return new_ixml(
        stem.identity.stem,
        channels=form.channels,
        rate=form.rate,
        bits=form.encoding.bits,
        position=stem.placement.position,
    )


def _done(stem: StemPlan) -> str:
    """Say in a line of history what was done to the samples."""
    parts = [f"stembridge {__version__}"]
    if stem.beside is not None:
        parts.append(f"left and right of {stem.facts.source.name.name} and {stem.beside.source.name.name}")
    if stem.folded:
        parts.append("dual mono to mono")
    if stem.gain_db:
        parts.append(f"gain {stem.gain_db:+.2f} dB")
    if stem.clock.drift_ppm:
        parts.append(f"clock corrected by {-stem.clock.drift_ppm:+.3f} ppm")
    if stem.clock.delay:
        parts.append(f"delayed by {stem.clock.delay:+.3f} samples")
    return "; ".join(parts)


def stamped(metadata: Metadata, measurement: Measurement) -> Metadata:
    """Return the metadata with the loudness that was measured.

    The bext chunk stands before the sound and has room for it; an iXML document would grow, so it leaves its copy
    of the loudness empty.
    """
    return replace(with_loudness(metadata, measurement.to_loudness()), ixml=metadata.ixml)
