"""Explanations by a gain that moves: a compressor or limiter on the mix bus, or a fader; pure.

The gain of each short frame is fitted in every other band of the spectrum and judged in the bands between: what
moves all bands alike is a gain, what does not was chance. That it falls with the level makes it a compressor.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from stembridge.stages.causes.evidence import Evidence
from stembridge.stages.causes.explanation import Explanation, Kind
from stembridge.stages.causes.gains import gain_db, to_db
from stembridge.stages.whitening import Frames, Spectra

HOPS_S = (0.0107, 0.0027)
BANDS = 24
LEVEL_S = 0.1
SLOW_S = 2.0
"""What the gain does over longer than this is a fader's doing."""
LEAST_SLOPE = -0.015
LEAST_CORRELATION = -0.25
STEPS = 24

Curve = NDArray[np.float64]


def explain_by_dynamics(evidence: Evidence) -> Iterator[Explanation]:
    """Try a moving gain of the whole mix, slow and fast, and a bend of its waveform; none where no stem sounds."""
    grids = [Frames(1 << max(4, round(np.log2(hop * evidence.rate)))) for hop in HOPS_S]
    found = [(*_moving(evidence, grid), grid) for grid in grids]
    bent = _bent(evidence)
    left, gains, levels, grid = min(found, key=lambda each: each[0])
    if not len(gains):
        return
    falls = _falls(gains, levels, round(SLOW_S * evidence.rate / grid.hop))
    swing = gain_db(float(np.percentile(gains, 2))) - gain_db(float(np.percentile(gains, 98)))
    best = min(left, bent)
    more = (("slope", falls[0]), ("correlation", falls[1]))
    is_level = bent < left or (falls[0] < LEAST_SLOPE and falls[1] < LEAST_CORRELATION)
    yield Explanation(Kind.DYNAMICS if is_level else Kind.AUTOMATION, (), to_db(best), swing, more=more)


def _moving(evidence: Evidence, grid: Frames) -> tuple[float, Curve, Curve]:
    """Return the share that is left, and gain and level of each frame that sounds."""
    edges = np.unique(np.geomspace(1, grid.hop + 1, BANDS + 1).astype(int))
    own, shared, energy = [], [], 0.0
    for start, stop in evidence.spans:
        first, last = start // grid.hop, max(start // grid.hop + 1, stop // grid.hop)
        whole, left = (grid.analyse(signal, first, last) for signal in (evidence.total, evidence.left))
        own.append(_by_band(whole, whole, edges))
        shared.append(_by_band(whole, left, edges))
        energy += float(np.square(np.abs(left)).sum())
    powers, products = np.concatenate(own), np.concatenate(shared)
    explained = 0.0
    for half in (0, 1):
        fitted = products[:, half::2].sum(axis=1) / (powers[:, half::2].sum(axis=1) + 1e-12)
        explained += 2.0 * float(fitted @ products[:, 1 - half :: 2].sum(axis=1))
        explained -= float(np.square(fitted) @ powers[:, 1 - half :: 2].sum(axis=1))
    total = powers.sum(axis=1)
    sounding = total > 1e-4 * total.max(initial=1e-30)
    gains = 1.0 + products.sum(axis=1)[sounding] / total[sounding]
    smooth = uniform_filter1d(total, max(1, round(LEVEL_S * evidence.rate / grid.hop)))[sounding]
    return max(0.0, 1.0 - explained / max(energy, 1e-30)), gains, smooth


def _by_band(one: Spectra, other: Spectra, edges: NDArray[np.intp]) -> Curve:
    products = (one.conj() * other).real.sum(axis=0, dtype=np.float64)
    summed: Curve = np.add.reduceat(products, edges[:-1], axis=1)
    return summed


def _falls(gains: Curve, levels: Curve, slow: int) -> tuple[float, float]:
    """Return by how many dB the gain falls a dB of level, and how closely; slow trends aside."""
    gain, level = (
        _quick(20.0 * np.log10(np.clip(gains, 1e-2, 1e2)), slow),
        _quick(10.0 * np.log10(levels), slow),
    )
    if len(gain) < 3 or gain.std() < 1e-6 or level.std() < 1e-6:
        return 0.0, 0.0
    correlation = float(np.corrcoef(gain, level)[0, 1])
    return correlation * float(gain.std() / level.std()), correlation


def _quick(curve: Curve, slow: int) -> Curve:
    moved: Curve = curve - uniform_filter1d(curve, slow)
    return moved


def _bent(evidence: Evidence) -> float:
    """Return the share that a curve from input to output leaves, fitted on one half and judged on the other."""
    peak = max(float(np.abs(block).max(initial=0.0)) for block in evidence.blocks(evidence.total))
    powers, products = np.zeros((2, STEPS)), np.zeros((2, STEPS))
    pairs = zip(evidence.blocks(evidence.total), evidence.blocks(evidence.left), strict=True)
    for turn, (whole, left) in enumerate(pairs):
        flat = whole.ravel().astype(np.float64)
        step = np.minimum((np.abs(flat) / max(peak, 1e-12) * STEPS).astype(int), STEPS - 1)
        powers[turn % 2] += np.bincount(step, flat * flat, STEPS)
        products[turn % 2] += np.bincount(step, flat * left.ravel(), STEPS)
    fitted = products / (powers + 1e-12)
    explained = 2.0 * (fitted[::-1] * products).sum() - (np.square(fitted[::-1]) * powers).sum()
    return max(0.0, 1.0 - float(explained) / max(evidence.energy, 1e-30))
