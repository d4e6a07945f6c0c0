"""How far one alignment stands out of all: the sharp dip of a codec's own grid, in frame after frame; pure."""

import numpy as np
from numpy.typing import NDArray

from stembridge.stages.checks.codecs.banks import Curves

NEAR, FAR = 3, 9
MOST = 3.0
"""How much one frame may say, in standard deviations: what stands out in few frames was not made by a codec."""

RIPPLES = 32
"""How far beside a dip there may be lesser ones: a codec that codes few high bands makes some."""

RIVAL = 0.6
MOST_RIVALS = 3
"""Other alignments that may stand out nearly as far; a codec that changes its frames' length shows two or three."""

Scores = NDArray[np.float64]
"""How far each alignment dips, in standard deviations, shape (hop,)."""


def scores_of(curves: Curves) -> Scores:
    """Return how far each alignment dips below its neighbours in all frames together.

    A change of level bends a curve over dozens of alignments; a grid is one or two alignments wide, so each is
    held against those three to nine beside it. Nothing is said where many alignments stand out alike, as they do in
    a tone whose period fits the frames.
    """
    padded = np.pad(curves, ((0, 0), (FAR, FAR)), mode="reflect")
    shifts = [shift for shift in range(-FAR, FAR + 1) if abs(shift) >= NEAR]
    beside = np.array([padded[:, FAR + shift : FAR + shift + curves.shape[1]] for shift in shifts])
    depth = np.median(beside, axis=0) - curves
    limited = np.clip(depth / _spread(depth)[:, np.newaxis], -MOST, MOST)
    summed = limited.sum(axis=0) / np.sqrt(len(curves))
    scores = summed / max(1.0, float(_spread(summed[np.newaxis])[0]))
    return scores if _stands_alone(scores) else np.zeros_like(scores)


def grid_scores(scores: Scores, period: int, start: int) -> Scores:
    """Return how far each grid stands out, shape (period,).

    Args:
        scores: of the alignments of one excerpt.
        period: alignments a whole number of periods from each other belong to one grid.
        start: the excerpt's first sample, at the codec's rate.

    """
    near = np.max([np.roll(scores, shift) for shift in (-1, 0, 1)], axis=0)
    return np.roll(near.reshape(-1, period).max(axis=0), start % period)


def _stands_alone(scores: Scores) -> bool:
    place = int(scores.argmax())
    beside = np.abs(np.arange(len(scores)) - place) > RIPPLES
    return int(np.count_nonzero(beside & (scores > RIVAL * scores[place]))) <= MOST_RIVALS


def _spread(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the standard deviation of each row, as its median deviation tells it."""
    middle = np.median(values, axis=1, keepdims=True)
    return np.asarray(np.maximum(1.4826 * np.median(np.abs(values - middle), axis=1), 1e-9))
