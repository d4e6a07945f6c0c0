"""Correct the clock of a sound: a speed that is some parts in a million off, and a place between two samples.

The speed by soxr, which takes rates that are no whole numbers. The place by a windowed sinc (Laakso et al., "Splitting
the unit delay", 1996): 257 taps, a Kaiser window of 100 dB, flat to 0.47 of the rate.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import oaconvolve

from stembridge.audio.resample import SILENCE_FRAMES, counted_blocks, cut_blocks, led_blocks, taken_frames
from stembridge.audio.sound import Block
from stembridge.units import Hertz, Samples, samples_to_rate

REACH = 128
"""Taps on either side of the middle one."""
KAISER_BETA = 10.06


@dataclass(frozen=True)
class Clock:
    """How the clock of a sound is corrected.

    Attributes:
        drift_ppm: by how many parts in a million it ran faster than it should; that is taken out.
        delay: how much later the sound comes, in samples at the wanted rate, less than one either way.

    """

    drift_ppm: float = 0.0
    delay: float = 0.0

    @property
    def keeps_samples(self) -> bool:
        """Whether there is nothing to correct."""
        return not self.drift_ppm and not self.delay

    @property
    def speed(self) -> float:
        """How many times faster the clock ran than it should."""
        return 1.0 + self.drift_ppm * 1e-6

    def frames(self, frames: Samples, source: Hertz, target: Hertz) -> Samples:
        """Return how long a sound becomes that has ``frames`` at ``source``: rounded half to even."""
        if not self.drift_ppm:
            return samples_to_rate(frames, source, target)
        return Samples(round(frames * target / self.rate(source)))

    def rate(self, source: Hertz) -> float:
        """Return the rate that a sound really has whose clock said ``source``."""
        return source * self.speed


UNTOUCHED = Clock()
"""Nothing to correct."""


def reclock_blocks(
    blocks: Iterator[Block], source: Hertz, target: Hertz, clock: Clock, *, channels: int, frames: Samples
) -> Iterator[Block]:
    """Correct the clock of a stream, and bring it from one rate to another.

    Args:
        blocks: float32, shape (frames, channels), of any lengths.
        source: the rate that they are said to have.
        target: the wanted rate.
        clock: what is corrected.
        channels: their channels.
        frames: how many frames they have together.

    Yields:
        Float32 blocks that have exactly ``clock.frames(frames, source, target)`` frames together.

    Raises:
        ConformError: if the blocks do not have ``frames`` frames together.

    """
    wanted = clock.frames(frames, source, target)
    rate, counted = clock.rate(source), counted_blocks(blocks, frames)
    if rate == target:
        yield from delayed_blocks(counted, clock.delay, channels=channels, frames=wanted)
        return
    silence = SILENCE_FRAMES * max(1, -(-source // target))
    lead = silence * target / rate  # no whole number: what is left of it is part of the delay
    made = led_blocks(cut_blocks(counted, source, target), rate, target, silence, channels)
    placed = taken_frames(made, Samples(round(lead)), wanted)
    yield from delayed_blocks(placed, clock.delay - (lead - round(lead)), channels=channels, frames=wanted)


def delayed_blocks(
    blocks: Iterator[Block], delay: float, *, channels: int, frames: Samples
) -> Iterator[Block]:
    """Let a stream come later by a part of a sample, or earlier.

    Args:
        blocks: float32, shape (frames, channels).
        delay: in samples, from -1 to 1.
        channels: their channels.
        frames: how many frames they have together.

    Yields:
        Float32 blocks of as many frames together.

    """
    kernel = _kernel(delay)[:, np.newaxis]
    edge = np.zeros((REACH, channels), np.float32)

    def around() -> Iterator[Block]:
        held = edge
        for block in blocks:
            held = np.concatenate([held, block])
            if len(held) > 2 * REACH:
                yield oaconvolve(held.astype(np.float64), kernel, "valid", axes=0).astype(np.float32)
                held = held[-2 * REACH :]
        last = np.concatenate([held, edge])
        if len(last) > 2 * REACH:
            yield oaconvolve(last.astype(np.float64), kernel, "valid", axes=0).astype(np.float32)

    yield from taken_frames(around(), Samples(0), frames)


def _kernel(delay: float) -> NDArray[np.float64]:
    """Return the filter, shape (2 * REACH + 1,), whose middle tap is no delay."""
    distance = np.arange(-REACH, REACH + 1) - delay
    inside = np.clip(1.0 - (distance / (REACH + 1)) ** 2, 0.0, None)
    taps = np.sinc(distance) * np.i0(KAISER_BETA * np.sqrt(inside))
    return np.asarray(taps / taps.sum())
