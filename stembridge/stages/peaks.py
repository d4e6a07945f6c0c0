"""The peaks of a correlation: where they stand, between the samples too, and how alone the highest is; pure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

REACH = 32
"""Samples on either side that a peak is interpolated from."""


@dataclass(frozen=True)
class Peak:
    """A peak of a correlation.

    Attributes:
        lag: where, in samples.
        height: signed; negative where the stem is inverted.

    """

    lag: float
    height: float


def highest(curve: NDArray[np.floating], first: int, *, apart: int, most: int, least: float) -> list[Peak]:
    """List the highest peaks, by magnitude, highest first.

    Args:
        curve: correlation by lag.
        first: the lag of its first value.
        apart: how far from a higher peak another one must be, in samples.
        most: how many to list.
        least: how high the last must be, as a share of the first.

    """
    left = np.abs(curve)
    found: list[Peak] = []
    top = float(left.max(initial=0.0))
    while len(found) < most:
        at = int(left.argmax())
        if left[at] <= least * top or top == 0.0:
            break
        found.append(Peak(first + at, float(curve[at])))
        left[max(0, at - apart) : at + apart + 1] = 0.0
    return found


def between_samples(curve: NDArray[np.floating], at: int) -> Peak:
    """Refine a peak by band-limited interpolation.

    Args:
        curve: correlation by lag.
        at: the index of the highest value.

    Returns:
        The peak, its lag as a fractional index into the curve.

    """
    low, high = max(0, at - REACH), min(len(curve), at + REACH + 1)
    values = np.asarray(curve[low:high], np.float64)
    places = np.arange(low, high)
    sign = -1.0 if curve[at] < 0 else 1.0

    def below(where: float) -> float:
        distance = places - where
        taper = np.cos(0.5 * np.pi * np.clip(distance / (REACH + 1), -1.0, 1.0)) ** 2
        return -sign * float(values @ (np.sinc(distance) * taper))

    best = minimize_scalar(below, bounds=(at - 1.0, at + 1.0), method="bounded", options={"xatol": 1e-4})
    return Peak(float(best.x), -sign * float(best.fun))
