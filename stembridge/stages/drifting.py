"""The place of a stem whose clock drifts so much that all of it at once fits nowhere; pure.

Short parts still fit. Each is placed by itself, at a low rate; the parts then vote for a place, and a robust line
through their delays gives the drift. It is a guess: who asked corrects the clock and searches again.
"""

import numpy as np

from stembridge.stages.correlation import choose_groups, correlate, sensible_lags
from stembridge.stages.drift import fit_line
from stembridge.stages.peaks import Peak, highest
from stembridge.stages.search import APART_S, Decimated, Haystack
from stembridge.stages.signals import Excerpt, Folded, Signal
from stembridge.stages.whitening import in_memory

PARTS = 12
MOST_DRIFT = 300e-6
LEAST_SHARE = 0.5
PULLS = (1.0 / 1.001 - 1.0, 1.001 - 1.0)
"""Rates of film and video taken for each other: 48,000 and 47,952 Hz."""


def guess_drifts(haystack: Haystack, stem: Signal, limit: int | None) -> tuple[float, ...]:
    """Guess how much faster the stem's clock ran, as fractions, best guess first.

    Args:
        haystack: the mix.
        stem: not silent.
        limit: the largest shift to consider, either way.

    """
    low = in_memory(Decimated(Folded(stem, 1), haystack.factor))
    lags = sensible_lags(haystack.coarse.frames, low, None if limit is None else limit // haystack.factor)
    parts = choose_groups(low, PARTS, PARTS)
    heard = [_peaks(haystack, low, part.starts[0], lags) for part in parts]
    middles = np.array([part.middle for part in parts])
    chosen = _vote(heard, MOST_DRIFT * low.frames + 2.0)
    agreed = np.isfinite(chosen)
    if len(chosen) == 0 or agreed.mean() < LEAST_SHARE or agreed.sum() < 3:
        return PULLS
    slope = fit_line(middles[agreed], chosen[agreed], tolerance=2.0).slope
    return (1.0 / (1.0 + slope) - 1.0, *PULLS) if 0.0 < abs(slope) <= MOST_DRIFT else PULLS


def _peaks(haystack: Haystack, low: Signal, first: int, lags: range) -> list[Peak]:
    """Find where a part of the stem, five seconds long, fits best."""
    size = min(low.frames - first, round(5.0 * haystack.rate / haystack.factor))
    moved = range(lags[0] + first, lags[-1] + 1 + first)
    curve = correlate(haystack.coarse, Excerpt(low, first, size), moved)
    apart = round(APART_S * haystack.rate / haystack.factor)
    return highest(curve, lags[0], apart=apart, most=6, least=0.6)


def _vote(heard: list[list[Peak]], within: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Choose the place that most parts know, and the nearest peak of each; NaN where a part knows another."""
    best = np.full(len(heard), np.nan)
    for place in (peak.lag for peaks in heard for peak in peaks):
        near = [min((peak.lag for peak in peaks), key=lambda lag: abs(lag - place)) for peaks in heard]
        known = np.where(np.abs(np.array(near) - place) <= within, near, np.nan)
        if np.isfinite(known).sum() > np.isfinite(best).sum():
            best = known
    return best
