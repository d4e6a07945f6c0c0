"""The delay of a stem whose place is known to a few samples, as exactly as the mix lets it be known; pure.

The same matched filter as in the search, but frame against frame: no sound has to be made from the whitened spectra,
so the window can be one that leaks less, and the noise can be seen in the gaps between the partials of other
instruments. How exactly the delay is known comes from the parts of the stem and from its bands, each left out once:
music repeats, so what disturbs may disturb all parts alike, but hardly all bands.

A place that is known less well than a tenth of a sample is then looked for once more where hardly anything else
sounds. How exactly it is known is not told anew: a place that is found so is taken for no surer than it was without.

What a sequencer starts on the same sample begins with the same step in several stems. High above its own sound the mix
then holds more of a dark stem than its gain explains, with either sign: that tells the place, but not the polarity. As
others' sound is no proof, the place is taken for no surer than it was without.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from stembridge.stages.moved import Moved
from stembridge.stages.peaks import between_samples
from stembridge.stages.signals import Excerpt, Signal, energies
from stembridge.stages.unmasked import Cells, Held, hold
from stembridge.stages.whitening import Frames, Noise
from stembridge.units import Hertz

NEAR_S = 0.002
"""How far from the known place the peak may be."""
STRETCH_FRAMES = 64
PART_FRAMES = 16
BANDS = 16
"""Bands that tell as much of the delay as each other."""
MOST_STRETCHES = 32
"""The loudest stretches that are looked at: a minute and a half."""
CLEAR = 0.1
"""A place that is known to this many samples is taken as it is."""
MOST_CELLS = 1 << 21
"""Times and frequencies of all channels at which a place that is known less well is looked for once more, in the
loudest stretches: 24 seconds of stereo at 44.1 kHz."""
FARTHEST = 3.0
"""How far, in deviations, it may be from where it was thought to be."""
OCTAVES = 9
"""Bands in which the gain of a stem is compared, from the highest octave down; the last holds the rest."""
LOUDER = 4.0
"""Deviations from which a band holds more of a stem than its gain explains."""
NEXT_BEST = 3
"""Samples on either side in which the peak is looked for when a part is left out."""

Curves = NDArray[np.float64]
"""Correlation by part and lag."""
Crosses = NDArray[np.complex64]
"""Cross spectra of the stem with the whitened mix, shape (parts, bins)."""
Powers = NDArray[np.float32]
"""Of the stem, whitened likewise, by bin."""


@dataclass(frozen=True)
class Exact:
    """A delay.

    Attributes:
        offset: in samples.
        polarity: 1 or -1.
        deviation: one standard deviation of the offset, in samples; where others left the stem free, it may be known
            better than that.

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
    hop = close.grid.hop
    seen = [_crosses(mix, close, placed, first) for first in _loudest(mix, placed, hop, MOST_STRETCHES)]
    crosses, powers = (list(each) for each in zip(*seen, strict=True))
    view = _View(np.concatenate(crosses), np.sum(powers, axis=0), reach)
    if view.total[view.highest] == 0.0:
        return Exact(lag, 1, np.inf)
    found = _found(view, whole)
    if found.deviation <= CLEAR:
        return found
    near = replace(_found(view.turned(), whole), deviation=found.deviation)
    return _unmasked(mix, placed, close.grid, near, view.gain)


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


