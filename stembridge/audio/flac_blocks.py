"""FLAC metadata blocks: where they lie, and how they are written (RFC 9639)."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import BinaryIO

from stembridge.audio.chunks_walk import COUNT_LIMIT
from stembridge.units import Hertz, Samples

BLOCK_LIMIT = 2**24 - 1
_MAGIC = b"fLaC"
_STREAM_INFO = struct.Struct(">10xQ16s")


class BlockType(IntEnum):
    """The kinds of block that matter here."""

    STREAMINFO = 0
    PADDING = 1
    APPLICATION = 2
    VORBIS_COMMENT = 4


@dataclass(frozen=True)
class Block:
    """Where a metadata block lies; ``start`` and ``size`` are those of its payload."""

    type: int
    start: int
    size: int


@dataclass(frozen=True)
class StreamInfo:
    """What STREAMINFO says: ``frames`` is 0, and ``md5`` of the samples zeros, when it is not known."""

    rate: Hertz
    channels: int
    bits: int
    frames: Samples
    md5: bytes


def find_blocks(file: BinaryIO) -> tuple[Block, ...]:
    """List the metadata blocks; empty if the file is not FLAC. One that the file cuts short ends the list."""
    size = file.seek(0, 2)
    at = _start(file)
    blocks: list[Block] = []
    last = at == 0
    while not last and at + 4 <= size and len(blocks) < COUNT_LIMIT:
        file.seek(at)
        head = file.read(4)
        last = bool(head[0] & 0x80)
        block = Block(head[0] & 0x7F, at + 4, int.from_bytes(head[1:], "big"))
        at = block.start + block.size
        if at > size:
            break
        blocks.append(block)
    return tuple(blocks)


def read_stream_info(file: BinaryIO, block: Block) -> StreamInfo | None:
    """Read STREAMINFO; None if it is damaged."""
    file.seek(block.start)
    payload = file.read(_STREAM_INFO.size)
    if block.type != BlockType.STREAMINFO or len(payload) < _STREAM_INFO.size:
        return None
    packed, md5 = _STREAM_INFO.unpack(payload)
    rate, channels, bits = packed >> 44, (packed >> 41 & 7) + 1, (packed >> 36 & 31) + 1
    return StreamInfo(Hertz(rate), channels, bits, Samples(packed & (1 << 36) - 1), md5)


def write_blocks(file: BinaryIO, blocks: Sequence[tuple[int, bytes]]) -> None:
    """Write the magic and the blocks (type, payload), the last one marked as such."""
    file.write(_MAGIC)
    for number, (kind, payload) in enumerate(blocks, 1):
        last = 0x80 if number == len(blocks) else 0
        file.write(bytes([kind | last]) + len(payload).to_bytes(3, "big") + payload)


def _start(file: BinaryIO) -> int:
    """Find the first block, behind an ID3v2 tag that some taggers put in front; 0 if it is not FLAC."""
    file.seek(0)
    head = file.read(10)
    at = 0
    if head[:3] == b"ID3" and len(head) == 10:
        at = 10 + sum((byte & 0x7F) << 7 * (3 - place) for place, byte in enumerate(head[6:]))
    file.seek(at)
    return at + 4 if file.read(4) == _MAGIC else 0
