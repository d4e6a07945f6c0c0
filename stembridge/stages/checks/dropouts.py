"""Dropouts: digital zeros that cut sound off on both sides, and blocks of a buffer that were played twice.

A gate closes with a fade or leaves a quieter tail than the attack it opens for; a tape stop glides; a rest is long;
an effect that chops sound does so regularly. What is left is a fault: as loud behind the gap as before it, cut
without a fade.

How loud it is must be measured over a period of the lowest notes; how it ends, over less than the fastest fade. At a
zero of a low note it ends quietly, but steeply, so its slope is counted with it, as much as it rises when the sound
is at its peak. In a low note there may also be a single step far beyond those before it.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stembridge.stages.checks.subject import Audio, Chunk, Subject
from stembridge.stages.finding import Finding
from stembridge.units import Decibels, decibels_to_amplitude

AROUND_S = 0.025
NEAR_S = 0.00025
ABRUPT, BARELY = 0.35, 0.15
TORN = 2.0
"""How far the step into a gap must be beyond the others of the last half millisecond to be a tear."""

LEAST_STEP = 2.0**-15
LEAST_EDGE = 3.0 * LEAST_STEP
"""Zeros between quieter samples are the rounding of a slow wave."""
ALIKE = 4.0
EFFECT_GAPS = 6
REGULAR = 0.05
MOST_A_SECOND = 2.0
MOST_RUNS = 500
"""Runs of zeros in one stretch that are looked at: more is how the sound is made."""


@dataclass(frozen=True)
class Gap:
    """A run of zeros inside sound, in frames."""

    channel: int
    start: int
    length: int


class Dropouts:
    """Looks for gaps, each within a window that holds what is around it."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._rule = subject.check.dropouts
        rate = subject.rate
        self._shortest = max(8, round(self._rule.shortest / 1000 * rate))
        self._longest = round(self._rule.longest / 1000 * rate)
        self._around, self._near = max(16, round(AROUND_S * rate)), max(8, round(NEAR_S * rate))
        self._level = decibels_to_amplitude(Decibels(self._rule.level))
        self._tail: Audio = np.zeros((subject.sound.format.channels, 0), np.float32)
        self._gaps: list[Gap] = []

    def hear(self, chunk: Chunk) -> None:
        """Take the next stretch, with the end of the one before in front of it."""
        window = np.concatenate((self._tail, chunk.audio), axis=1)
        offset = chunk.start - self._tail.shape[1]
        is_last = offset + window.shape[1] >= self._subject.sound.frames
        behind = 2 * self._near if is_last else self._around
        for channel, samples in enumerate(window):
            for start, stop in self._runs(samples):
                behind_seen = offset + stop + self._around > chunk.start
                if behind_seen and stop + behind <= len(samples) and self._is_cut(samples, start, stop):
                    self._gaps.append(Gap(channel, offset + start, stop - start))
        self._tail = window[:, -(self._longest + 2 * self._around) :]

    def findings(self) -> Iterator[Finding]:
        """Report the gaps, unless they are how the sound is made."""
        gaps = sorted({(gap.start, gap.length) for gap in self._gaps})
        if not gaps or _is_effect(gaps, self._subject.sound.duration):
            return
        start, length = max(gaps, key=lambda gap: gap[1])
        milliseconds = 1000 * length / self._subject.rate
        yield self._subject.finding(
            self._rule,
            "dropout",
            f"The sound drops out {len(gaps)} {'time' if len(gaps) == 1 else 'times'},"
            f" the longest for {milliseconds:.1f} ms ({length} zeros).",
            measured=float(len(gaps)),
            limit=0.0,
            unit="dropouts",
            at=self._subject.time(start if len(gaps) == 1 else gaps[0][0]),
            hint="Ask for a new export; a disk or a buffer was too slow.",
        )

    def _runs(self, samples: Audio) -> Iterator[tuple[int, int]]:
        zero = samples == 0.0
        if not zero.any():
            return
        edges = np.flatnonzero(zero[1:] != zero[:-1]) + 1
        starts = edges[0 if not zero[0] else 1 :: 2]
        stops = edges[1 if not zero[0] else 2 :: 2]
        starts = starts[: len(stops)]
        lengths = stops - starts
        wanted = (lengths >= self._shortest) & (lengths <= self._longest) & (starts > 2 * self._near)
        yield from zip(starts[wanted][:MOST_RUNS].tolist(), stops[wanted][:MOST_RUNS].tolist(), strict=True)

    def _is_cut(self, samples: Audio, start: int, stop: int) -> bool:
        before = samples[max(0, start - self._around) : start]
        after = samples[stop : stop + self._around][::-1]
        levels = _rms(before), _rms(after)
        is_rounding = max(abs(float(before[-1])), abs(float(after[-1]))) < LEAST_EDGE
        if is_rounding or min(levels) < self._level or max(levels) > ALIKE * min(levels):
            return False
        steepness = sorted((abruptness(before, self._near), abruptness(after, self._near)))
        return steepness[0] >= BARELY and steepness[1] >= ABRUPT


def abruptness(sound: Audio, near: int) -> float:
    """Say how loud a sound is when it ends, beside how loud it is.

    Args:
        sound: what ends in a gap, shape (frames,).
        near: the frames that are its end.

    Returns:
        0 to about 1; 1 if its last step is a tear.

    """
    steps = np.diff(sound)
    others = float(np.abs(steps[-2 * near :]).max())
    if abs(float(sound[-1])) >= TORN * max(others, LEAST_STEP):
        return 1.0
    loudness = np.hypot(_rms(sound[-near:]) / _rms(sound), _rms(steps[-near:]) / max(_rms(steps), LEAST_STEP))
    return float(loudness / np.sqrt(2.0))


def _rms(samples: NDArray[np.float32]) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))


def _is_effect(gaps: list[tuple[int, int]], seconds: float) -> bool:
    """Say whether the gaps come so regularly, or so often, that somebody wanted them.

    Gaps of one length that is a power of two are a buffer's, however many.
    """
    length, count = Counter(length for _, length in gaps).most_common(1)[0]
    if count > len(gaps) / 2 and length & (length - 1) == 0:
        return False
    if len({start for start, _ in gaps}) < EFFECT_GAPS:
        return False
    spacing = np.diff(sorted({start for start, _ in gaps}))
    steps = spacing / spacing.min()
    regular = bool(np.all(np.abs(steps - np.round(steps)) < REGULAR))
    return regular or len(gaps) > MOST_A_SECOND * seconds
