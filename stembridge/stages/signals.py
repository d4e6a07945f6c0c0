"""Sound that can be read anywhere, however long it is; pure.

What aligns and nulls sets reads the same stretches of several files again and again, and must not hold two
hours of eight stems. So it reads from a ``Signal``: an array, a file behind an adapter, a signal moved in
time, or what a mix leaves when stems are taken away.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from stembridge.audio.sound import Block


class Signal(Protocol):
    """Sound of known length and channels at a rate that everybody in a set shares."""

    @property
    def frames(self) -> int:
        """Its length."""

    @property
    def channels(self) -> int:
        """Its channels."""

    def read(self, start: int, stop: int) -> Block:
        """Read frames ``start`` to ``stop``, shape (stop - start, channels); silence where it has none."""


@dataclass(frozen=True, eq=False)
class ArraySignal:
    """Sound in memory.

    Attributes:
        samples: float32, shape (frames, channels).

    """

    samples: Block

    @classmethod
    def of(cls, samples: NDArray[np.floating]) -> "ArraySignal":
        """Take mono, shape (frames,), or any number of channels, shape (frames, channels)."""
        shaped = samples[:, None] if samples.ndim == 1 else samples
        return cls(shaped.astype(np.float32, copy=False))

    @property
    def frames(self) -> int:
        """Its length."""
        return len(self.samples)

    @property
    def channels(self) -> int:
        """Its channels."""
        return int(self.samples.shape[1])

    def read(self, start: int, stop: int) -> Block:
        """Read frames ``start`` to ``stop``; silence where it has none."""
        if 0 <= start <= stop <= self.frames:
            return self.samples[start:stop]
        return padded(self.samples[max(0, start) : max(0, stop)], max(0, -start), stop - start)


@dataclass(frozen=True, eq=False)
class Folded:
    """A signal as another has its channels: mono spreads to all of them, anything else folds to mono first.

    Attributes:
        signal: what is folded.
        channels: how many channels it gets.

    """

    signal: Signal
    channels: int

    @property
    def frames(self) -> int:
        """Its length."""
        return self.signal.frames

    def read(self, start: int, stop: int) -> Block:
        """Read frames ``start`` to ``stop``; silence where it has none."""
        block = self.signal.read(start, stop)
        if block.shape[1] == self.channels:
            return block
        mono = block @ np.full((block.shape[1], 1), 1.0 / block.shape[1], np.float32)
        return mono if self.channels == 1 else np.repeat(mono, self.channels, axis=1)


@dataclass(frozen=True, eq=False)
class Sided:
    """A mono signal that is one channel of several; the others are silent.

    Attributes:
        signal: mono.
        place: its channel, from 0.
        channels: how many channels there are.

    """

    signal: Signal
    place: int
    channels: int

    @property
    def frames(self) -> int:
        """Its length."""
        return self.signal.frames

    def read(self, start: int, stop: int) -> Block:
        """Read frames ``start`` to ``stop``; silence where it has none."""
        block = self.signal.read(start, stop)
        out = np.zeros((len(block), self.channels), np.float32)
        out[:, self.place] = block[:, 0]
        return out


@dataclass(frozen=True, eq=False)
class Excerpt:
    """Some frames of a signal as a signal of its own."""

    signal: Signal
    first: int
    frames: int

    @property
    def channels(self) -> int:
        """Its channels."""
        return self.signal.channels

    def read(self, start: int, stop: int) -> Block:
        """Read frames ``start`` to ``stop``; silence where it has none."""
        out = np.zeros((stop - start, self.channels), np.float32)
        low, high = max(0, start), min(stop, self.frames)
        if low < high:
            out[low - start : high - start] = self.signal.read(self.first + low, self.first + high)
        return out


def like(signal: Signal, other: Signal) -> Signal:
    """Give a signal the channels of another."""
    return signal if signal.channels == other.channels else Folded(signal, other.channels)


def stretches(frames: int, size: int) -> Iterator[tuple[int, int]]:
    """Cut a length into (start, stop) of at most ``size`` frames."""
    for start in range(0, frames, size):
        yield start, min(frames, start + size)


def padded(block: Block, lead: int, frames: int) -> Block:
    """Put silence around a block to make ``frames`` frames, ``lead`` of them before it."""
    out = np.zeros((max(0, frames), block.shape[1]), np.float32)
    kept = block[: max(0, frames - lead)]
    out[lead : lead + len(kept)] = kept
    return out


def energies(signal: Signal, size: int) -> NDArray[np.float64]:
    """Measure the energy of each stretch of ``size`` frames, over all channels."""
    per = 256
    found: Sequence[NDArray[np.float64]] = [
        _energy(signal.read(start, stop), size) for start, stop in stretches(signal.frames, size * per)
    ]
    return np.concatenate(found) if found else np.zeros(0)


def _energy(block: Block, size: int) -> NDArray[np.float64]:
    flat, step = block.ravel(), size * block.shape[1]
    parts = [flat[start : start + step] for start in range(0, len(flat), step)]
    return np.array([np.dot(part, part) for part in parts], np.float64)
