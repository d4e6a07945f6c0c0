"""Fourth differences: where they stand out, and what form they have there.

The fourth difference suppresses what a band-limited sound can do and keeps what it cannot. An attack raises it, too,
but it stays raised; a click is alone.

A single sample that does not belong has a fourth difference of a known form, which hardly any sound has.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from stembridge.stages.checks.subject import Audio

CELL = 16
"""Frames whose largest difference is kept: a click fills one cell, or two."""

REACH = 8
GAP = 1
AROUND = 32
"""Cells before and after a click whose sound must be alike: half a period of the lowest notes."""

FLOOR = 1e-6

LONE = np.array((1.0, -4.0, 6.0, -4.0, 1.0), np.float32)
"""The fourth difference of a lone sample."""

EXPLAINED = 1.5
"""What the form of a lone sample may leave of the difference, and what may stand beside it, in its surroundings."""

BESIDE = 8
"""Differences on either side."""

FARTHEST, APART = 40, 6
"""How far from its largest a jump's differences reach, and the most frames between two of them."""

MOST_CELLS = 1_000


def cell_peaks(differences: Audio) -> NDArray[np.float32]:
    """Return the largest difference of each cell; the frames must be whole cells."""
    peaks: NDArray[np.float32] = np.abs(differences).reshape(-1, CELL).max(axis=1)
    return peaks


def standing_out(peaks: NDArray[np.float32], level: float, ratio: float) -> list[tuple[int, float]]:
    """Find the cells that stand out on both sides, and how far.

    Args:
        peaks: the largest difference of each cell.
        level: what it must be at least.
        ratio: how far it must be above both its surroundings.

    Returns:
        Cells that no neighbour exceeds, AROUND from both ends at least, each with its ratio.

    """
    highest = maximum_filter1d(peaks, REACH)
    margin, half = AROUND, REACH // 2
    middle = peaks[margin:-margin]
    before = highest[margin - GAP - REACH + half : len(peaks) - margin - GAP - REACH + half]
    after = highest[margin + GAP + half + 1 : len(peaks) - margin + GAP + half + 1]
    ratios = middle / np.maximum(np.maximum(before, after), FLOOR)
    is_largest = (peaks[margin - 1 : -margin - 1] < middle) & (
        middle >= peaks[margin + 1 : len(peaks) - margin + 1]
    )
    cells = np.flatnonzero((middle > level) & (ratios > ratio) & is_largest)[:MOST_CELLS]
    return list(zip((cells + margin).tolist(), ratios[cells].tolist(), strict=True))


def is_lone(differences: Audio, at: int, around: float) -> bool:
    """Say whether a lone sample explains the difference at a place, and all those beside it."""
    form = differences[at - 2 : at + 3]
    left = np.abs(form - (LONE @ form) / (LONE @ LONE) * LONE).max()
    beside = np.abs(
        np.concatenate((differences[at - 2 - BESIDE : at - 2], differences[at + 3 : at + 3 + BESIDE]))
    )
    return bool(max(left, beside.max()) < EXPLAINED * around)


def extent(differences: Audio, at: int, around: float) -> tuple[int, int]:
    """Say which frames may be wrong where a difference stands out: a step is between two, a click is some.

    Returns:
        The first such frame and the one after the last, with one more on either side.

    """
    low = max(0, at - FARTHEST)
    large = low + np.flatnonzero(np.abs(differences[low : at + FARTHEST + 1]) > EXPLAINED * around)
    groups = np.split(large, np.flatnonzero(np.diff(large) > APART) + 1)
    group = next((each for each in groups if len(each) and each[0] <= at <= each[-1]), np.array([at]))
    start, stop = int(group[0]) + 3, int(group[-1]) + 2
    return (start, stop) if stop - start >= 2 else (at + 1, at + 3)
