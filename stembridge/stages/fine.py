"""The exact delay of a stem whose place is known, how exact it is, and its drift; pure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stembridge.stages.correlation import Group, choose_groups, correlate_groups
from stembridge.stages.drift import Line, fit_line
from stembridge.stages.exact import deviation_of
from stembridge.stages.peaks import between_samples
from stembridge.stages.search import GROUPS, MOST_BLOCKS
from stembridge.stages.signals import Signal
from stembridge.units import Hertz

REACH_S = 0.015
"""How far from the known place the parts are looked for."""
TOLERANCE_S = 0.0003
"""Parts within this of a line agree with it; by chance one in fifty does."""
SOME = 1e-4
"""Parts that correlate less than this share of the best lie outside the mix."""
LEAST_AGREEING = 0.6

Curves = NDArray[np.float32]
"""Correlation by part and lag."""


@dataclass(frozen=True)
class Fine:
    """A delay, measured closely.

    Attributes:
        offset: in samples; at the stem's start when it drifts.
        polarity: 1 or -1.
        deviation: one standard deviation of the offset.
        drift: how much faster the stem's clock ran, as a fraction; 0.0 when no drift was found.
        agreeing: share of the stem's parts that are delayed alike, drift aside.

    """

    offset: float
    polarity: int
    deviation: float
    drift: float
    agreeing: float = 1.0


def measure(white: Signal, stem: Signal, lag: float, rate: Hertz) -> Fine:
    """Measure a delay near a known one.

    Args:
        white: the whitened mix, or what the other stems leave of it.
        stem: with as many channels.
        lag: where the stem is, within a few samples; within 15 ms where it drifts.
        rate: frames a second.

    """
    reach = round(REACH_S * rate)
    lags = range(round(lag) - reach, round(lag) + reach + 1)
    groups = choose_groups(stem, GROUPS, MOST_BLOCKS)
    curves = correlate_groups(white, stem, lags, groups)
    overlaps = np.flatnonzero(np.abs(curves).max(axis=1) > SOME * np.abs(curves).max(initial=1e-30))
    if not len(overlaps):
        return Fine(lag, 1, np.inf, 0.0, 0.0)
    share = len(overlaps) / len(groups)
    groups, curves = [groups[index] for index in overlaps], curves[overlaps]
    line = _line(curves, groups, TOLERANCE_S * rate)
    if share * line.agreeing >= LEAST_AGREEING and line.is_drift(_middles(groups)):
        return _drifting(line, lags[0], _polarity(curves, line, groups))
    total = curves.sum(axis=0, dtype=np.float64)
    near = slice(reach - rate // 500, reach + rate // 500 + 1)
    at = near.start + int(np.abs(total[near]).argmax())
    peak = between_samples(total, at)
    polarity = 1 if peak.height > 0 else -1
    return Fine(lags[0] + peak.lag, polarity, deviation_of(curves, total, at), 0.0, share * line.agreeing)


def _middles(groups: list[Group]) -> NDArray[np.float64]:
    return np.array([group.middle for group in groups])


def _line(curves: Curves, groups: list[Group], tolerance: float) -> Line:
    sign = 1.0 if np.abs(curves.max(axis=1)).sum() >= np.abs(curves.min(axis=1)).sum() else -1.0
    delays = np.array([between_samples(curve, int((sign * curve).argmax())).lag for curve in curves])
    return fit_line(_middles(groups), delays, tolerance=tolerance)


def _polarity(curves: Curves, line: Line, groups: list[Group]) -> int:
    at = np.rint(line.at_start + line.slope * _middles(groups)).astype(int)
    inside = np.clip(at, 0, curves.shape[1] - 1)
    return 1 if curves[np.arange(len(groups)), inside].sum() >= 0.0 else -1


def _drifting(line: Line, first: int, polarity: int) -> Fine:
    """Turn the line of delays over stem positions into an offset and a clock."""
    deviation = line.slope_deviation * 1e6
    return Fine(first + line.at_start, polarity, min(deviation, 0.25), 1.0 / (1.0 + line.slope) - 1.0)
