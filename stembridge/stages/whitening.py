"""Whitening: the view of a mix in which the rest of the mix disturbs a stem least; pure.

The rest of the mix is coloured noise that changes all the time. The maximum-likelihood place of a known sound
in it is the peak of the correlation with ``R^-1 x``: the mix's short-time spectrum, divided by the covariance
of the noise around each time and frequency (Kay, Fundamentals of Statistical Signal Processing II, 4.4). As
the stem is small in the mix, the mix itself gives the covariance. For stereo it is the full 2 x 2 matrix: what
sits in the middle of the mix then hides nothing at its sides.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray
from scipy import fft
from scipy.ndimage import uniform_filter

from stembridge.audio.sound import Block
from stembridge.stages.signals import ArraySignal, Signal, stretches
from stembridge.units import Hertz

WINDOW_S = 4096 / 48_000
SMOOTHING = (9, 9)
"""Frames and bins over which power is averaged."""
CLOSE_SMOOTHING = (9, 1)
"""The same where a place is known: narrow enough to look between the partials of other instruments."""
FLOOR = 0.03
"""Share of a bin's mean power that is added everywhere, so that pauses are not blown up."""
BENEATH = 1e-3
"""Share of the loudest bin of the octave beneath that is added too: what a codec or a filter cut off is no sound."""
CLOSE_FLOOR = 0.1
"""Share of both that is left where a place is known: what disturbs least tells most, in pauses and beside partials."""
LEAST_APART = np.float32(1e-6)
"""How much of the product of both channels' powers their covariance leaves at least: less is a rounding error."""
STRETCH = 1 << 18
CACHE_SAMPLES = 40_000_000

Spectra = NDArray[np.complex64]
"""Shape (channels, times, bins)."""
Powers = NDArray[np.float32]
Crossed = NDArray[np.complex64]


@dataclass(frozen=True)
class Frames:
    """Short-time spectra on a fixed grid: frame ``k`` covers samples ``(k - 1) * hop`` to ``(k + 1) * hop``."""

    hop: int
    shape: Literal["sine", "hann"] = "sine"
    """``sine`` is the square root of a Hann window and can be joined again; ``hann`` leaks less."""

    @classmethod
    def at(cls, rate: Hertz) -> "Frames":
        """Choose windows of about 85 ms."""
        return cls(1 << max(4, round(np.log2(WINDOW_S * rate / 2))))

    @cached_property
    def window(self) -> NDArray[np.float32]:
        """The window, shape (2 * hop,)."""
        size = 2 * self.hop
        hann = 0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(size) + 0.5) / size)
        return (hann if self.shape == "hann" else np.sqrt(hann)).astype(np.float32)

    def analyse(self, signal: Signal, first: int, last: int) -> Spectra:
        """Transform frames ``first`` to ``last`` (exclusive)."""
        sound = np.ascontiguousarray(signal.read((first - 1) * self.hop, last * self.hop).T)
        pieces = np.lib.stride_tricks.sliding_window_view(sound, 2 * self.hop, axis=1)[:, :: self.hop]
        return cast("Spectra", fft.rfft(pieces * self.window, axis=-1))

    def join(self, spectra: Spectra) -> Block:
        """Transform frames back, shape ((times - 1) * hop, channels): only what two frames cover."""
        pieces = fft.irfft(spectra, n=2 * self.hop, axis=-1) * self.window
        sound = pieces[:, :-1, self.hop :] + pieces[:, 1:, : self.hop]
        return np.ascontiguousarray(sound.reshape(len(spectra), -1).T)


