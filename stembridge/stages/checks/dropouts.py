"""Dropouts: digital zeros that cut sound off on both sides.

A gate closes with a fade or leaves a quieter tail than the attack it opens for; a tape stop glides; a rest is long;
an effect that chops sound does so regularly. What is left is a fault: as loud behind the gap as before it, cut
without a fade.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from stembridge.stages.checks.gap_ends import are_cut, are_heard
from stembridge.stages.checks.subject import Audio, Chunk, Subject
from stembridge.stages.finding import Finding
from stembridge.units import Decibels, decibels_to_amplitude

AROUND_S = 0.025
NEAR_S = 0.00025
REST_S = 0.04
"""A shorter gap is no rest: a sixty-fourth note lasts as long at 90 beats a minute."""

SAME = 2
"""Frames by which gaps of one length differ; where most of them are rests, so are the others."""

EFFECT_GAPS = 6
REGULAR = 0.05
MOST_A_SECOND = 2.0
MOST_RUNS = 500
"""Runs of zeros in one stretch that are looked at, those that cut most off: the others are how the sound is made."""


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
        self._rest = round(REST_S * rate)
        self._around, self._near = max(16, round(AROUND_S * rate)), max(8, round(NEAR_S * rate))
        self._level = decibels_to_amplitude(Decibels(self._rule.level))
        self._tail: Audio = np.zeros((subject.sound.format.channels, 0), np.float32)
        self._gaps: list[Gap] = []
        self._rests: Counter[int] = Counter()

    def hear(self, chunk: Chunk) -> None:
        """Take the next stretch, with the end of the one before in front of it."""
        window = np.concatenate((self._tail, chunk.audio), axis=1)
        offset = chunk.start - self._tail.shape[1]
        is_last = offset + window.shape[1] >= self._subject.sound.frames
        behind = 2 * self._near if is_last else self._around
        for channel, samples in enumerate(window):
            for start, stop in self._runs(samples):
                behind_seen = offset + stop + self._around > chunk.start
                if behind_seen and stop + behind <= len(samples):
                    self._judge(samples, Gap(channel, start, stop - start), offset)
        self._tail = window[:, -(self._longest + 2 * self._around) :]

    def findings(self) -> Iterator[Finding]:
        """Report the gaps, unless they are how the sound is made."""
        cut = Counter(gap.length for gap in self._gaps)
        faults = {length for length in cut if _around(cut, length) >= _around(self._rests, length)}
        gaps = sorted({(gap.start, gap.length) for gap in self._gaps if gap.length in faults})
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
        starts, stops = starts[wanted], stops[wanted]
        steps = np.abs(samples[starts - 1]) + np.abs(samples[stops])
        steepest = np.sort(np.argsort(-steps, kind="stable")[:MOST_RUNS])
        yield from zip(starts[steepest].tolist(), stops[steepest].tolist(), strict=True)

    def _judge(self, samples: Audio, gap: Gap, offset: int) -> None:
        """Keep a gap in sound, at its place in the file, as a fault or as a rest."""
        stop = gap.start + gap.length
        before, after = (
            samples[max(0, gap.start - self._around) : gap.start],
            samples[stop : stop + self._around],
        )
        if not are_heard(before, after, self._level):
            return
        if are_cut(before, after, self._near, is_short=gap.length < self._rest):
            self._gaps.append(replace(gap, start=offset + gap.start))
        else:
            self._rests[gap.length] += 1


def _around(lengths: Counter[int], length: int) -> int:
    """Count the gaps of a length, or nearly so."""
    return sum(lengths[each] for each in range(length - SAME, length + SAME + 1))


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
