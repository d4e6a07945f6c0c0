"""PNG: a picture of sixteen colours as a file of its own; pure. After the W3C's recommendation, third edition."""

import struct
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

COLOURS = 16
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_BITS, _INDEXED = 4, 3


def encode_png(pixels: NDArray[np.uint8], palette: Sequence[tuple[int, int, int]]) -> bytes:
    """Write a picture.

    Args:
        pixels: the number of each pixel's colour, 0 to 15, shape (height, width), the top first.
        palette: sixteen colours as red, green and blue, 0 to 255.

    """
    height, width = pixels.shape
    header = struct.pack(">IIBBBBB", width, height, _BITS, _INDEXED, 0, 0, 0)
    even = np.pad(pixels, ((0, 0), (0, width % 2)))
    packed = (even[:, ::2] << 4) | even[:, 1::2]
    unfiltered = np.pad(packed, ((0, 0), (1, 0)))
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", header),
            _chunk(b"PLTE", bytes(value for colour in palette for value in colour)),
            _chunk(b"IDAT", zlib.compress(unfiltered.tobytes(), 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
