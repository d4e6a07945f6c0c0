"""CAF: are the sizes in the header true? Source: Apple's Core Audio Format specification 1.0."""

import struct
from collections.abc import Iterator

from stembridge.audio.chunks_walk import COUNT_LIMIT
from stembridge.audio.headers.source import Header, Source
from stembridge.audio.sound import Container
from stembridge.units import Samples

CHUNK = struct.Struct(">4sq")
EDIT_COUNT = 4
DESCRIPTION = struct.Struct(">8x4s4xI4xII")


def read_caf(source: Source) -> Header:
    """Check a CAF file.

    Raises:
        AudioError: if the sizes do not agree with the file, or are left open.

    """
    found = {name: (start, size) for name, start, size in _chunks(source)}
    if b"data" not in found:
        raise source.truncated("it has no data chunk")
    start, size = found[b"data"]
    if size < EDIT_COUNT:
        raise source.unfinished()
    source.require(start + size, "its audio")
    return Header(Container.CAF, _frames(source, *found.get(b"desc", (0, 0)), size - EDIT_COUNT))


def _chunks(source: Source) -> Iterator[tuple[bytes, int, int]]:
    at = 8
    for _ in range(COUNT_LIMIT):
        head = source.read(at, CHUNK.size)
        if len(head) < CHUNK.size:
            return
        name, size = CHUNK.unpack(head)
        yield name, at + CHUNK.size, size
        at += CHUNK.size + size
        if size < 0 or at > source.size:
            return


def _frames(source: Source, start: int, size: int, data_size: int) -> Samples | None:
    if size < 32:
        raise source.damaged("it has no description of its audio")
    kind, packet_size, _channels, _bits = DESCRIPTION.unpack(source.read(start, 32))
    return Samples(data_size // packet_size) if kind == b"lpcm" and packet_size else None
