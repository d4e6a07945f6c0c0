"""Align files: where the stems of a set belong, read from disk at the rate of the mix or of the set."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from stembridge.audio.chunks import read_metadata
from stembridge.audio.sound import Sound
from stembridge.stages.align import Advance, align_stems
from stembridge.stages.among import Together, align_among
from stembridge.stages.file_signal import open_signals
from stembridge.stages.offset import Offset
from stembridge.stages.signals import Sided, Signal
from stembridge.units import Hertz, Samples, Seconds, seconds_to_samples

Sides = tuple[Sound, ...]
"""The files of a stem: one, or its left and its right side, mono and equally long."""


def align_to_mix(
    mix: Sides,
    stems: Sequence[Sides],
    *,
    limit: Seconds | None = None,
    threads: int = 1,
    advance: Advance = lambda _done: None,
) -> tuple[Offset, ...]:
    """Find where each stem belongs in its mix.

    Args:
        mix: the mix.
        stems: of any rates and lengths.
        limit: the largest shift to consider, either way.
        threads: how many stems are searched for side by side.
        advance: told how much is done, 0 to 1.

    Returns:
        One offset a stem, in samples at the mix's rate.

    Raises:
        AlignmentError: if the mix is silent.
        AudioError: if a file cannot be decoded to its end.

    """
    rate = mix[0].format.rate
    reference, *signals = _open([mix, *stems], rate)
    shift = None if limit is None else seconds_to_samples(limit, rate)
    return align_stems(reference, signals, rate, limit=shift, threads=threads, advance=advance)


def align_set(
    stems: Sequence[Sides],
    starts: Sequence[Fraction],
    *,
    limit: Seconds | None = None,
    advance: Advance = lambda _done: None,
) -> tuple[Offset, ...]:
    """Find where stems belong to each other, when there is no mix.

    Args:
        stems: of any rates and lengths.
        starts: where each starts as far as is known, in seconds.
        limit: the largest shift to consider, either way.
        advance: told how much is done, 0 to 1.

    Returns:
        One offset a stem, in samples at the rate that most stems have (``common_rate``), on the line of the
        starts.

    Raises:
        AudioError: if a file cannot be decoded to its end.

    """
    rate = common_rate([sides[0] for sides in stems])
    shift = None if limit is None else seconds_to_samples(limit, rate)
    placed = [Samples(round(start * rate)) for start in starts]
    return align_among(_open(stems, rate), placed, rate, limit=shift, advance=advance)


def common_rate(sounds: Sequence[Sound]) -> Hertz:
    """Return the rate that most of the files have, of two the higher."""
    counted = Counter(sound.format.rate for sound in sounds)
    return max(counted, key=lambda rate: (counted[rate], rate))


def stamped_starts(sounds: Sequence[Sound]) -> list[Fraction]:
    """Read where files start by their bext time stamps, in seconds after the first; together where none has one."""
    stamped: list[Fraction | None] = []
    for sound in sounds:
        bext = read_metadata(sound.path).bext
        frames = 0 if bext is None else bext.time_reference
        stamped.append(Fraction(frames, sound.format.rate) if frames else None)
    first = min((start for start in stamped if start is not None), default=Fraction(0))
    return [Fraction(0) if start is None else start - first for start in stamped]


def _open(stems: Sequence[Sides], rate: Hertz) -> list[Signal]:
    """Make one signal of each stem: both sides of it, where it comes as two files."""
    opened = iter(open_signals([sound for sides in stems for sound in sides], rate))
    return [_joined([next(opened) for _ in sides]) for sides in stems]


def _joined(sides: Sequence[Signal]) -> Signal:
    if len(sides) == 1:
        return sides[0]
    return Together(tuple(Sided(side, place, len(sides)) for place, side in enumerate(sides)))
