"""A codec's frame grid, held against several places of a file: one grid has to explain them all; pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stembridge.stages.checks.codecs.banks import Bank, Signal
from stembridge.stages.checks.codecs.dip import Scores, grid_scores, scores_of

HINT = 4.5
"""What the first place must show before the others are looked at; chance shows 3.5."""


@dataclass(frozen=True)
class Grid:
    """The grid that explains most.

    Attributes:
        deviations: how far it stands out in all places together, in standard deviations.
        confirmed: how far in the second best of them; 0 if only one was looked at.

    """

    deviations: float
    confirmed: float


def find_grid(bank: Bank, excerpts: Sequence[tuple[int, Signal]], noise: float) -> Grid | None:
    """Find the grid of a codec.

    Args:
        bank: the codec.
        excerpts: the first sample and the sound of each place, at the codec's rate.
        noise: the level of the noise that storage adds.

    Returns:
        The grid; None if no place has enough steady sound to tell.

    """
    found: list[Scores] = []
    for start, signal in excerpts:
        curves = bank.curves(signal, noise)
        if curves is None:
            continue
        scores = scores_of(curves)
        if not found and scores.max() < HINT:
            return Grid(float(scores.max()), 0.0)
        found.append(grid_scores(scores, bank.period, start))
    if not found:
        return None
    together = np.sum(found, axis=0)
    best = int(together.argmax())
    each = sorted((float(scores[best]) for scores in found), reverse=True)
    confirmed = each[1] if len(each) > 1 else 0.0
    return Grid(float(together[best]) / float(np.sqrt(len(found))), confirmed)
