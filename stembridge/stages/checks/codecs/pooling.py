"""How far an alignment stands out in frame after frame, and in place after place; pure."""

import numpy as np
from numpy.typing import NDArray

from stembridge.stages.checks.codecs.zeros import Surplus

MOST = 3.0
"""How much one frame may say, in standard deviations: what stands out in few frames was not made by a codec."""

LEAST_DEVIATION = 0.5

Scores = NDArray[np.float64]
"""How far each alignment, or each grid, stands out, in standard deviations."""


def standing(found: Surplus) -> Scores:
    """Return how far each alignment stands out of the others in all frames together, shape (alignments,)."""
    middle, spread = _middle_and_spread(found)
    limited = np.clip((found - middle) / np.maximum(spread, LEAST_DEVIATION), -MOST, MOST)
    summed = limited.sum(axis=0, dtype=np.float64) / np.sqrt(len(found))
    middle, spread = _middle_and_spread(summed[np.newaxis])
    return np.asarray((summed - middle[0]) / max(1.0, float(spread[0, 0])))


def standing_beside(found: Surplus, sides: int) -> Scores:
    """Return how far some alignments stand out of those beside them, shape (alignments - sides,).

    Args:
        found: of the alignments themselves, then of those beside.
        sides: how many those are.

    """
    middle, spread = _middle_and_spread(found[:, -sides:])
    depth = (found[:, :-sides] - middle) / np.maximum(spread, LEAST_DEVIATION)
    return np.asarray(np.clip(depth, -MOST, MOST).sum(axis=0, dtype=np.float64) / np.sqrt(len(found)))


def _middle_and_spread(values: NDArray[np.floating]) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Return the median of each row, and its standard deviation as the median deviation tells it."""
    middle = np.median(values, axis=1, keepdims=True)
    return middle, 1.4826 * np.median(np.abs(values - middle), axis=1, keepdims=True)
