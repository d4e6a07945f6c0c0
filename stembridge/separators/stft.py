"""Sound to spectra and back, exactly: 93 ms windows, a quarter apart, at any rate.

The window lasts the same time at every rate, so a bin is always close to 10.7 Hz wide and every size that
is counted in bins or frames elsewhere means the same.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from stembridge.audio.sound import Block
from stembridge.separators.rank import row_chunks
from stembridge.units import Hertz

WINDOW_S = 4096 / 44_100
OVERLAP = 4

Spectra = NDArray[np.complex64]
"""Shape ``(channels, times, bins)``."""

Hops = NDArray[np.float32]
"""Sound in pieces of one hop, shape ``(channels, times + OVERLAP - 1, hop)``."""


@dataclass(frozen=True)
class Stft:
    """A short-time Fourier transform with the square root of a Hann window on both sides.

    Attributes:
        rate: frames a second.
        hop: frames from one window to the next; a window is ``OVERLAP`` hops.

    """

    rate: Hertz
    hop: int

    @classmethod
    def at(cls, rate: Hertz) -> "Stft":
        """Choose the hop for a rate: a length that transforms fast."""
        return cls(rate, int(fft.next_fast_len(max(4, round(WINDOW_S * rate / OVERLAP)), real=True)))

    @property
    def window(self) -> int:
        """Frames in a window."""
        return OVERLAP * self.hop

    @property
    def hertz(self) -> NDArray[np.float32]:
        """The middle of each bin, shape ``(bins,)``."""
        return (np.arange(self.window // 2 + 1) * (self.rate / self.window)).astype(np.float32)

    def forward(self, sound: Block) -> Spectra:
        """Transform sound, shape ``(frames, channels)``, with silence before and after it."""
        times = -(-len(sound) // self.hop) + OVERLAP - 1
        lead = self.window - self.hop
        padded = np.zeros((sound.shape[1], (times - 1) * self.hop + self.window), np.float32)
        padded[:, lead : lead + len(sound)] = sound.T
        windows = np.lib.stride_tricks.sliding_window_view(padded, self.window, axis=1)[:, :: self.hop]
        spectra = np.empty((sound.shape[1], times, self.window // 2 + 1), np.complex64)
        for rows in row_chunks(times):
            spectra[:, rows] = fft.rfft(windows[:, rows] * self._shape(), axis=-1)
        return spectra

    def silence(self, channels: int, times: int) -> Hops:
        """Make the hops that as many spectra turn into, still empty, for ``add``."""
        return np.zeros((channels, times + OVERLAP - 1, self.hop), np.float32)

    def add(self, hops: Hops, spectra: Spectra, first: int) -> None:
        """Turn some spectra back to sound, and add it to the hops from the place of the first."""
        channels, times, _ = spectra.shape
        pieces = fft.irfft(spectra, n=self.window, axis=-1) * (self._shape() * np.float32(2 / OVERLAP))
        quarters = pieces.reshape(channels, times, OVERLAP, self.hop)
        for quarter in range(OVERLAP):
            hops[:, first + quarter : first + quarter + times] += quarters[:, :, quarter]

    def sound(self, hops: Hops, frames: int) -> Block:
        """Give the sound of hops to which all spectra were added, shape ``(frames, channels)``."""
        lead = self.window - self.hop
        return hops.reshape(len(hops), -1)[:, lead : lead + frames].T

    def _shape(self) -> NDArray[np.float32]:
        phase = 2 * np.pi * np.arange(self.window) / self.window
        return np.sqrt(0.5 - 0.5 * np.cos(phase)).astype(np.float32)
