"""The delay of a stem whose place is known to a few samples, as exactly as the mix lets it be known; pure.

The same matched filter as in the search, but frame against frame: no sound has to be made from the whitened spectra,
so the window can be one that leaks less, and the noise can be seen in the gaps between the partials of other
instruments. How exactly the delay is known comes from the parts of the stem and from its bands, each left out once:
music repeats, so what disturbs may disturb all parts alike, but hardly all bands.
"""

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from stembridge.stages.moved import Moved
from stembridge.stages.peaks import between_samples
from stembridge.stages.signals import Excerpt, Signal, energies
from stembridge.stages.whitening import Noise
from stembridge.units import Hertz

NEAR_S = 0.002
"""How far from the known place the peak may be."""
STRETCH_FRAMES = 64
PART_FRAMES = 16
BANDS = 16
"""Bands that tell as much of the delay as each other."""
MOST_STRETCHES = 32
"""The loudest stretches that are looked at: a minute and a half."""
NEXT_BEST = 3
"""Samples on either side in which the peak is looked for when a part is left out."""

Curves = NDArray[np.float64]
"""Correlation by part and lag."""
Crosses = NDArray[np.complex64]
"""Cross spectra of the stem with the whitened mix, shape (parts, bins)."""


@dataclass(frozen=True)
class Exact:
    """A delay.

    Attributes:
        offset: in samples.
        polarity: 1 or -1.
        deviation: one standard deviation of the offset, in samples.

    """

    offset: float
    polarity: int
    deviation: float


def measure_exactly(mix: Signal, noise: Noise, stem: Signal, lag: float, rate: Hertz) -> Exact:
    """Measure a delay near a known one.

    Args:
        mix: the mix, or what the other stems leave of it.
        noise: what disturbs in it.
        stem: with as many channels; its clock does not drift.
        lag: where the stem is, within 2 ms.
        rate: frames a second.

    """
    reach, whole = round(NEAR_S * rate), round(lag)
    close, placed = noise.seen_closely(), Moved(stem, float(whole))
    parts = np.concatenate(
        [_crosses(mix, close, placed, first) for first in _loudest(mix, placed, close.grid.hop)]
    )
    total = _curves(parts.sum(axis=0), reach)
    at = int(np.abs(total).argmax())
    if total[at] == 0.0:
        return Exact(lag, 1, np.inf)
    peak = between_samples(total, at)
    deviation = max(
        deviation_of(_curves(one, reach), total, at) for one in (parts, _by_band(parts.sum(axis=0)))
    )
    return Exact(whole - reach + peak.lag, 1 if peak.height > 0 else -1, deviation)


def deviation_of(curves: NDArray[np.floating], total: NDArray[np.float64], at: int) -> float:
    """Estimate how exactly a peak is known by leaving out one part at a time (Tukey 1958).

    Args:
        curves: correlation by part and lag.
        total: their sum.
        at: where its peak is.

    """
    count = len(curves)
    if count < 2:
        return 0.0
    near = max(0, at - NEXT_BEST)
    places = []
    for curve in curves:
        rest = total - curve
        best = near + int(np.abs(rest[near : at + NEXT_BEST + 1]).argmax())
        places.append(between_samples(rest, best).lag)
    return float(np.sqrt((count - 1) * np.var(places)))


def _loudest(mix: Signal, placed: Signal, hop: int) -> list[int]:
    """Choose the stretches of the mix in which the stem is loudest, as first frames of short-time spectra."""
    inside = Excerpt(placed, 0, min(mix.frames, placed.frames))
    loudness = energies(inside, STRETCH_FRAMES * hop)
    chosen = np.argsort(-loudness, kind="stable")[:MOST_STRETCHES]
    return [int(one) * STRETCH_FRAMES for one in np.sort(chosen)]


def _crosses(mix: Signal, noise: Noise, placed: Signal, first: int) -> Crosses:
    """Multiply the parts of a stretch with what stands under them."""
    last = first + STRETCH_FRAMES
    white = noise.inverse(first, last).divide(noise.grid.analyse(mix, first, last))
    cross = (white * noise.grid.analyse(placed, first, last).conj()).sum(axis=0)
    return cast("Crosses", cross.reshape(-1, PART_FRAMES, cross.shape[-1]).sum(axis=1))


def _by_band(cross: Crosses) -> Crosses:
    """Split a cross spectrum, shape (bins,), into bands; what a bin tells of a delay grows with its frequency."""
    bins = np.arange(len(cross))
    told = np.cumsum(np.square(bins) * np.abs(cross))
    edges = np.searchsorted(told, told[-1] * np.arange(1, BANDS) / BANDS)
    band = np.searchsorted(edges, bins, side="right")
    return np.where(band == np.arange(BANDS)[:, None], cross, np.complex64(0.0))


def _curves(crosses: Crosses, reach: int) -> Curves:
    """Transform cross spectra to correlations at lags from ``-reach`` to ``reach``."""
    around = fft.irfft(crosses, axis=-1).astype(np.float64)
    return np.concatenate([around[..., -reach:], around[..., : reach + 1]], axis=-1)
