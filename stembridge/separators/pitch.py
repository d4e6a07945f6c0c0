"""The pitch of the leading line, frame by frame, and the comb of its harmonics.

A candidate's salience is the sum of the levels at its harmonics less those half-way between; the line is
the best path through the candidates (Viterbi), free to glide and at a price to leap.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stembridge.separators.rank import Spectrogram

STEP_CENTS = 25.0
GLIDE_STEPS = 6
STEP_COST = 0.06

Curve = NDArray[np.float32]
"""A pitch in hertz, shape ``(times,)``."""


@dataclass(frozen=True)
class Line:
    """What is followed: ``low`` to ``high`` hertz, by ``harmonics`` whose weight falls by ``decay`` each."""

    low: float
    high: float
    harmonics: int
    decay: float


def follow_pitch(levels: Spectrogram, bin_hertz: float, line: Line) -> Curve:
    """Follow the leading pitch in levels, shape ``(times, bins)``, best as square roots of magnitudes."""
    octaves = np.log2(line.high / line.low)
    candidates = line.low * 2.0 ** (np.arange(0.0, 1200.0 * octaves, STEP_CENTS) / 1200.0)
    salience = _salience(levels, candidates / bin_hertz, line)
    return candidates[_best_path(salience)].astype(np.float32)


def comb(
    pitch: Curve, bins: int, bin_hertz: float, *, harmonics: int, width: float, spread: float
) -> Spectrogram:
    """Say how near each bin is to a harmonic (0 to 1), shape ``(times, bins)``.

    ``width`` bins count as near, and ``spread`` more for each harmonic: a gliding pitch blurs the upper ones.
    """
    steps = np.float32(bin_hertz) * np.arange(bins, dtype=np.float32)[None, :] / pitch[:, None]
    number = np.clip(np.round(steps), 1, harmonics)
    distance = (steps - number) * (pitch[:, None] / np.float32(bin_hertz))
    return np.asarray(np.exp(-np.square(distance / (width + spread * number))), np.float32)


def _salience(levels: Spectrogram, places: NDArray[np.float64], line: Line) -> Spectrogram:
    """Weigh candidates, given by the bin of their fundamental; the best are near 1."""
    salience = np.zeros((len(levels), len(places)), np.float32)
    for number in range(1, line.harmonics + 1):
        weight = np.float32(line.decay ** (number - 1))
        salience += weight * _between_bins(levels, number * places)
        salience -= weight / 2 * _between_bins(levels, (number - 0.5) * places)
    salience /= np.float32(max(1e-9, float(salience.max(axis=1).mean())))
    return np.asarray(salience)


def _between_bins(levels: Spectrogram, places: NDArray[np.float64]) -> Spectrogram:
    inside = places < levels.shape[1] - 2
    whole = np.where(inside, places, 0).astype(np.intp)
    share = np.where(inside, places - whole, 0.0).astype(np.float32)
    values = levels[:, whole] * (1 - share) + levels[:, whole + 1] * share
    return np.asarray(values * inside.astype(np.float32))


def _best_path(salience: Spectrogram) -> NDArray[np.intp]:
    times, count = salience.shape
    steps = np.arange(-GLIDE_STEPS, GLIDE_STEPS + 1)
    origins = np.clip(np.arange(count)[None, :] + steps[:, None], 0, count - 1)
    price = (STEP_COST * np.abs(steps)).astype(np.float32)[:, None]
    leap = np.float32(2 * STEP_COST * GLIDE_STEPS)
    score, places = salience[0].copy(), np.arange(count)
    came_from = np.zeros((times, count), np.intp)
    for time in range(1, times):
        glides = score[origins] - price
        best = glides.argmax(axis=0)
        glided, leapt = glides[best, places], score.max() - leap
        came_from[time] = np.where(glided >= leapt, origins[best, places], score.argmax())
        score = np.maximum(glided, leapt) + salience[time]
        score -= score.max()
    return _trace(came_from, int(score.argmax()))


def _trace(came_from: NDArray[np.intp], end: int) -> NDArray[np.intp]:
    path = np.empty(len(came_from), np.intp)
    path[-1] = end
    for time in range(len(path) - 1, 0, -1):
        path[time - 1] = came_from[time, path[time]]
    return path
