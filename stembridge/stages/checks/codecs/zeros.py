"""Lines at zero: how many more of them an alignment has than chance gives it; pure.

What a codec rounded to zero comes back as no more than the noise of storage. A line of another alignment is that small
by chance only, the more seldom the louder its surroundings are: for a Gaussian line of variance v over noise of
variance n, exp(-x * x / 2n) has the mean (1 + v/n) ** -0.5. So each line near zero counts for more the less it was to
be expected, and few lines far above the noise tell as much as many that are hardly above it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stembridge.stages.checks.codecs.banks import Bank, Numbers, Signal
from stembridge.stages.checks.codecs.steady import steady

AUDIBLE = 3.0
"""How far, in power, a line's surroundings must be above the noise to tell something."""

LOUDEST = 1e4
"""How far above the noise a line's surroundings may be and a zero there count for more still; what is rarer than
that by chance is rare enough, and a frame must not stand out by a single one."""

LEAST_LINES = 40
LEAST_FRAMES = 5
ARITHMETIC = 1e-12
"""The noise of single precision and of resampling, in power, of the whole frame."""

SPREAD = (0.03, 0.16, 0.29, 0.43, 0.55, 0.68, 0.79, 0.94)
"""The alignments, as parts of a hop, that the surroundings of all are taken from: no grid of a codec's."""

Surplus = NDArray[np.float32]
"""How many more lines are at zero than expected, in standard deviations, shape (frames, alignments)."""


@dataclass(frozen=True, eq=False)
class Chance:
    """What chance gives the alignments of half a hop.

    Attributes:
        weights: what a line at zero counts, shape (frames, lines).
        mean: what a frame is expected to count, shape (frames,).
        deviation: its standard deviation.

    """

    weights: NDArray[np.float32]
    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Expected:
    """An excerpt, ready to be looked at at any alignment.

    Attributes:
        signal: prepared for its bank.
        frames: the numbers of the frames that can tell.
        exponents: what the squares of their lines are multiplied by, shape (frames, lines).
        halves: what chance gives the first and the second half of a hop.

    """

    signal: Signal
    frames: Numbers
    exponents: NDArray[np.float32]
    halves: tuple[Chance, Chance]


def expect(bank: Bank, signal: Signal, noise: float) -> Expected | None:
    """Say what chance gives each frame of an excerpt.

    Args:
        bank: the codec.
        signal: a few tenths of a second.
        noise: the level of the noise that storage adds.

    Returns:
        None if too few frames are steady and have enough lines above the noise.

    """
    count = bank.frames(len(signal))
    if count < LEAST_FRAMES:
        return None
    signal = bank.prepared(signal)
    early, late = _powers(bank, signal, count)
    floor = np.square(noise * bank.noise_shape()) + ARITHMETIC * (early + late).mean(axis=1, keepdims=True)
    before, after = np.vstack((late[:1], late[:-1])), np.vstack((early[1:], early[-1:]))
    halves = [0.5 * early + 0.25 * (before + late), 0.5 * late + 0.25 * (early + after)]
    ratios = [_above(power / floor, bank.first_line) for power in halves]
    enough = np.min([np.count_nonzero(ratio, axis=1) for ratio in ratios], axis=0) >= LEAST_LINES
    frames = np.flatnonzero(enough & steady(signal, bank.hop, count, noise))
    if len(frames) < LEAST_FRAMES:
        return None
    top = int(np.flatnonzero((ratios[0] + ratios[1])[frames].any(axis=0))[-1]) + 1
    first, second = (_chance(ratio[frames, :top]) for ratio in ratios)
    return Expected(signal, frames, (-0.5 / floor[frames, :top]).astype(np.float32), (first, second))


def surplus(bank: Bank, expected: Expected, alignments: Sequence[int]) -> Surplus:
    """Count the lines at zero at some alignments, against chance."""
    places = {alignment: place for place, alignment in enumerate(alignments)}
    result = np.empty((len(expected.frames), len(alignments)), np.float32)
    count = expected.exponents.shape[1]
    for alignment, lines in bank.lines(expected.signal, expected.frames, alignments, count):
        chance = expected.halves[alignment >= bank.hop // 2]
        near = np.square(lines)
        near *= expected.exponents
        np.exp(near, out=near)
        found = np.einsum("fk,fk->f", near, chance.weights)
        result[:, places[alignment]] = (found - chance.mean) / chance.deviation
    return result


def _powers(bank: Bank, signal: Signal, count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean squares around each line in the first and in the second half of each hop."""
    alignments = [int(bank.hop * part) for part in SPREAD]
    lines = dict(bank.lines(signal, np.arange(count), alignments, bank.hop))
    squares = [np.square(lines[alignment], dtype=np.float64) for alignment in alignments]
    half = len(SPREAD) // 2
    early, late = (_smoothed(np.mean(part, axis=0)) for part in (squares[:half], squares[half:]))
    return early, late


def _smoothed(powers: NDArray[np.float64]) -> NDArray[np.float64]:
    padded = np.pad(powers, ((0, 0), (1, 1)), mode="edge")
    return np.asarray((padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]) / 3.0)


def _above(ratios: NDArray[np.float64], first_line: int) -> NDArray[np.float64]:
    """Return how far lines are above the noise, in power; 0 for those that tell nothing."""
    above = np.where(ratios - 1.0 < AUDIBLE, 0.0, ratios - 1.0)
    above[:, :first_line] = 0.0
    return np.asarray(above)


def _chance(above: NDArray[np.float64]) -> Chance:
    limited = np.minimum(above, LOUDEST)
    weights = np.where(above > 0.0, (1.0 + limited) ** 0.25, 0.0)
    mean = (weights / np.sqrt(1.0 + above)).sum(axis=1)
    variance = np.square(weights) * (1.0 / np.sqrt(1.0 + 2.0 * limited) - 1.0 / (1.0 + limited))
    return Chance(weights.astype(np.float32), mean, np.sqrt(variance.sum(axis=1)))