@dataclass(frozen=True, eq=False)
class _View:
    """A stem seen in a mix.

    Attributes:
        crosses: what both share, by part of the stem.
        powers: what the stem has, over all parts.
        reach: how far to look, in samples.

    """

    crosses: Crosses
    powers: Powers
    reach: int

    @cached_property
    def total(self) -> NDArray[np.float64]:
        """The correlation by lag."""
        return _curves(self.crosses.sum(axis=0), self.reach)

    @cached_property
    def highest(self) -> int:
        """The index of the highest value."""
        return int(np.abs(self.total).argmax())

    @cached_property
    def held(self) -> NDArray[np.complexfloating]:
        """What both share at the highest value, by bin."""
        bins = np.arange(len(self.powers))
        late = np.pi * (self.highest - self.reach) / bins[-1]
        return np.asarray(self.crosses.sum(axis=0) * np.exp(1j * late * bins))

    @cached_property
    def gain(self) -> float:
        """The gain of the stem, its polarity aside."""
        return float(np.abs(self.held.sum()) / self.powers.sum())

    def turned(self) -> "_View":
        """Turn over the bands that hold more than the stem's gain explains, where the peak is higher for it.

        The gain is that of all bands together, at the highest peak. Chance alone gives a band as much more as noise of
        the covariance that was divided out makes likely.
        """
        bins = np.arange(len(self.powers))
        octave = np.frexp(bins)[1]
        tops = np.arange(octave[-2] - OCTAVES + 1, octave[-2] + 1)
        bands = np.clip(octave, tops[0], tops[-1]) == tops[:, None]
        own = bands @ self.powers
        beyond = np.abs(bands @ self.held) - self.gain * own
        is_louder = (beyond > LOUDER * np.sqrt(own / 2)) @ bands
        other = replace(self, crosses=np.where(is_louder, -self.crosses, self.crosses))
        return other if abs(other.total[other.highest]) > abs(self.total[self.highest]) else self


def _found(view: _View, whole: int) -> Exact:
    """Find the place of the highest peak, and how exactly it is known."""
    at, total = view.highest, view.total
    peak = between_samples(total, at)
    split = (view.crosses, _by_band(view.crosses.sum(axis=0)))
    deviation = max(deviation_of(_curves(crosses, view.reach), total, at) for crosses in split)
    return Exact(whole - view.reach + peak.lag, 1 if peak.height > 0 else -1, deviation)


def _unmasked(mix: Signal, placed: Moved, grid: Frames, near: Exact, gain: float) -> Exact:
    """Look for a place once more, where others leave the stem free; what is found far from it is none."""
    most = max(1, MOST_CELLS // (mix.channels * STRETCH_FRAMES * grid.hop))
    inner = _inner(mix, placed, grid.hop, _loudest(mix, placed, grid.hop, most))
    if not inner:
        return near
    start = Held(near.offset - placed.offset, near.polarity * gain)
    held = hold(Cells.of(mix, placed, grid, inner), start)
    farthest = min(NEXT_BEST, FARTHEST * near.deviation)
    agreed = abs(held.delay - start.delay) < farthest and held.gain * start.gain > 0.0
    return replace(near, offset=placed.offset + held.delay) if agreed else near


def _loudest(mix: Signal, placed: Signal, hop: int, most: int) -> list[int]:
    """Choose the stretches of the mix in which the stem is loudest, as first frames of short-time spectra."""
    inside = Excerpt(placed, 0, min(mix.frames, placed.frames))
    loudness = energies(inside, STRETCH_FRAMES * hop)
    chosen = np.argsort(-loudness, kind="stable")[:most]
    return [int(one) * STRETCH_FRAMES for one in np.sort(chosen)]


def _inner(mix: Signal, placed: Moved, hop: int, firsts: list[int]) -> list[tuple[int, int]]:
    """Return stretches without the frames at the edges of a file: a cut through both is alike in both."""
    first = max(0, round(placed.offset)) // hop + 3
    last = min(mix.frames, placed.frames) // hop - 1
    inner = [(max(first, start), min(last, start + STRETCH_FRAMES)) for start in firsts]
    return [(start, stop) for start, stop in inner if start < stop]


def _crosses(mix: Signal, noise: Noise, placed: Signal, first: int) -> tuple[Crosses, Powers]:
    """Multiply the parts of a stretch with what stands under them, and with themselves."""
    last = first + STRETCH_FRAMES
    inverse, own = noise.inverse(first, last), noise.grid.analyse(placed, first, last)
    cross = (inverse.divide(noise.grid.analyse(mix, first, last)) * own.conj()).sum(axis=0)
    powers = (inverse.divide(own) * own.conj()).real.sum(axis=(0, 1))
    return cast("Crosses", cross.reshape(-1, PART_FRAMES, cross.shape[-1]).sum(axis=1)), powers


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
