"""A codec's frame grid, held against many places of a file: one grid has to explain them all; pure.

All alignments are tried at one place. Those that stand out most there are tried at a few more, and the best of these at
all: what a codec left in each place may be little, but it is at the same grid everywhere.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stembridge.stages.checks.codecs.banks import Bank, Excerpts, Signal
from stembridge.stages.checks.codecs.pooling import Scores, standing, standing_beside
from stembridge.stages.checks.codecs.zeros import Expected, Surplus, expect, surplus

ROUNDS = ((1, 1), (5, 8), (17, 32))
"""Up to how many places, and one in how many grids is tried there."""

LEAST_GRIDS = 12
HINT = 3.4
"""What five places together must show before the others are looked at; chance shows 3."""

CLAIM = 4.5
"""What all places together must show to be held against the alignments beside."""

NEXT, BESIDE = (-1, 1), (-9, -8, -7, -6, -5, -4, 4, 5, 6, 7, 8, 9)
BLUNT = 0.5
"""How far both grids next to it may stand out, too, as a part: a codec's is sharp, that of other synthesis is not."""

RIPPLES = 32
"""How far beside a grid there may be lesser ones: a codec that codes few high bands makes some."""

SAME = 0.95
"""How alike two places may be, from 0 to 1, and still be two witnesses."""

RIVAL = 0.6
MOST_RIVALS = 3
"""Other grids that may stand out nearly as far; sound that repeats itself has many."""


@dataclass(frozen=True)
class Grid:
    """The grid that explains most.

    Attributes:
        deviations: how far it stands out in all places together, in standard deviations; as the best of many, chance
            shows 3.
        confirmed: how far in all but the best of them; 0 if only one was looked at.

    """

    deviations: float
    confirmed: float


@dataclass(frozen=True, eq=False)
class Place:
    """An excerpt that can tell.

    Attributes:
        start: its first sample, at the codec's rate.
        expected: what chance gives it.

    """

    start: int
    expected: Expected


def find_grid(bank: Bank, excerpts: Excerpts, noise: float) -> Grid | None:
    """Find the grid of a codec.

    Args:
        bank: the codec.
        excerpts: some places.
        noise: the level of the noise that storage adds.

    Returns:
        The grid; None if no place has enough steady sound to tell.

    """
    places: list[Place] = []
    together, grids = np.zeros(bank.period), np.arange(bank.period)
    waiting = iter(excerpts)
    for most, share in ROUNDS:
        grids = grids[np.argsort(-together[grids], kind="stable")[: max(LEAST_GRIDS, bank.period // share)]]
        for start, signal in waiting:
            expected = expect(bank, signal, noise)
            if expected is None:
                continue
            places.append(Place(start, expected))
            together[grids] += _scores(bank, places[-1], grids)
            if len(places) == most:
                break
        if len(places) < most or (most > 1 and together[grids].max() < HINT * np.sqrt(most)):
            break
    return _judged(bank, places, together[grids], grids) if places else None


def _scores(bank: Bank, place: Place, grids: NDArray[np.intp]) -> Scores:
    alignments = _alignments(bank, place, grids)
    found = surplus(bank, place.expected, alignments.ravel().tolist())
    return standing(_best(found, alignments))


def _alignments(bank: Bank, place: Place, grids: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the alignments that belong to each grid, shape (grids, alignments)."""
    first = (grids - place.start) % bank.period
    return np.asarray(first[:, np.newaxis] + np.arange(0, bank.hop, bank.period))


def _best(found: Surplus, alignments: NDArray[np.intp]) -> Surplus:
    """Take each frame's best alignment of each grid: a codec that changes its frames' length changes it, too."""
    return np.asarray(found.reshape(len(found), *alignments.shape).max(axis=2))


def find_start(bank: Bank, excerpts: Excerpts, noise: float) -> Grid | None:
    """Look, at all places, at the grids alone that files have which were decoded as a whole.

    Args:
        bank: the codec.
        excerpts: some places.
        noise: the level of the noise that storage adds.

    Returns:
        The grid that stands out most; None if no place can tell.

    """
    expected = ((start, expect(bank, signal, noise)) for start, signal in excerpts)
    places = [Place(start, each) for start, each in expected if each is not None]
    if not places:
        return None
    return max((_confirmed(bank, places, grid) for grid in bank.starts), key=lambda grid: grid.deviations)


def _judged(bank: Bank, places: list[Place], together: Scores, grids: NDArray[np.intp]) -> Grid:
    best = int(together.argmax())
    scores = together / np.sqrt(len(places))
    apart = np.abs((grids - grids[best] + bank.period // 2) % bank.period - bank.period // 2)
    rivals = np.count_nonzero((apart > min(RIPPLES, bank.period // 4)) & (scores > RIVAL * scores[best]))
    if scores[best] < CLAIM:
        return Grid(float(scores[best]), 0.0)
    return Grid(0.0, 0.0) if rivals > MOST_RIVALS else _confirmed(bank, places, int(grids[best]))


def _confirmed(bank: Bank, places: list[Place], grid: int) -> Grid:
    """Hold a grid against those beside it, in all places that say something of their own."""
    apart = independent([(place.start, place.expected.signal) for place in places], bank.period)
    each = np.array([_beside(bank, places[one], grid) for one in apart])
    own, *beside = each.sum(axis=0) / np.sqrt(len(each))
    if min(beside) > BLUNT * own:
        return Grid(0.0, 0.0)
    others = np.delete(each[:, 0], each[:, 0].argmax())
    confirmed = float(others.sum() / np.sqrt(len(others))) if len(others) else 0.0
    return Grid(float(own), confirmed)


def independent(excerpts: Excerpts, period: int) -> list[int]:
    """Leave out the places that say the same as another: the sound of a loop at the same place of the grid.

    Chance that comes back with the sound, whole periods later, would be added up as if it were a codec.

    Returns:
        Which are left.

    """
    kept: list[int] = []
    for index, one in enumerate(excerpts):
        if not any(_likeness(one, excerpts[other], period) >= SAME for other in kept):
            kept.append(index)
    return kept


def _likeness(one: tuple[int, Signal], other: tuple[int, Signal], period: int) -> float:
    """Return how alike two places are, 0 to 1, where they overlap by half at least and stand alike on the grid."""
    (start, here), (beginning, there) = one, other
    reach = min(len(here), len(there)) // 2
    first = -reach + (start - beginning + reach) % period
    overlaps = ((here[max(0, -lag) :], there[max(0, lag) :]) for lag in range(first, reach, period))
    return max((_cosine(a[: len(b)], b[: len(a)]) for a, b in overlaps), default=0.0)


def _cosine(one: Signal, other: Signal) -> float:
    energy = float(one @ one) * float(other @ other)
    return abs(float(one @ other)) / float(np.sqrt(max(energy, 1e-30)))


def _beside(bank: Bank, place: Place, grid: int) -> Scores:
    """Return how far a grid and the two next to it stand out of those around them, at one place."""
    around = (grid + np.array((0, *NEXT, *BESIDE))) % bank.period
    alignments = _alignments(bank, place, around)
    found = surplus(bank, place.expected, alignments.ravel().tolist())
    return standing_beside(_best(found, alignments), len(BESIDE))
