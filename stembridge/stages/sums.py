"""Signals made of signals: a sum, a difference, and one that is partly kept in memory; pure."""

from dataclasses import dataclass

import numpy as np

from stembridge.audio.sound import Block
from stembridge.stages.signals import Signal


@dataclass(frozen=True, eq=False)
class Sum:
    """The sum of signals with the same channels."""

    signals: tuple[Signal, ...]
    channels: int

    @property
    def frames(self) -> int:
        """The longest length."""
        return max((signal.frames for signal in self.signals), default=0)

    def read(self, start: int, stop: int) -> Block:
        """Read frames ``start`` to ``stop``; silence where it has none."""
        total = np.zeros((stop - start, self.channels), np.float32)
        for signal in self.signals:
            total += signal.read(start, stop)
        return total


@dataclass(frozen=True, eq=False)
class Difference:
    """One signal less another, as long as the first."""

    whole: Signal
    part: Signal

    @property
    def frames(self) -> int:
        """The length of the first."""
        return self.whole.frames

    @property
    def channels(self) -> int:
        """Their channels."""
        return self.whole.channels

    def read(self, start: int, stop: int) -> Block:
        """Read frames ``start`` to ``stop``; silence where the first has none."""
        left = self.whole.read(start, stop) - self.part.read(start, stop)
        left[max(0, self.frames - start) :] = 0.0
        left[: max(0, -start)] = 0.0
        return left


@dataclass(frozen=True, eq=False)
class Scaled:
    """A signal with another gain."""

    signal: Signal
    factor: float

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
        return np.float32(self.factor) * self.signal.read(start, stop)


@dataclass(frozen=True, eq=False)
class Cached:
    """A signal of which some stretches are kept in memory."""

    signal: Signal
    kept: tuple[tuple[int, Block], ...]

    @classmethod
    def of(cls, signal: Signal, spans: tuple[tuple[int, int], ...]) -> "Cached":
        """Read and keep stretches of a signal."""
        return cls(signal, tuple((start, signal.read(start, stop)) for start, stop in spans))

    @property
    def frames(self) -> int:
        """Its length."""
        return self.signal.frames

    @property
    def channels(self) -> int:
        """Its channels."""
        return self.signal.channels

    def read(self, start: int, stop: int) -> Block:
        """Read frames ``start`` to ``stop``, from memory where they are kept."""
        for at, block in self.kept:
            if at <= start and stop <= at + len(block):
                return block[start - at : stop - at]
        return self.signal.read(start, stop)
