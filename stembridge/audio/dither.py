"""Reduce sound to integers with dither.

The dither is triangular, of plus and minus one least significant bit (TPDF: S. Lipshitz, R. Wannamaker and
J. Vanderkooy, "Quantization and Dither: A Theoretical Survey", J. Audio Eng. Soc. 40, 1992): it makes the
error independent of the sound in mean and power. It comes from the raw output of a seeded PCG64DXSM, which
numpy keeps the same from version to version, and depends on the position alone, never on how the stream is
cut into blocks.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stembridge.audio.samples import is_exact, to_float, widen, widen_blocks
from stembridge.audio.sound import Block, Encoding, RawBlock
from stembridge.errors import ConformError

__all__ = ["Quantiser", "is_exact", "quantise_blocks", "to_float", "widen", "widen_blocks"]

DITHER_SAMPLES = 32_768
"""Samples of dither made, and samples quantised, at a time: what stays in the processor's cache."""

STEPS_PER_BIT = 65_536


class Quantiser:
    """Turns float blocks into the integers of one stream, in order.

    Attributes:
        clipped: how many samples were beyond full scale and were clipped.

    """

    def __init__(self, encoding: Encoding, *, seed: int) -> None:
        """Prepare a stream of one encoding.

        Raises:
            ConformError: if the encoding is not an integer of 16, 24 or 32 bits.

        """
        if encoding not in (Encoding.INT16, Encoding.INT24, Encoding.INT32):
            raise ConformError(f"{encoding} is not an integer encoding to quantise to.", code="encoding")
        self.clipped = 0
        self._scale = 2.0 ** (encoding.bits - 1)
        self._type = np.int16 if encoding is Encoding.INT16 else np.int32
        self._shift = 8 if encoding is Encoding.INT24 else 0
        self._random = np.random.PCG64DXSM(seed)
        self._dither = np.empty(DITHER_SAMPLES, np.float64)
        self._used = DITHER_SAMPLES
        self._work = np.empty(DITHER_SAMPLES, np.float64)

    def quantise(self, block: NDArray[np.floating[Any]]) -> RawBlock:
        """Quantise the next block.

        Args:
            block: finite float32 or float64, shape (frames, channels), full scale at 1.0.

        Returns:
            Left-justified integers of the same shape: int16 for 16 bits, int32 for 24 and 32.

        """
        samples = np.ascontiguousarray(block).reshape(-1)
        result: NDArray[Any] = np.empty(samples.shape, self._type)
        done = 0
        while done < samples.size:
            dither = self._next_dither(samples.size - done)
            stop = done + dither.size
            self._quantise_run(samples[done:stop], dither, result[done:stop])
            done = stop
        return result.reshape(block.shape)

    def blocks(self, blocks: Iterator[Block]) -> Iterator[RawBlock]:
        """Quantise a whole stream, block by block."""
        for block in blocks:
            yield self.quantise(block)

    def _quantise_run(
        self,
        samples: NDArray[np.floating[Any]],
        dither: NDArray[np.float64],
        result: NDArray[Any],
    ) -> None:
        work = self._work[: samples.size]
        np.multiply(samples, self._scale, out=work, dtype=np.float64)
        np.add(work, dither, out=work)
        np.rint(work, out=work)
        if work.max() >= self._scale or work.min() < -self._scale:
            self.clipped += int(np.count_nonzero((work >= self._scale) | (work < -self._scale)))
            np.clip(work, -self._scale, self._scale - 1.0, out=work)
        np.copyto(result, work, casting="unsafe")
        if self._shift:
            np.left_shift(result, self._shift, out=result)

    def _next_dither(self, most: int) -> NDArray[np.float64]:
        if self._used == DITHER_SAMPLES:
            self._refill()
        start = self._used
        self._used = min(DITHER_SAMPLES, start + most)
        return self._dither[start : self._used]

    def _refill(self) -> None:
        """Add pairs of 16-bit uniform numbers; the 1 makes the sum symmetrical about zero."""
        halves = self._random.random_raw(DITHER_SAMPLES // 2).astype("<u8", copy=False).view("<i2")
        steps = np.add(halves[:DITHER_SAMPLES], halves[DITHER_SAMPLES:], dtype=np.int32)
        np.add(steps, 1, out=steps)
        np.multiply(steps, 1.0 / STEPS_PER_BIT, out=self._dither)
        self._used = 0


def quantise_blocks(blocks: Iterator[Block], encoding: Encoding, *, seed: int) -> Iterator[RawBlock]:
    """Quantise a stream with dither; ``Quantiser`` does the same and counts what was clipped.

    Raises:
        ConformError: if the encoding is not an integer of 16, 24 or 32 bits.

    """
    return Quantiser(encoding, seed=seed).blocks(blocks)
