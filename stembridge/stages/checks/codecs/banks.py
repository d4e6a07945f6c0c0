"""Codec filterbanks at any alignment: the lines of each frame, as the codec itself saw them.

Where the alignment is the codec's own, the lines that it rounded to zero are there again; at any other they are filled
by their neighbours.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.signal import lfilter

from stembridge.stages.checks.codecs.mdct import Window, kaiser_window, mdct, power_window, sine_window
from stembridge.stages.checks.codecs.polyphase import BANDS, TAPS, analysis_matrix
from stembridge.units import Hertz

Signal = NDArray[np.float32]
"""Mono, shape (samples,), full scale at 1.0."""

Excerpts = Sequence[tuple[int, Signal]]
"""The first sample and the sound of each place, at the codec's rate, the one with most treble first."""

Lines = NDArray[np.float32]
"""The lowest lines of some frames, shape (frames, lines)."""

Numbers = NDArray[np.intp]

TOGETHER = 4
"""Alignments transformed in one go: as many as fit into a processor's cache."""


class Bank(Protocol):
    """A codec's filterbank.

    Attributes:
        name: the codec, for people.
        hop: samples from one codec frame to the next, and the lines of a frame.
        period: the grid is the same all through a file but for whole multiples of this.
        first_line: lower lines are seldom rounded to zero.
        starts: the grids of files that were decoded as a whole: without what codecs put before the sound, and with
            it; none where they are not looked at by themselves.

    """

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def hop(self) -> int: ...  # noqa: D102

    @property
    def period(self) -> int: ...  # noqa: D102

    @property
    def first_line(self) -> int: ...  # noqa: D102

    @property
    def starts(self) -> tuple[int, ...]: ...  # noqa: D102

    def prepared(self, signal: Signal) -> Signal:
        """Filter a signal as the codec does before it transforms it."""

    def noise_shape(self) -> NDArray[np.float64]:
        """Return how loud white noise of level 1 is in each line then, shape (hop,)."""

    def frames(self, samples: int) -> int:
        """Return how many frames fit into so many samples at every alignment; frame i starts at i * hop + a."""

    def lines(
        self, signal: Signal, frames: Numbers, alignments: Sequence[int], count: int
    ) -> Iterator[tuple[int, Lines]]:
        """Transform some frames at some alignments.

        Args:
            signal: prepared.
            frames: their numbers.
            alignments: from 0 to hop, each once.
            count: how many lines are wanted, the lowest first.

        Yields:
            An alignment, and its lines, shape (frames, count); in any order.

        """


