"""Codec filterbanks tried at every alignment: how dark the lines of each frame are, as a mean log-magnitude.

Where the alignment is the codec's own, the lines that it rounded to zero are there again, and the mean dips, at that
one alignment alone, in every frame.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.signal import lfilter

from stembridge.stages.checks.codecs.mdct import Window, kaiser_window, mdct, power_window, sine_window
from stembridge.stages.checks.codecs.polyphase import TAPS, analysis_matrix
from stembridge.stages.checks.codecs.steady import Flags, telling
from stembridge.units import Hertz

Signal = NDArray[np.float32]
"""Mono, shape (frames,), full scale at 1.0."""

Curves = NDArray[np.float64]
"""The mean log-magnitude of each frame at each alignment, shape (frames, hop)."""


class Bank(Protocol):
    """A codec's filterbank.

    Attributes:
        name: the codec, for people.
        hop: the frames from one codec frame to the next.
        period: the grid is the same all through a file but for whole multiples of this.

    """

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def hop(self) -> int: ...  # noqa: D102

    @property
    def period(self) -> int: ...  # noqa: D102

    def curves(self, signal: Signal, noise: float) -> Curves | None:
        """Try every alignment.

        Args:
            signal: a few tenths of a second.
            noise: the level of the noise that storage adds.

        Returns:
            The curves of the frames in which something goes on steadily; None if too few frames have enough lines
            above the noise to tell.

        """


@dataclass(frozen=True, eq=False)
class MdctBank:
    """A codec that transforms frames of one length.

    Attributes:
        name: the codec.
        window: of a frame, shape (2 * hop,).
        period: see ``Bank``.
        first_line: lower lines are seldom rounded to zero.
        emphasis: of the codec's pre-emphasis filter.

    """

    name: str
    window: Window
    period: int
    first_line: int = 24
    emphasis: float = 0.0

    @property
    def hop(self) -> int:
        """The frames from one codec frame to the next."""
        return len(self.window) // 2

    def curves(self, signal: Signal, noise: float) -> Curves | None:
        """Try every alignment."""
        if self.emphasis:
            signal = lfilter([1.0, -self.emphasis], [1.0], signal).astype(np.float32)
        windows = sliding_window_view(signal, 2 * self.hop)
        frames = (len(windows) - 1) // self.hop
        energies = np.square(mdct(windows[: frames * self.hop : self.hop // 2] * self.window))
        told = telling(0.5 * (energies[::2] + energies[1::2]), noise, signal, self.hop, self.first_line)
        if told is None:
            return None
        steady, audible = told
        span = slice(int(audible[0]), int(audible[-1]) + 1)
        lines, firsts = audible - audible[0], np.flatnonzero(steady) * self.hop
        result = np.empty((len(firsts), self.hop))
        for start in range(self.hop):
            found = mdct(windows[start + firsts] * self.window)[:, span][:, lines]
            result[:, start] = np.log(np.abs(found) + noise).mean(axis=1)
        return result


@dataclass(frozen=True)
class Mp3Bank:
    """MPEG-1 Layer III: 32 bands, an 18-line MDCT in each, and the butterflies between them."""

    name: str = "MP3"
    hop: int = 576
    period: int = 576
    first_band: int = 0
    last_band: int = 24

    def curves(self, signal: Signal, noise: float) -> Curves | None:
        """Try every alignment: 32 phases of the bands, 18 of their transform."""
        polyphase = analysis_matrix(self.first_band, self.last_band)
        windows = sliding_window_view(signal, TAPS)
        slots = (len(windows) - 32) // 32
        grains = (slots - 35) // 18
        result: Curves | None = None
        for phase in range(32):
            lines = _lines(windows[phase::32][:slots] @ polyphase, 18 * grains)
            if result is None:
                told = self._telling(lines, signal, noise)
                if told is None:
                    return None
                steady, audible = told
                result = np.empty((np.count_nonzero(steady), 18, 32))
            dark = np.log(np.abs(lines[:, audible[0], audible[1]]) + noise).mean(axis=1)
            result[:, :, phase] = dark.reshape(grains, 18)[steady]
        return None if result is None else result.reshape(len(result), self.hop)

    def _telling(
        self, lines: NDArray[np.float32], signal: Signal, noise: float
    ) -> tuple[Flags, tuple[NDArray[np.intp], ...]] | None:
        energies = np.square(lines).reshape(-1, 18, lines.shape[1] * 18).mean(axis=1)
        energies[:, -18:] = 0.0
        told = telling(energies, noise, signal, self.hop, 0)
        return told and (told[0], np.unravel_index(told[1], lines.shape[1:]))


def _lines(bands: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """Transform samples of bands, shape (slots, bands), to lines, shape (count, bands, 18), one slot apart."""
    plain, inverted = _long_blocks()
    blocks = sliding_window_view(bands, 36, axis=0)[:count]
    lines = np.empty((count, bands.shape[1], 18), np.float32)
    lines[:, 0::2] = blocks[:, 0::2] @ plain
    lines[:, 1::2] = blocks[:, 1::2] @ inverted
    _butterflies(lines)
    return lines


@lru_cache(maxsize=1)
def _long_blocks() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the transform of a long block, shape (36, 18), and that of the odd, frequency-inverted bands."""
    time, line = np.arange(36)[:, np.newaxis], np.arange(18)
    window = np.sin(np.pi / 36 * (time + 0.5))
    plain = window * np.cos(np.pi / 72 * (2 * time + 19) * (2 * line + 1)) / 3.0
    return plain.astype(np.float32), np.where(time % 2, -plain, plain).astype(np.float32)


def _butterflies(lines: NDArray[np.float32]) -> None:
    """Reduce the aliasing between neighbouring bands, in place; lines has shape (blocks, bands, 18)."""
    weights = np.array([-0.6, -0.535, -0.33, -0.185, -0.095, -0.041, -0.0142, -0.0037])
    direct = (1.0 / np.sqrt(1.0 + weights**2)).astype(np.float32)
    crossed = (weights / np.sqrt(1.0 + weights**2)).astype(np.float32)
    upper, lower = lines[:, :-1, 17:9:-1].copy(), lines[:, 1:, :8].copy()
    lines[:, :-1, 17:9:-1] = upper * direct + lower * crossed
    lines[:, 1:, :8] = lower * direct - upper * crossed


ANY_RATE: tuple[Bank, ...] = (
    Mp3Bank(),
    MdctBank("AAC", kaiser_window(2048), 1024),
    MdctBank("AAC", sine_window(2048), 1024),
    MdctBank("Vorbis", power_window(2048), 64),
)
AT_48K: tuple[Bank, ...] = (MdctBank("Opus", power_window(1920, 120), 120, emphasis=0.85),)

BANKS: dict[Hertz, tuple[Bank, ...]] = {
    Hertz(44_100): ANY_RATE,
    Hertz(48_000): (*ANY_RATE, *AT_48K),
}
"""What is tried, by the rate at which the codec worked. Opus works at 48 kHz alone."""
