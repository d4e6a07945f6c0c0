"""Clicks: steps of a sample or two, far beyond what the sound does shortly before and after them.

A click is alone, and the old sound goes on behind it. Where a new sound begins, a note does, however hard it starts:
in a sound that has such steps of its own, a cut in it cannot be told from them.
"""

from collections.abc import Iterable, Iterator
from enum import Enum, auto

import numpy as np

from stembridge.stages.checks.differences import (
    AROUND,
    CELL,
    FLOOR,
    cell_peaks,
    extent,
    is_lone,
    standing_out,
)
from stembridge.stages.checks.jumps import Jump, judge
from stembridge.stages.checks.subject import Audio, Chunk, Subject, decibels
from stembridge.stages.finding import Finding
from stembridge.units import Decibels, decibels_to_amplitude

ALIKE = 3.0
"""How many times louder one side may be than the other: more is a note that starts there, or ends."""

STEP = 3.0
"""The fourth difference of a unit step peaks at 3; that of a lone sample at 6."""

CLOSE_S = 0.1
"""Cuts that are closer to each other are how a wave is made, as a sawtooth is."""

LONE_RATIO, BURST_RATIO = 0.35, 0.5
"""The share of the rule's ratio that is enough for a lone sample, and for a few."""


class Kind(Enum):
    """What stands out: a sample, a few samples, a cut, or a sound of its own."""

    LONE = auto()
    BURST = auto()
    CUT = auto()
    NOTE = auto()


class Clicks:
    """Keeps the places where the fourth difference is far above its surroundings, by what they are."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._rule = subject.check.clicks
        self._level = STEP * decibels_to_amplitude(Decibels(self._rule.level))
        self._most = max(3.0, self._rule.most_a_second * subject.sound.duration)
        self._tail: Audio = np.zeros((subject.sound.format.channels, 0), np.float32)
        self._found: dict[Kind, dict[int, float]] = {kind: {} for kind in Kind}

    def hear(self, chunk: Chunk) -> None:
        """Take the next stretch, with the end of the one before in front of it."""
        window = np.concatenate((self._tail, chunk.audio), axis=1)
        cells = (window.shape[1] - 4) // CELL
        start = chunk.start - self._tail.shape[1]
        if cells > 2 * AROUND:
            for samples in window:
                self._look(samples[: cells * CELL + 4], start)
        keep = window.shape[1] - max(0, cells - 2 * AROUND) * CELL
        self._tail = window[:, -keep:]

    def findings(self) -> Iterator[Finding]:
        """Report the clicks, unless there are so many that the sound is made of them."""
        clicks = self._clicks()
        if not clicks:
            return
        count, largest = len(clicks), max(clicks, key=clicks.__getitem__)
        yield self._subject.finding(
            self._rule,
            "click",
            f"There {'is a click' if count == 1 else f'are {count} clicks'},"
            f" the largest a step of about {decibels(clicks[largest]):.0f} dBFS.",
            measured=float(count),
            limit=0.0,
            unit="clicks",
            at=self._subject.time(largest * CELL),
            hint="Listen there; a cut without a fade, or a lost sample, makes one.",
        )

    def _look(self, samples: Audio, start: int) -> None:
        if len(self._found[Kind.LONE]) > self._most:
            return
        differences = np.diff(samples, 4)
        peaks = cell_peaks(differences)
        for cell, ratio in standing_out(peaks, self._level, LONE_RATIO * self._rule.ratio):
            kind = self._kind(samples, differences, cell, ratio)
            if kind is not None:
                self._found[kind][start // CELL + cell] = float(peaks[cell]) / STEP

    def _kind(self, samples: Audio, differences: Audio, cell: int, ratio: float) -> Kind | None:
        """Say what stands out in a cell; None if it is too little for what it is."""
        inside = np.abs(differences[cell * CELL : (cell + 1) * CELL])
        at, around = cell * CELL + int(inside.argmax()), max(float(inside.max()) / ratio, FLOOR)
        is_far = ratio > self._rule.ratio
        if is_lone(differences, at, around):
            goes_on = is_far or judge(samples, *extent(differences, at, around)) == Jump.WRONG_SAMPLES
            return Kind.LONE if goes_on else None
        own = max(len(self._found[kind]) for kind in (Kind.CUT, Kind.NOTE))
        if ratio <= BURST_RATIO * self._rule.ratio or own > self._most:
            return None
        jump = judge(samples, *extent(differences, at, around)) if _is_as_loud(samples, cell) else Jump.NOTE
        if jump == Jump.WRONG_SAMPLES:
            return Kind.BURST
        return (Kind.CUT if jump == Jump.CUT else Kind.NOTE) if is_far else None

    def _is_apart(self, cell: int, cuts: Iterable[int]) -> bool:
        """Say whether no other cut is close: those are how a wave is made."""
        close = CLOSE_S * self._subject.rate / CELL
        return not any(1 < abs(cell - other) < close for other in cuts)

    def _clicks(self) -> dict[int, float]:
        """Gather what is a fault: what is only sometimes one, where the sound has few steps of its own."""
        lone, burst, cut, note = (self._found[kind] for kind in Kind)
        other = {cell + near for cell in (*lone, *burst, *cut) for near in (-1, 0, 1)}
        own = len(note.keys() - other)
        clicks = dict(lone) if len(lone) <= self._most else {}
        if len(burst) + own <= self._most:
            clicks |= burst
        if len(cut) <= self._most and own <= len(cut) / 2:
            clicks |= {cell: step for cell, step in cut.items() if self._is_apart(cell, cut)}
        return clicks


def _is_as_loud(samples: Audio, cell: int) -> bool:
    """Say whether the sound behind a cell is as loud as before it, as a whole and in the treble."""
    start, stop = cell * CELL, (cell + 1) * CELL + 4
    before, after = samples[start - (AROUND - 1) * CELL : start], samples[stop : stop + (AROUND - 2) * CELL]
    pairs = ((before, after), (np.diff(before), np.diff(after)))
    levels = [tuple(float(np.sqrt(np.mean(np.square(each)))) + FLOOR for each in pair) for pair in pairs]
    return all(max(pair) < ALIKE * min(pair) for pair in levels)