@dataclass(frozen=True, eq=False)
class Noise:
    """What disturbs: a signal whose covariance around each time and frequency is divided out.

    Attributes:
        signal: the disturbing sound.
        grid: the short-time spectra.
        floor: what is added to the power, shape (bins,).
        smoothing: frames and bins over which power is averaged.

    """

    signal: Signal
    grid: Frames
    floor: Powers
    smoothing: tuple[int, int] = SMOOTHING

    @classmethod
    def of(cls, signal: Signal, rate: Hertz, *, at_least: float = 0.0) -> "Noise":
        """Measure a signal's mean spectrum.

        Args:
            signal: what disturbs.
            rate: frames a second.
            at_least: a power that is always added, for a signal that may be digital silence.

        """
        grid = Frames.at(rate)
        total, count = np.zeros(grid.hop + 1), 0
        for start, stop in _spread(signal.frames // grid.hop + 1, STRETCH // grid.hop):
            powers = np.square(np.abs(grid.analyse(signal, start, stop)))
            total += powers.mean(axis=0).sum(axis=0)
            count += stop - start
        mean = total / max(1, count)
        floor = FLOOR * mean + BENEATH * _octave_beneath(mean) + at_least + 1e-18
        return cls(signal, grid, floor.astype(np.float32))

    def seen_closely(self) -> "Noise":
        """Look at the same noise with finer detail in frequency: spectra that cannot be joined to a sound again."""
        grid, floor = replace(self.grid, shape="hann"), np.float32(CLOSE_FLOOR) * self.floor
        return replace(self, grid=grid, floor=floor, smoothing=CLOSE_SMOOTHING)

    def inverse(self, first: int, last: int) -> "Inverse":
        """Measure the covariance at frames ``first`` to ``last`` (exclusive) and invert it."""
        edge = self.smoothing[0] // 2
        seen = self.grid.analyse(self.signal, first - edge, last + edge)
        keep = slice(edge, edge + last - first)
        powers = [self._smooth(np.square(np.abs(channel)))[keep] + self.floor for channel in seen]
        if len(seen) != 2:
            return Inverse(np.stack([1.0 / power for power in powers]), None)
        cross = seen[0] * seen[1].conj()
        shared = (self._smooth(cross.real) + 1j * self._smooth(cross.imag))[keep]
        left, right = powers
        product = left * right
        both = 1.0 / np.maximum(product - np.square(np.abs(shared)), LEAST_APART * product)
        return Inverse(np.stack([right * both, left * both]), cast("Crossed", shared * both))

    def _smooth(self, powers: Powers) -> Powers:
        return cast("Powers", uniform_filter(powers, self.smoothing, mode="nearest"))


@dataclass(frozen=True, eq=False)
class Inverse:
    """The inverse of a noise's covariance at each time and frequency.

    Attributes:
        own: of each channel, shape (channels, times, bins).
        shared: of the two channels of stereo, its sign turned, shape (times, bins); None for other layouts.

    """

    own: Powers
    shared: Crossed | None

    def divide(self, spectra: Spectra) -> Spectra:
        """Divide the noise out of as many frames of a sound."""
        divided = self.own * spectra
        if self.shared is not None:
            divided[0] -= self.shared * spectra[1]
            divided[1] -= self.shared.conj() * spectra[0]
        return divided


@dataclass(frozen=True, eq=False)
class Whitened:
    """A signal with the covariance of a noise divided out, frame by frame as it is read."""

    signal: Signal
    noise: Noise

    @property
    def frames(self) -> int:
        """Its length."""
        return self.signal.frames

    @property
    def channels(self) -> int:
        """Its channels."""
        return self.signal.channels

    def read(self, start: int, stop: int) -> Block:
        """Read frames ``start`` to ``stop``; silence where it has none."""
        hop = self.noise.grid.hop
        first, last = start // hop, -(-stop // hop) + 1
        if stop <= 0 or start >= self.frames:
            return np.zeros((stop - start, self.channels), np.float32)
        spectra = self.noise.grid.analyse(self.signal, first, last)
        sound = self.noise.grid.join(self.noise.inverse(first, last).divide(spectra))
        return sound[start - first * hop :][: stop - start]


def whitened(signal: Signal, noise: Noise) -> Signal:
    """Whiten a signal; kept in memory when it is short enough, made anew at each reading when not."""
    return in_memory(Whitened(signal, noise))


def in_memory(signal: Signal) -> Signal:
    """Read a signal once and for all, if it is no more than about seven minutes of stereo."""
    if signal.frames * signal.channels > CACHE_SAMPLES:
        return signal
    parts = [signal.read(start, stop) for start, stop in stretches(signal.frames, STRETCH)]
    return ArraySignal(np.concatenate(parts)) if parts else signal


def _octave_beneath(mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """Find the highest power in the octave that ends at each bin."""
    return np.array([mean[place // 2 : place + 1].max() for place in range(len(mean))])


def _spread(count: int, size: int, most: int = 40) -> list[tuple[int, int]]:
    """Choose up to ``most`` stretches of frames, spread evenly."""
    every = list(stretches(count, size))
    return [every[round(at)] for at in np.linspace(0, len(every) - 1, min(most, len(every)))]
