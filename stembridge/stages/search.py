"""The search for a stem in a mix: everywhere at full rate, or coarsely first when the files are long; pure."""

from dataclasses import dataclass

import numpy as np
from scipy.signal import firwin, upfirdn

from stembridge.audio.sound import Block
from stembridge.stages.correlation import (
    Group,
    choose_groups,
    correlate,
    correlate_groups,
    sensible_lags,
)
from stembridge.stages.peaks import Peak, highest
from stembridge.stages.signals import Folded, Signal
from stembridge.stages.whitening import Noise, in_memory, whitened
from stembridge.units import Hertz

APART_S = 0.002
"""Peaks nearer than this are one peak."""
FULL_FRAMES = 12_000_000
"""Up to this many frames of mix and stem together the full rate is searched at once (two minutes of each)."""
MOST_FULL_FRAMES = 70_000_000
"""Above this many it is not searched at all: only what the coarse search finds is looked at (twelve minutes)."""
COARSE_RATE = Hertz(6_000)
SURE_COARSE = 0.6
TAPS_PER_PHASE = 24
GROUPS, MOST_BLOCKS = 24, 256


@dataclass(frozen=True)
class Place:
    """What a search found.

    Attributes:
        peaks: the places, best first; their heights have no unit.
        ratio: height of the second peak to that of the first.

    """

    peaks: tuple[Peak, ...]
    ratio: float


@dataclass(frozen=True, eq=False)
class Haystack:
    """A mix made ready for searches.

    Attributes:
        signal: the mix.
        rate: frames a second.
        noise: what disturbs in it.
        white: the mix with its noise divided out.
        coarse: the same at a low rate, mono.
        factor: how many times lower.

    """

    signal: Signal
    rate: Hertz
    noise: Noise
    white: Signal
    coarse: Signal
    factor: int

    @classmethod
    def of(cls, signal: Signal, rate: Hertz, noise: Noise | None = None) -> "Haystack":
        """Whiten a mix, by its own spectrum or by that of a noise that is known better."""
        factor = max(1, rate // COARSE_RATE)
        low, low_rate = in_memory(Decimated(Folded(signal, 1), factor)), Hertz(rate // factor)
        disturbing = noise or Noise.of(signal, rate)
        return cls(
            signal,
            rate,
            disturbing,
            whitened(signal, disturbing),
            whitened(low, Noise.of(low, low_rate)),
            factor,
        )


@dataclass(frozen=True, eq=False)
class Decimated:
    """A signal at a whole fraction of its rate, without delay."""

    signal: Signal
    factor: int

    @property
    def frames(self) -> int:
        """Its length."""
        return -(-self.signal.frames // self.factor)

    @property
    def channels(self) -> int:
        """Its channels."""
        return self.signal.channels

    def read(self, start: int, stop: int) -> Block:
        """Read frames ``start`` to ``stop``; silence where it has none."""
        if self.factor == 1:
            return self.signal.read(start, stop)
        half = TAPS_PER_PHASE * self.factor // 2
        taps = firwin(2 * half + 1, 0.85 / self.factor).astype(np.float32)
        around = self.signal.read(start * self.factor - half, (stop - 1) * self.factor + half + 1)
        low: Block = upfirdn(taps, around, 1, self.factor, axis=0)
        first = 2 * half // self.factor
        return low[first : first + stop - start]


def search(
    haystack: Haystack,
    stem: Signal,
    limit: int | None = None,
    *,
    thorough: bool = True,
    full_frames: int = FULL_FRAMES,
) -> Place:
    """Find the places where a stem fits a mix.

    Args:
        haystack: the mix.
        stem: not silent, with as many channels.
        limit: the largest shift to consider, either way.
        thorough: search long files at full rate too, when the coarse search is not sure.
        full_frames: up to how many frames of both together the full rate is searched at once.

    """
    together = haystack.signal.frames + stem.frames
    if together <= full_frames:
        return _search_fully(haystack, stem, limit)
    place = _search_coarsely(haystack, stem, limit)
    if thorough and place.ratio >= SURE_COARSE and together <= MOST_FULL_FRAMES:
        return _search_fully(haystack, stem, limit)
    return place


def _search_fully(haystack: Haystack, stem: Signal, limit: int | None) -> Place:
    lags = sensible_lags(haystack.signal.frames, stem, limit)
    curve = correlate(haystack.white, stem, lags)
    apart = round(APART_S * haystack.rate)
    peaks = highest(curve, lags[0], apart=apart, most=8, least=0.0)
    return Place(tuple(peaks), _ratio(peaks))


def _search_coarsely(haystack: Haystack, stem: Signal, limit: int | None) -> Place:
    factor = haystack.factor
    low = in_memory(Decimated(Folded(stem, 1), factor))
    lags = sensible_lags(haystack.coarse.frames, low, None if limit is None else limit // factor)
    curve = correlate(haystack.coarse, low, lags)
    apart = round(APART_S * haystack.rate / factor)
    rough = highest(curve, lags[0], apart=apart, most=8, least=0.5)
    groups = choose_groups(stem, GROUPS, MOST_BLOCKS // 4)
    closer = [_closer(haystack, stem, peak, groups) for peak in rough]
    peaks = sorted(closer, key=lambda peak: -abs(peak.height))
    return Place(tuple(peaks), max(_ratio(peaks), 0.5) if len(rough) > 1 else 0.5)


def _closer(haystack: Haystack, stem: Signal, peak: Peak, groups: list[Group]) -> Peak:
    """Look at a place of the coarse search again, at the full rate, with the loudest parts of the stem."""
    reach, middle = round(APART_S * haystack.rate), round(peak.lag * haystack.factor)
    lags = range(middle - reach, middle + reach + 1)
    curve = correlate_groups(haystack.white, stem, lags, groups).sum(axis=0)
    best = int(np.abs(curve).argmax())
    return Peak(lags[best], float(curve[best]))


def _ratio(peaks: list[Peak]) -> float:
    if len(peaks) < 2 or peaks[0].height == 0.0:
        return 0.0 if peaks and peaks[0].height else 1.0
    return abs(peaks[1].height / peaks[0].height)
