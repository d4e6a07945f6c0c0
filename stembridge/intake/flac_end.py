"""Does a FLAC file hold its last frame? Its header says no size in bytes, so a paused copy looks whole.

Source: RFC 9639, sections 8.2 (STREAMINFO) and 9.1 (frame header).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

LARGEST_TAIL = 1 << 20
LONGEST_HEADER = 16
BLOCK_SIZES = {
    1: 192,
    **{code: 144 << code for code in range(2, 6)},
    **{code: 1 << code for code in range(8, 16)},
}
RATE_BYTES = {12: 1, 13: 2, 14: 2}


@dataclass(frozen=True)
class StreamInfo:
    """What STREAMINFO says: frames a block, bytes of the largest frame (0: not said), samples a channel."""

    block_size: int
    largest_frame: int
    samples: int


def read_stream_info(head: bytes) -> StreamInfo | None:
    """Read STREAMINFO from the first 26 bytes of a file; None when it is not all there."""
    if len(head) < 26 or head[4] & 0x7F != 0:
        return None
    samples = int.from_bytes(head[18:26], "big") & 0xF_FFFF_FFFF
    return StreamInfo(int.from_bytes(head[10:12], "big"), int.from_bytes(head[15:18], "big"), samples)


def has_last_frame(file: BinaryIO, size: int, stream: StreamInfo) -> bool:
    """Tell whether the frame that ends with the stream's last sample begins near the end of the file.

    A tail without any frame header (tags of an unusual length) is no proof of anything: true.
    """
    tail_size = min(size, 2 * stream.largest_frame + (1 << 16) if stream.largest_frame else LARGEST_TAIL)
    file.seek(size - tail_size)
    # A last frame of silence is shorter than the longest header.
    ends = list(_frame_ends(file.read(tail_size) + bytes(LONGEST_HEADER), stream.block_size))
    return stream.samples in ends or (not ends and tail_size < size)


def _frame_ends(tail: bytes, block_size: int) -> Iterator[int]:
    for sync in (b"\xff\xf8", b"\xff\xf9"):
        place = tail.find(sync)
        while place >= 0:
            end = _end_of_frame(tail[place : place + LONGEST_HEADER], block_size)
            if end is not None:
                yield end
            place = tail.find(sync, place + 1)


def _end_of_frame(header: bytes, block_size: int) -> int | None:
    """Find the number of the sample after the frame; None when these bytes are no frame header."""
    if len(header) < LONGEST_HEADER:
        return None
    code, rate_code = header[2] >> 4, header[2] & 0x0F
    number, place = _coded_number(header[4:])
    place += 4
    extra = {6: 1, 7: 2}.get(code, 0)
    frames = BLOCK_SIZES.get(code) or int.from_bytes(header[place : place + extra], "big") + 1
    place += extra + RATE_BYTES.get(rate_code, 0)
    if code == 0 or rate_code == 15 or place >= len(header) or _crc8(header[:place]) != header[place]:
        return None
    start = number if header[1] & 1 else number * block_size
    return start + frames


def _coded_number(data: bytes) -> tuple[int, int]:
    """Read a number in the UTF-8 way, and how many bytes it takes (1 to 7)."""
    first = data[0]
    if first < 0x80:
        return first, 1
    length = 8 - (first ^ 0xFF).bit_length()
    value = first & (0x7F >> length)
    for byte in data[1:length]:
        value = value << 6 | byte & 0x3F
    return value, length


def _crc8(data: bytes) -> int:
    value = 0
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value << 1 ^ (0x07 if value & 0x80 else 0)) & 0xFF
    return value
