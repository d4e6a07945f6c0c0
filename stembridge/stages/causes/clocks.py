"""Explanations by clocks: a stem that plays faster or slower than the mix; pure.

Where a stem drifts, what is left is, for some seconds at a time, the stem itself and its slope: a delayed sound is
nearly the sound less the delay times its slope. What that explains chooses the stems that are looked at. These are
then placed, drift and all, in what the other stems leave of the mix, by the search that aligns stems; a clock is
believed as it is there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from stembridge.audio.sound import Block
from stembridge.stages.causes.evidence import Evidence
from stembridge.stages.causes.explanation import Explanation, Kind
from stembridge.stages.causes.gains import gain_db, gram, to_db
from stembridge.stages.lonely import find_alone
from stembridge.stages.moved import Moved
from stembridge.stages.search import Haystack
from stembridge.stages.signals import Signal
from stembridge.stages.sums import Sum

STEPS = 2
ASIDE = (-0.25, 0.25)
"""Samples on either side between which the slope is taken."""
MOST_TRIED = 4
"""Stems that are placed, of those that explain most."""
LEAST_SHARE = 0.05
"""What a stem and its slope must explain of what is left, some seconds at a time."""
NO_GAIN_DB = 0.2
LEAST_DB = -0.3
"""What is left with a clock corrected; of several stems that drift each explains little."""


def explain_by_clocks(evidence: Evidence, heard: Sequence[int], limit: int) -> Iterator[Explanation]:
    """Find the stems whose clock ran faster or slower than that of the mix.

    Args:
        evidence: what is left.
        heard: the stems that sound.
        limit: how far out of place such a stem may start, either way, in samples.

    Yields:
        One explanation a stem, each sure, in no order.

    """
    shares = {index: _explained(evidence, evidence.stems[index]) for index in heard}
    for index in sorted(shares, key=lambda index: -shares[index])[:MOST_TRIED]:
        if shares[index] > LEAST_SHARE:
            yield from _drifting(evidence, index, limit)


def _drifting(evidence: Evidence, index: int, limit: int) -> Iterator[Explanation]:
    stem = evidence.stems[index]
    own = Sum((evidence.left, stem), stem.channels)
    found = find_alone(Haystack.of(own, evidence.rate), stem, limit)
    if not found.accepted or not found.drift_ppm:
        return
    moved = Moved(stem, found.offset, found.drift_ppm * 1e-6)
    fit = min(
        (_fitted(evidence, own, each) for each in _closer(evidence, own, moved)), key=lambda fit: fit[1]
    )
    moved, left_db, factor = fit
    if left_db <= LEAST_DB:
        more = (
            ("late", -moved.offset),
            ("by_end", moved.drift * stem.frames),
            ("gain_db", -gain_db(factor)),
            ("polarity", 1.0 if factor > 0.0 else -1.0),
        )
        yield Explanation(Kind.CLOCK, (index,), left_db, moved.drift * 1e6, factor, more)


def _fitted(evidence: Evidence, own: Signal, moved: Moved) -> tuple[Moved, float, float]:
    """Return what a clock leaves in dB, and the gain there; one that is nearly none is none.

    Whoever changed the clock lost some of the highest octave, and so some of the gain.
    """
    products = gram(evidence, (own, moved))
    factor = float(products[0, 1] / max(products[1, 1], 1e-12))
    if abs(gain_db(factor)) < NO_GAIN_DB:
        factor = float(np.sign(factor))
    left = products[0, 0] - 2.0 * factor * products[0, 1] + factor * factor * products[1, 1]
    return moved, to_db(float(left) / max(evidence.energy, 1e-30)), factor


def _closer(evidence: Evidence, own: Signal, moved: Moved) -> Iterator[Moved]:
    """Yield a clock, and the same after each of some steps of Gauss and Newton.

    A sound that comes a little late and runs a little fast is the sound, its slope, and its slope times the time.
    """
    yield moved
    for _ in range(STEPS):
        products = np.zeros((4, 4))
        for start, stop in evidence.stretches():
            before, after = (replace(moved, offset=moved.offset + by).read(start, stop) for by in ASIDE)
            slope = (before - after).astype(np.float64) / (ASIDE[1] - ASIDE[0])
            seconds = np.arange(start, stop)[:, None] / evidence.rate
            parts = (own.read(start, stop), 0.5 * (before + after), slope, seconds * slope)
            rows = np.stack([part.ravel() for part in parts])
            products += rows @ rows.T
        gain, late, growing = np.linalg.lstsq(products[1:, 1:], products[1:, 0], rcond=1e-9)[0]
        faster = growing / (gain or 1.0) / evidence.rate
        later = -late / (gain or 1.0) - moved.offset * faster
        drift = moved.drift + faster * (1.0 + moved.drift)
        moved = replace(moved, offset=moved.offset + later, drift=drift)
        yield moved


def _explained(evidence: Evidence, stem: Signal) -> float:
    """Return the share of what is left that a stem and its slope explain, each block by itself."""
    explained = total = 0.0
    for left, here in zip(evidence.blocks(evidence.left), evidence.blocks(stem), strict=True):
        target = left.ravel().astype(np.float64)
        total += float(target @ target)
        slope = np.diff(here, axis=0, prepend=here[:1])
        explained += _projected(target, np.stack([here.ravel(), slope.ravel()], axis=1))
    return explained / max(total, 1e-30)


def _projected(target: np.ndarray[tuple[int], np.dtype[np.float64]], basis: Block) -> float:
    """Return the energy of a target that a basis, shape (samples, vectors), explains."""
    vectors = basis.astype(np.float64)
    shared = vectors.T @ target
    return float(shared @ np.linalg.lstsq(vectors.T @ vectors, shared, rcond=1e-9)[0])
