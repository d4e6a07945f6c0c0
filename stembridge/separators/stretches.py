"""Long sound in overlapping stretches, and their results joined without a seam.

A stretch is long enough to hear what repeats, and short enough for the memory. Where two overlap, one fades
into the other; the two gains sum to one, so whatever summed to the mix in both still does.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from stembridge.audio.sound import Block
from stembridge.errors import SeparationError


@dataclass(frozen=True)
class Stretches:
    """How sound is cut: ``length`` frames each, the last ``overlap`` of them shared with the next."""

    frames: int
    length: int
    overlap: int

    @property
    def count(self) -> int:
        """How many there are; the last one is longer than the overlap."""
        if self.frames <= self.length:
            return min(1, self.frames)
        return 1 + -(-(self.frames - self.length) // (self.length - self.overlap))

    def cut(self, blocks: Iterable[Block], channels: int) -> Iterator[Block]:
        """Gather blocks of any size into stretches.

        Raises:
            SeparationError: if the blocks hold more or less than was said, or another number of channels.

        """
        held = np.empty((min(self.length, self.frames), channels), np.float32)
        seen = filled = 0
        for block in blocks:
            seen += len(_checked(block, channels))
            while len(block) and seen <= self.frames:
                if filled == self.length:
                    yield held.copy()
                    held[: self.overlap] = held[self.length - self.overlap :]
                    filled = self.overlap
                taken = block[: len(held) - filled]
                held[filled : filled + len(taken)] = taken
                filled += len(taken)
                block = block[len(taken) :]
        if seen != self.frames:
            hint = "Is the file still being written?"
            raise SeparationError(f"{self.frames} frames were said, {seen} came.", hint=hint)
        if filled:
            yield held[:filled]

    def join(self, stretches: Iterable[Block]) -> Iterator[Block]:
        """Put processed stretches together again, each fading into the next."""
        rise = ((np.arange(self.overlap, dtype=np.float32) + 0.5) / np.float32(self.overlap))[:, None]
        tail: Block | None = None
        last = self.count - 1
        for index, stretch in enumerate(stretches):
            if tail is not None:
                stretch = stretch.copy()
                stretch[: self.overlap] = tail + (stretch[: self.overlap] - tail) * rise
            end = len(stretch) - (self.overlap if index < last else 0)
            tail = stretch[end:]
            yield stretch[:end]


def _checked(block: Block, channels: int) -> Block:
    if block.ndim != 2 or block.shape[1] != channels:
        raise SeparationError(f"A block of shape {block.shape} came where {channels} channels were said.")
    return block
