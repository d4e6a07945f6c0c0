"""Sample types: how the encodings relate, exact conversions between them, their bytes, and bad values."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from stembridge.audio.sound import Block, Encoding, RawBlock
from stembridge.errors import ConformError

RAW_TYPES: dict[Encoding, type[np.int16 | np.int32 | np.float32 | np.float64]] = {
    Encoding.INT8: np.int16,
    Encoding.INT16: np.int16,
    Encoding.INT24: np.int32,
    Encoding.INT32: np.int32,
    Encoding.FLOAT32: np.float32,
    Encoding.FLOAT64: np.float64,
    Encoding.LOSSY: np.float32,
}
"""The type of a ``RawBlock`` of each encoding."""


def is_exact(source: Encoding, target: Encoding) -> bool:
    """Say whether every sample of one encoding can be stored in another as it is: no dither is due."""
    if source is Encoding.LOSSY:
        return target in (Encoding.FLOAT32, Encoding.FLOAT64)
    if target is Encoding.LOSSY or (target.is_integer and not source.is_integer):
        return False
    if source.is_integer and target is Encoding.FLOAT32:
        return source.bits <= 24
    return source.bits <= target.bits


def to_float(block: RawBlock) -> Block:
    """Convert to float32 with full scale at 1.0; exact for all but 32-bit integers and 64-bit floats."""
    if block.dtype == np.float32:
        return block  # type: ignore[return-value]
    with np.errstate(over="ignore"):
        result: Block = block.astype(np.float32)
    return result if block.dtype == np.float64 else np.multiply(result, _step(block), out=result)


def widen(block: RawBlock, target: Encoding) -> RawBlock:
    """Store samples in the type that a writer of ``target`` takes, where ``is_exact`` says that they fit."""
    if target.is_integer:
        is_wide = block.dtype == np.int32 or target.bits <= 16
        return block if is_wide else np.left_shift(block, 16, dtype=np.int32)
    if target is not Encoding.FLOAT64:
        return to_float(block)
    result: NDArray[np.float64] = block.astype(np.float64)
    return result if block.dtype.kind == "f" else np.multiply(result, _step(block), out=result)


def widen_blocks(blocks: Iterator[RawBlock], source: Encoding, target: Encoding) -> Iterator[RawBlock]:
    """Store a stream in a wider encoding, exactly.

    Args:
        blocks: the file's own samples, as ``read_raw_blocks`` gives them.
        source: their encoding.
        target: the wanted encoding.

    Yields:
        The same samples in the type that a writer of ``target`` takes.

    Raises:
        ConformError: if ``is_exact`` says that they do not fit.

    """
    if not is_exact(source, target):
        raise ConformError(f"{source} does not fit in {target} without loss.", code="encoding")
    for block in blocks:
        yield widen(block, target)


def packed(block: RawBlock, encoding: Encoding) -> memoryview:
    """Give the bytes of samples as a little-endian file holds them.

    Args:
        block: of the encoding's own type; see ``RAW_TYPES``.
        encoding: 16, 24 or 32-bit integer, or float.

    Raises:
        ConformError: if a sample has more bits than the encoding holds.

    """
    little = np.ascontiguousarray(block, block.dtype.newbyteorder("<"))
    if encoding is not Encoding.INT24:
        return little.data
    if np.bitwise_or.reduce(little, axis=None) & 0xFF:
        raise ConformError("Samples of more than 24 bits have to be quantised first.", code="encoding")
    octets = little.reshape(-1).view(np.uint8).reshape(-1, 4)
    result = np.empty((len(octets), 3), np.uint8)
    for place in range(3):  # three strided copies are four times as fast as one of the slice
        result[:, place] = octets[:, place + 1]
    return result.data


def first_not_finite(block: RawBlock) -> tuple[int, int] | None:
    """Find the first NaN or infinite sample: its frame and channel in the block."""
    if block.dtype.kind != "f":
        return None
    finite = np.isfinite(block)
    if finite.all():
        return None
    frame, channel = np.argwhere(~finite)[0]
    return int(frame), int(channel)


def _step(block: RawBlock) -> np.float32:
    return np.float32(2.0 ** (1 - 8 * block.itemsize))