@dataclass(frozen=True, eq=False)
class MdctBank:
    """A codec that transforms frames of one length.

    Attributes:
        name: the codec.
        window: of a frame, shape (2 * hop,).
        period: see ``Bank``.
        emphasis: of the codec's pre-emphasis filter.
        first_line: see ``Bank``.
        starts: see ``Bank``.

    """

    name: str
    window: Window
    period: int
    emphasis: float = 0.0
    first_line: int = 8
    starts: tuple[int, ...] = ()

    @property
    def hop(self) -> int:
        """The samples from one codec frame to the next."""
        return len(self.window) // 2

    def prepared(self, signal: Signal) -> Signal:
        """Filter a signal as the codec does before it transforms it."""
        if not self.emphasis:
            return signal
        return np.asarray(lfilter([1.0, -self.emphasis], [1.0], signal), np.float32)

    def noise_shape(self) -> NDArray[np.float64]:
        """Return how loud white noise of level 1 is in each line then."""
        turn = np.pi * (np.arange(self.hop) + 0.5) / self.hop
        return np.asarray(np.abs(1.0 - self.emphasis * np.exp(-1j * turn)))

    def frames(self, samples: int) -> int:
        """Return how many frames fit at every alignment."""
        return max(0, samples // self.hop - 2)

    def lines(
        self, signal: Signal, frames: Numbers, alignments: Sequence[int], count: int
    ) -> Iterator[tuple[int, Lines]]:
        """Transform some frames at some alignments."""
        windows, firsts = sliding_window_view(signal, 2 * self.hop), frames * self.hop
        for start in range(0, len(alignments), TOGETHER):
            some = alignments[start : start + TOGETHER]
            lines = mdct(windows[firsts + np.array(some)[:, np.newaxis]], self.window)
            yield from zip(some, lines[..., :count], strict=True)


@dataclass(frozen=True)
class Mp3Bank:
    """MPEG-1 Layer III: 32 bands, an 18-line MDCT in each, and the butterflies between them.

    LAME's tag tells of 576 samples by the encoder and 529 by the decoder; decoders leave both out, or neither.
    """

    name: str = "MP3"
    hop: int = 576
    period: int = 576
    first_line: int = 6
    starts: tuple[int, ...] = (48, 1)

    def prepared(self, signal: Signal) -> Signal:
        """Return the signal: nothing is filtered before."""
        return signal

    def noise_shape(self) -> NDArray[np.float64]:
        """Return how loud white noise of level 1 is in each line."""
        return np.ones(self.hop)

    def frames(self, samples: int) -> int:
        """Return how many frames fit at every alignment."""
        return max(0, ((samples - TAPS + 1) // BANDS - 36) // 18 - 1)

    def lines(
        self, signal: Signal, frames: Numbers, alignments: Sequence[int], count: int
    ) -> Iterator[tuple[int, Lines]]:
        """Transform some frames: 32 phases of the bands, 18 of their transform."""
        bands = min(BANDS, -(-count // 18) + 1)
        polyphase, windows = analysis_matrix(0, bands), sliding_window_view(signal, TAPS)
        slots_of: dict[int, list[int]] = defaultdict(list)
        for alignment in alignments:
            slots_of[alignment % BANDS].append(alignment // BANDS)
        for phase, slots in slots_of.items():
            blocks = sliding_window_view(windows[phase::BANDS] @ polyphase, 36, axis=0)
            for start in range(0, len(slots), TOGETHER):
                some = np.array(slots[start : start + TOGETHER])
                lines = _lines(blocks[18 * frames + some[:, np.newaxis]])
                own = lines.reshape(len(some), len(frames), -1)[..., :count]
                yield from zip((BANDS * some + phase).tolist(), own, strict=True)


def _lines(blocks: NDArray[np.float32]) -> NDArray[np.float32]:
    """Transform blocks of band samples, shape (..., bands, 36), to lines, shape (..., bands, 18)."""
    plain, inverted = _long_blocks()
    lines = np.empty((*blocks.shape[:-1], 18), np.float32)
    lines[..., 0::2, :] = blocks[..., 0::2, :] @ plain
    lines[..., 1::2, :] = blocks[..., 1::2, :] @ inverted
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
    """Reduce the aliasing between neighbouring bands, in place; lines has shape (..., bands, 18)."""
    weights = np.array([-0.6, -0.535, -0.33, -0.185, -0.095, -0.041, -0.0142, -0.0037])
    direct = (1.0 / np.sqrt(1.0 + weights**2)).astype(np.float32)
    crossed = (weights / np.sqrt(1.0 + weights**2)).astype(np.float32)
    upper, lower = lines[..., :-1, 17:9:-1].copy(), lines[..., 1:, :8].copy()
    lines[..., :-1, 17:9:-1] = upper * direct + lower * crossed
    lines[..., 1:, :8] = lower * direct - upper * crossed


MP3 = Mp3Bank()
AAC_BANKS = tuple(
    MdctBank("AAC", window, 1024, starts=(0, 960)) for window in (kaiser_window(2048), sine_window(2048))
)
"""Decoders leave out 1,024 or 2,048 samples, or Apple's 2,112, or none."""

ANY_RATE: tuple[Bank, ...] = (MP3, *AAC_BANKS, MdctBank("Vorbis", power_window(2048), 64))
OPUS = MdctBank("Opus", power_window(1920, 120), 960, emphasis=0.85, starts=(228, 540))
"""libopus has decoders leave out 312 samples."""

BANKS: dict[Hertz, tuple[Bank, ...]] = {
    Hertz(44_100): ANY_RATE,
    Hertz(48_000): (*ANY_RATE, OPUS),
}
"""What is tried, by the rate at which the codec worked. Opus works at 48 kHz alone."""
