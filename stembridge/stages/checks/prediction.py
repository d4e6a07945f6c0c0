"""Linear prediction: what a sound is expected to do next, from what it did.

Fitted by least squares over the stretches that are given (the covariance method), so that no window is needed.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Signal = NDArray[np.float64]
"""Shape (frames,), at most 1 in size."""

ORDER = 32
RIDGE = 1e-9
LEAST = 1e-13
"""What remains of sound that is predicted exactly, mean square, beside its rounding."""


def fit(*stretches: Signal) -> Signal:
    """Fit a filter of ORDER + 1 taps, the last of them 1, that leaves as little of the sounds as it can."""
    gram = np.zeros((ORDER + 1, ORDER + 1))
    for stretch in stretches:
        frames = sliding_window_view(stretch, ORDER + 1)
        gram += frames.T @ frames
    past, present = gram[:ORDER, :ORDER], gram[:ORDER, ORDER]
    ridge = RIDGE * np.trace(past) / ORDER + 1e-12
    return np.append(-np.linalg.solve(past + ridge * np.eye(ORDER), present), 1.0)


def surprise(sound: Signal, taps: Signal) -> Signal:
    """Return what the filter leaves of each sample of a sound but the first ORDER."""
    return np.asarray(sliding_window_view(sound, ORDER + 1) @ taps)


def mean_surprise(sound: Signal, taps: Signal, grain: float) -> float:
    """Return the mean square of what the filter leaves of a sound, with the rounding to steps of a grain."""
    return float(np.mean(np.square(surprise(sound, taps)))) + rounding(taps, grain) + LEAST


def worst_surprise(sound: Signal, taps: Signal, frames: int) -> float:
    """Return the largest sum of squares, over so many frames, of what the filter leaves of a sound."""
    sums = np.concatenate(([0.0], np.cumsum(np.square(surprise(sound, taps)))))
    frames = min(frames, len(sums) - 1)
    return float((sums[frames:] - sums[:-frames]).max())


def rounding(taps: Signal, grain: float) -> float:
    """Return the mean square of what the filter makes of the rounding to steps of a grain."""
    return grain**2 / 12.0 * float(taps @ taps)


def least_surprise(before: Signal, middle: Signal, after: Signal, taps: Signal) -> tuple[float, float]:
    """Measure what the filter leaves around a few samples: as they are, and as they would best be.

    Returns:
        The sums of squares over the middle and the ORDER samples behind it.

    """
    around = np.concatenate((before[-ORDER:], middle, after[:ORDER]))
    rows = np.arange(len(middle) + ORDER)
    filters = np.zeros((len(rows), len(around)))
    for tap, value in enumerate(taps):
        filters[rows, rows + tap] = value
    given, free = filters @ around, filters[:, ORDER : ORDER + len(middle)]
    left = given - free @ np.linalg.lstsq(free, given, rcond=None)[0]
    return float(given @ given), float(left @ left)
