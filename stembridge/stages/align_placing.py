"""Place aligned stems: one start and one end for a set again, from where its stems stand now.

Silence that a stem has before the mix starts, or after it ends, may be cut; nothing that sounds is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from stembridge.audio.sound import Sound
from stembridge.preset_model import Align
from stembridge.stages.align_findings import Moved
from stembridge.stages.file_signal import FileSignal
from stembridge.stages.guidance import Guidance, told_of
from stembridge.stages.plan import StemPlan
from stembridge.stages.timeline import Span, place

QUIET = 10 ** (-90 / 20)
"""What stays below -90 dBFS is silence that may be cut."""
STRETCH = 1 << 18


def spans_of(moved: Sequence[Moved]) -> list[Span]:
    """Lay the stems of a set on the timeline, with the silence that may be cut."""
    mixes = [each for each in moved if each.stem.identity.is_mix]
    return [_span(each, mixes[0] if mixes else None) for each in moved]


def before_midnight(placing: Sequence[Sequence[tuple[Moved, Span]]], wanted: Align) -> Fraction:
    """Return how far all must be lifted so that nothing starts before midnight, where no time stamp reaches."""
    starts = [
        each.after if wanted.start == "keep" else each.after + span.head
        for one in placing
        for each, span in one
    ]
    return max(Fraction(0), -min(starts, default=Fraction(0)))


def placed_stems(
    placing: Sequence[tuple[Moved, Span]], wanted: Align, lift: Fraction, guidance: Mapping[str, Guidance]
) -> list[tuple[StemPlan, bool]]:
    """Give the stems of a set their common start and end again, and say whether what is cut at the start is heard."""
    spans = [replace(span, start=each.after + lift) for each, span in placing]
    placed = []
    for (each, span), placement in zip(placing, place(spans, wanted), strict=True):
        own = guidance.get(each.stem.edition, Guidance())
        told = told_of(own, placement.position, placement.frames, span.rate)
        is_heard = placement.lead < 0 and -placement.lead > round(span.head * span.rate)
        placed.append((replace(each.stem, placement=placement, told=told), is_heard))
    return placed


def _span(each: Moved, mix: Moved | None) -> Span:
    sounds, rate = [facts.sound for facts in each.stem.sources], each.stem.format.rate
    span = Span(each.after, each.stem.natural_frames, rate)
    if mix is None or each is mix or not each.is_sure:
        return span
    last = mix.after + Fraction(mix.stem.facts.sound.frames, mix.stem.facts.sound.format.rate)
    before, after = mix.after - each.after, each.after + span.seconds - last
    return replace(
        span,
        head=min(_silent(sound, before, at_start=True) for sound in sounds),
        tail=min(_silent(sound, after, at_start=False) for sound in sounds),
    )


def _silent(sound: Sound, seconds: Fraction, *, at_start: bool) -> Fraction:
    """Return how much may be cut at one end of a file: all of ``seconds``, or nothing if it is heard."""
    frames = min(sound.frames, round(seconds * sound.format.rate))
    if frames <= 0:
        return Fraction(0)
    first = 0 if at_start else sound.frames - frames
    signal = FileSignal(sound, sound.format.rate)
    for start in range(first, first + frames, STRETCH):
        block = signal.read(start, min(first + frames, start + STRETCH))
        if float(abs(block).max(initial=0.0)) > QUIET:
            return Fraction(0)
    return seconds
