"""A mix as the model wants it: its level, and the stretch of it that is needed now."""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from stembridge.audio.sound import Block
from stembridge.errors import SeparationError
from stembridge.units import Samples

HELD_FRAMES = 1 << 23
"""The longest mix that is held in memory instead of being read and converted twice: three minutes, 64 MB."""


@dataclass(frozen=True)
class Level:
    """What Demucs takes out of a mix before it hears it, and puts back into every stem.

    Attributes:
        mean: of the mono mix.
        spread: the standard deviation of the mono mix, never 0.
        silent: true when every sample is zero.

    """

    mean: float
    spread: float
    silent: bool


def measure_level(blocks: Iterable[Block]) -> Level:
    """Measure a mix in one pass, as ``demucs.api`` does on the whole.

    Raises:
        SeparationError: ``not-finite`` if a sample is NaN or infinite.

    """
    count, total, squares, silent = 0, 0.0, 0.0, True
    for block in blocks:
        mono = block.astype(np.float64) @ np.full(block.shape[1], 1.0 / block.shape[1])
        count += len(mono)
        total += float(mono.sum())
        squares += float(mono @ mono)
        silent = silent and not block.any()
    if not math.isfinite(squares):
        raise SeparationError(
            "The source holds values that are not numbers (NaN or infinity).",
            code="not-finite",
            hint="Render the file again, or repair it in an editor.",
        )
    mean = total / max(1, count)
    variance = max(0.0, squares - total * mean) / max(1, count - 1)
    return Level(mean, math.sqrt(variance) + 1e-8, silent)


def twice(make: Callable[[], Iterator[Block]], frames: Samples) -> Callable[[], Iterator[Block]]:
    """Return what gives a stream as often as it is called: made once and held if it is short, else made anew."""
    if frames > HELD_FRAMES:
        return make
    held = list(make())
    return lambda: iter(held)


class Window:
    """The stretch of a stream that is still needed: it moves forward only."""

    def __init__(self, blocks: Iterator[Block], channels: int) -> None:
        """Start before the first frame."""
        self._blocks = blocks
        self._start = 0
        self._held: Block = np.zeros((0, channels), np.float32)

    def read(self, start: int, end: int) -> Block:
        """Return the frames from ``start`` to ``end``, shape (frames, channels)."""
        parts, have = [self._held], self._start + len(self._held)
        while have < end:
            block = next(self._blocks)
            parts.append(block)
            have += len(block)
        if len(parts) > 1:
            self._held = np.concatenate(parts)
        return self._held[start - self._start : end - self._start]

    def forget(self, before: int) -> None:
        """Let go of what lies before a frame."""
        gone = min(len(self._held), max(0, before - self._start))
        if gone:
            self._held = self._held[gone:].copy()
            self._start += gone
