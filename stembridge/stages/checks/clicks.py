"""Clicks: steps of a sample or two, far beyond what the sound does shortly before and after them.

The fourth difference suppresses what a band-limited sound can do and keeps what it cannot. An attack raises it, too,
but it stays raised; a click is alone, and the sound goes on behind it as it was before.

A single sample that does not belong has a fourth difference of a known form, which hardly any sound has. Where that
form explains all that stands out, half as much is enough.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from stembridge.stages.checks.subject import Audio, Chunk, Subject, decibels
from stembridge.stages.finding import Finding
from stembridge.units import Decibels, decibels_to_amplitude

CELL = 16
"""Frames whose largest difference is kept: a click fills one cell, or two."""

REACH = 8
GAP = 1
AROUND = 32
"""Cells before and after a click whose sound must be alike: half a period of the lowest notes."""

ALIKE = 3.0
"""How many times louder one may be than the other: more is a note that starts there, or ends."""

STEP = 3.0
"""The fourth difference of a unit step peaks at 3; that of a lone sample at 6."""

FLOOR = 1e-6

LONE = np.array((1.0, -4.0, 6.0, -4.0, 1.0), np.float32)
"""The fourth difference of a lone sample."""

LONE_RATIO = 0.5
"""The share of the rule's ratio that is enough for one."""

EXPLAINED = 1.5
"""What the form of a lone sample may leave of the difference, and what may stand beside it, in its surroundings."""

BESIDE = 8
"""Differences on either side."""

MOST_CELLS = 1_000


class Clicks:
    """Keeps the places where the fourth difference is far above its surroundings."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._rule = subject.check.clicks
        self._level = STEP * decibels_to_amplitude(Decibels(self._rule.level))
        self._tail: Audio = np.zeros((subject.sound.format.channels, 0), np.float32)
        self._found: dict[int, float] = {}

    def hear(self, chunk: Chunk) -> None:
        """Take the next stretch, with the end of the one before in front of it."""
        window = np.concatenate((self._tail, chunk.audio), axis=1)
        cells = (window.shape[1] - 4) // CELL
        start = chunk.start - self._tail.shape[1]
        if cells > 2 * AROUND:
            for samples in window:
                differences = np.diff(samples[: cells * CELL + 4], 4)
                peaks = np.abs(differences).reshape(cells, CELL).max(axis=1)
                for cell, ratio in self._alone(peaks):
                    largest = peaks[cell - 1] < peaks[cell] >= peaks[cell + 1]
                    if largest and self._is_click(samples, differences, cell, ratio):
                        self._found[start // CELL + cell] = float(peaks[cell]) / STEP
        keep = window.shape[1] - max(0, cells - 2 * AROUND) * CELL
        self._tail = window[:, -keep:]

    def findings(self) -> Iterator[Finding]:
        """Report the clicks, unless there are so many that the sound is made of them."""
        count = len(self._found)
        if not count or count > max(3.0, self._rule.most_a_second * self._subject.sound.duration):
            return
        largest = max(self._found, key=self._found.__getitem__)
        yield self._subject.finding(
            self._rule,
            "click",
            f"There {'is a click' if count == 1 else f'are {count} clicks'},"
            f" the largest a step of about {decibels(self._found[largest]):.0f} dBFS.",
            measured=float(count),
            limit=0.0,
            unit="clicks",
            at=self._subject.time(largest * CELL),
            hint="Listen there; a cut without a fade, or a lost sample, makes one.",
        )

    def _alone(self, peaks: NDArray[np.float32]) -> list[tuple[int, float]]:
        """Find the cells that stand out on both sides, and how far."""
        highest = maximum_filter1d(peaks, REACH)
        margin = AROUND
        middle = peaks[margin:-margin]
        half = REACH // 2
        before = highest[margin - GAP - REACH + half : len(peaks) - margin - GAP - REACH + half]
        after = highest[margin + GAP + half + 1 : len(peaks) - margin + GAP + half + 1]
        ratios = middle / np.maximum(np.maximum(before, after), FLOOR)
        cells = np.flatnonzero((middle > self._level) & (ratios > LONE_RATIO * self._rule.ratio))[:MOST_CELLS]
        return list(zip((cells + margin).tolist(), ratios[cells].tolist(), strict=True))

    def _is_click(self, samples: Audio, differences: Audio, cell: int, ratio: float) -> bool:
        """Say whether what stands out is a step in a sound that goes on, or a lone sample."""
        is_far, is_lone = ratio > self._rule.ratio, _is_lone(differences, cell, ratio)
        return (is_far and is_lone) or ((is_far or is_lone) and _goes_on(samples, cell))


def _is_lone(differences: Audio, cell: int, ratio: float) -> bool:
    """Say whether a lone sample explains the largest difference of a cell, and all those beside it."""
    inside = np.abs(differences[cell * CELL : (cell + 1) * CELL])
    at = cell * CELL + int(inside.argmax())
    around = inside.max() / ratio
    form = differences[at - 2 : at + 3]
    left = np.abs(form - (LONE @ form) / (LONE @ LONE) * LONE).max()
    beside = np.abs(
        np.concatenate((differences[at - 2 - BESIDE : at - 2], differences[at + 3 : at + 3 + BESIDE]))
    )
    return bool(max(left, beside.max()) < EXPLAINED * around)


def _goes_on(samples: Audio, cell: int) -> bool:
    """Say whether the sound behind a cell is as loud as before it, as a whole and in the treble."""
    start, stop = cell * CELL, (cell + 1) * CELL + 4
    before, after = samples[start - (AROUND - 1) * CELL : start], samples[stop : stop + (AROUND - 2) * CELL]
    pairs = ((before, after), (np.diff(before), np.diff(after)))
    levels = [tuple(float(np.sqrt(np.mean(np.square(each)))) + FLOOR for each in pair) for pair in pairs]
    return all(max(pair) < ALIKE * min(pair) for pair in levels)
