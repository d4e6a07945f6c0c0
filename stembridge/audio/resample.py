"""Change the sample rate of a stream: soxr at very high quality, with exact length and no delay.

What was measured with libsoxr 0.1.3 through python-soxr 1.1, and is dealt with here:

* A stream that starts with sound is distorted there: the filter sees no zeros before the first frame, and
  the first output frames differ by up to 0.8 % of full scale from those of the same sound behind silence. So
  silence is led in, a whole number of periods of the two rates, and its output is dropped.
* The length is rounded half up, and half to even everywhere else in stembridge. So silence is led out, and
  exactly the wanted frames are taken.
* There is no delay to make up for: frame ``n`` lands on ``n * target / source``, and the cut into blocks does
  not change a bit. Between rates without a small common period it drifts by less than 0.03 frames in two hours.
"""

from collections.abc import Iterator
from math import gcd

import numpy as np
import soxr  # type: ignore[import-untyped]

from stembridge.audio.sound import BLOCK_FRAMES, Block
from stembridge.errors import ConformError
from stembridge.units import Hertz, Samples, samples_to_rate

SILENCE_FRAMES = 1024
"""Frames of silence around the sound at the lower of the two rates: more than half the longest filter."""


def resample_blocks(
    blocks: Iterator[Block], source: Hertz, target: Hertz, *, channels: int, frames: Samples
) -> Iterator[Block]:
    """Convert a stream of blocks from one rate to another.

    Args:
        blocks: float32, shape (frames, channels), of any lengths.
        source: their rate.
        target: the wanted rate.
        channels: their channels.
        frames: how many frames they have together.

    Yields:
        Float32 blocks that have exactly ``samples_to_rate(frames, source, target)`` frames together. Equal
        rates pass through.

    Raises:
        ConformError: if the blocks do not have ``frames`` frames together.

    """
    counted = counted_blocks(blocks, frames)
    if source == target:
        yield from counted
        return
    period = source // gcd(source, target)
    silence = -(-SILENCE_FRAMES * max(source, target) // (target * period)) * period
    skip = samples_to_rate(Samples(silence), source, target)
    made = led_blocks(cut_blocks(counted, source, target), source, target, silence, channels)
    yield from taken_frames(made, skip, samples_to_rate(frames, source, target))


def taken_frames(blocks: Iterator[Block], skip: Samples, frames: Samples) -> Iterator[Block]:
    """Drop the first ``skip`` frames of a stream and take the next ``frames``; it is read to its end."""
    left = frames
    for block in blocks:
        kept = block[skip:][:left]
        skip = Samples(max(0, skip - len(block)))
        left = Samples(left - len(kept))
        if len(kept):
            yield kept


def counted_blocks(blocks: Iterator[Block], frames: Samples) -> Iterator[Block]:
    """Pass blocks on.

    Raises:
        ConformError: at their end, if they do not have ``frames`` frames together.

    """
    seen = 0
    for block in blocks:
        seen += len(block)
        yield block
    if seen != frames:
        raise ConformError(f"{frames} frames were announced for conversion and {seen} came.", code="length")


def cut_blocks(blocks: Iterator[Block], source: Hertz, target: Hertz) -> Iterator[Block]:
    """Cut blocks so that those that come out stay small, however far the rate goes up."""
    most = max(1, 2 * BLOCK_FRAMES * source // target)
    for block in blocks:
        for start in range(0, len(block), most):
            yield block[start : start + most]


def led_blocks(
    blocks: Iterator[Block], source: float, target: float, silence: int, channels: int
) -> Iterator[Block]:
    """Convert blocks, with ``silence`` frames of silence before and after them; rates may be no whole numbers."""
    stream = soxr.ResampleStream(source, target, channels, dtype="float32", quality=soxr.VHQ)
    quiet = np.zeros((silence, channels), np.float32)
    yield stream.resample_chunk(quiet)
    for block in blocks:
        yield stream.resample_chunk(np.ascontiguousarray(block, np.float32))
    yield stream.resample_chunk(quiet, last=True)
