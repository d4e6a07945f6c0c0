"""Where the chunks of RIFF, RF64, BW64 and Wave64 files lie.

Sources: EBU Tech 3306 (RF64), ITU-R BS.2088 (BW64), Sony Wave64.
"""

import struct
from collections.abc import Mapping
from dataclasses import replace
from typing import BinaryIO

from stembridge.audio.chunks_walk import RIFF, WAVE64, Span, walk

RIFF_IDS = frozenset({b"RIFF", b"RF64", b"BW64"})
WAVE64_RIFF = bytes.fromhex("726966662e91cf11a5d628db04c10000")
_WAVE64_TAIL = bytes.fromhex("f3acd3118cd100c04f8edb8a")
_WAVE64_HEADER = 40
_DS64 = struct.Struct("<QQQI")
_DS64_ENTRY = struct.Struct("<4sQ")
_DS64_ENTRIES = 64


def riff_spans(file: BinaryIO) -> tuple[tuple[Span, ...], tuple[str, ...]]:
    """List the chunks of a RIFF, RF64 or BW64 file."""
    file.seek(0)
    _, claimed = RIFF.header.unpack(file.read(8))
    sizes = _sizes_of_ds64(file)
    end = 8 + sizes.get(b"RIFF", claimed) if claimed == 0xFFFFFFFF else 8 + claimed
    return walk(file, RIFF, start=12, end=end, sizes=sizes)


def wave64_spans(file: BinaryIO) -> tuple[tuple[Span, ...], tuple[str, ...]]:
    """List the chunks of a Wave64 file under the RIFF ids that their GUIDs are made from."""
    file.seek(16)
    end = struct.unpack("<Q", file.read(8).ljust(8, b"\0"))[0]
    spans, problems = walk(file, WAVE64, start=_WAVE64_HEADER, end=end)
    return tuple(replace(span, id=span.id[:4]) for span in spans if span.id.endswith(_WAVE64_TAIL)), problems


def _sizes_of_ds64(file: BinaryIO) -> Mapping[bytes, int]:
    """Read the 64-bit sizes that stand for 32-bit sizes of all ones; empty without a ds64 chunk."""
    file.seek(12)
    head = file.read(8 + _DS64.size)
    if len(head) < 8 + _DS64.size or head[:4] != b"ds64":
        return {}
    riff, data, _, count = _DS64.unpack_from(head, 8)
    table = file.read(min(count, _DS64_ENTRIES) * _DS64_ENTRY.size)
    whole = table[: len(table) // _DS64_ENTRY.size * _DS64_ENTRY.size]
    return {b"RIFF": riff, b"data": data, **dict(_DS64_ENTRY.iter_unpack(whole))}
