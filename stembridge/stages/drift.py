"""The drift of a stem's clock against the mix's, from the delays of its parts; pure.

Two clocks of the same nominal rate differ by some parts in a million. The delay then grows along the file in a
straight line. A robust line (Theil 1950, Sen 1968; then Tukey's biweight) ignores parts that were placed wrong.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TUKEY = 4.685
LEAST_PARTS = 6
LEAST_SAMPLES = 0.5
LEAST_SIGMAS = 5.0
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Line:
    """A line through delays.

    Attributes:
        at_start: the delay at position zero, in samples.
        slope: samples of delay for each sample of position.
        slope_deviation: one standard deviation of the slope.
        agreeing: share of the parts that lie on the line, to within the tolerance.

    """

    at_start: float
    slope: float
    slope_deviation: float
    agreeing: float

    def is_drift(self, positions: Floats) -> bool:
        """Tell a drift from chance: seen by enough parts, and large enough to matter and to be sure."""
        over = abs(self.slope) * float(np.ptp(positions))
        return (
            len(positions) >= LEAST_PARTS
            and over >= LEAST_SAMPLES
            and abs(self.slope) >= LEAST_SIGMAS * self.slope_deviation
        )


def fit_line(positions: Floats, delays: Floats, *, tolerance: float) -> Line:
    """Fit a robust line.

    Args:
        positions: where each part is, in samples, shape (parts,).
        delays: its delay, in samples, shape (parts,).
        tolerance: how far from the line a part may lie and still agree with it, in samples.

    """
    slope = _median_slope(positions, delays)
    start = float(np.median(delays - slope * positions))
    weights = np.ones(len(positions))
    for _ in range(20):
        weights = _biweights(delays - start - slope * positions)
        slope, start = _weighted_line(positions, delays, weights, fallback=(slope, start))
    left = delays - start - slope * positions
    freedom = max(1.0, weights.sum() - 2.0)
    middle = np.average(positions, weights=weights)
    spread = float(np.sum(weights * (positions - middle) ** 2))
    deviation = np.sqrt(np.sum(weights * left**2) / freedom / spread) if spread > 0.0 else np.inf
    return Line(start, slope, float(deviation), float(np.mean(np.abs(left) <= tolerance)))


def _median_slope(positions: Floats, delays: Floats) -> float:
    first, second = np.triu_indices(len(positions), 1)
    apart = positions[second] - positions[first]
    usable = apart != 0.0
    if not usable.any():
        return 0.0
    return float(np.median((delays[second] - delays[first])[usable] / apart[usable]))


def _biweights(left: Floats) -> Floats:
    scale = max(1.4826 * float(np.median(np.abs(left))), 0.02)
    reduced = np.clip(left / (TUKEY * scale), -1.0, 1.0)
    weights: Floats = (1.0 - reduced**2) ** 2
    return weights


def _weighted_line(
    positions: Floats, delays: Floats, weights: Floats, *, fallback: tuple[float, float]
) -> tuple[float, float]:
    if weights.sum() <= 0.0:
        return fallback
    across, along = np.average(positions, weights=weights), np.average(delays, weights=weights)
    spread = float(np.sum(weights * (positions - across) ** 2))
    if spread <= 0.0:
        return fallback
    slope = float(np.sum(weights * (positions - across) * (delays - along))) / spread
    return slope, float(along - slope * across)
