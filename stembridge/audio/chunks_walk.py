"""Walking through chunked files without trusting them: seek over what is not wanted, bound what is.

Sizes are claims: nothing is allocated for them, and no more is read than the file holds and the limits allow.
"""

import struct
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from stembridge.audio.metadata import Chunk

CHUNK_LIMIT = 16 * 2**20 - 64
"""Bytes of one chunk that is carried: what one FLAC metadata block can hold, too."""

TOTAL_LIMIT = 32 * 2**20
"""Bytes of all carried chunks of a file together."""

COUNT_LIMIT = 4096
"""Chunks of a file."""

MISCOUNT = 8
"""Bytes by which writers are known to miscount a whole file: its own header, a byte of padding."""

ENTRY_LIMIT = 16_384
"""Entries of one list."""


@dataclass(frozen=True)
class Layout:
    """How a container writes chunk headers."""

    header: struct.Struct
    alignment: int
    size_includes_header: bool = False


RIFF = Layout(struct.Struct("<4sI"), 2)
AIFF = Layout(struct.Struct(">4sI"), 2)
WAVE64 = Layout(struct.Struct("<16sQ"), 8, size_includes_header=True)


@dataclass(frozen=True)
class Span:
    """Where a chunk lies.

    Attributes:
        id: the four bytes (or the GUID) that name it.
        start: where its payload starts in the file.
        claimed: bytes its header says it has.
        size: bytes of it that the file holds.

    """

    id: bytes
    start: int
    claimed: int
    size: int


@dataclass
class _Walk:
    spans: list[Span] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def is_id(raw: bytes) -> bool:
    """Say whether bytes can be a chunk id: four printable ASCII characters, or any GUID that is not zero."""
    if len(raw) == 16:
        return any(raw)
    return len(raw) == 4 and all(0x20 <= byte < 0x7F for byte in raw)


def walk(
    file: BinaryIO, layout: Layout, *, start: int, end: int, sizes: Mapping[bytes, int] | None = None
) -> tuple[tuple[Span, ...], tuple[str, ...]]:
    """List the chunks between two offsets.

    Args:
        file: open for reading in binary.
        layout: how headers are written.
        start: offset of the first chunk header.
        end: where the container says it ends. Chunks that were appended after it are listed too.
        sizes: sizes that replace a 32-bit size of all ones (RF64's ``ds64``).

    Returns:
        The chunks in file order, and sentences about what could not be followed.

    """
    file_size = file.seek(0, 2)
    found = _Walk()
    at = start
    while at + layout.header.size <= file_size:
        if len(found.spans) == COUNT_LIMIT:
            found.problems.append(f"The file has more than {COUNT_LIMIT} chunks; the rest was not read.")
            break
        span = _span_at(file, layout, at, file_size, sizes or {})
        if span is None:
            if at + layout.header.size <= end:
                found.problems.append(f"What follows byte {at} is not a chunk; the rest was not read.")
            break
        found.spans.append(span)
        if span.size < span.claimed:
            break
        at = _next(file, layout, span)
    found.problems += _beyond(found.spans, end)
    return tuple(found.spans), tuple(found.problems)


def _beyond(spans: Iterable[Span], end: int) -> list[str]:
    """Say that chunks go on behind the end that the container gives."""
    last = max((span.start + span.size for span in spans), default=end)
    if last <= end + MISCOUNT:
        return []
    return [f"The header says that the file ends at byte {end:,}, but its chunks go on to byte {last:,}."]


def _span_at(
    file: BinaryIO, layout: Layout, at: int, file_size: int, sizes: Mapping[bytes, int]
) -> Span | None:
    file.seek(at)
    chunk_id, claimed = layout.header.unpack(file.read(layout.header.size))
    if layout.size_includes_header:
        claimed -= layout.header.size
    elif claimed == 0xFFFFFFFF:
        claimed = sizes.get(chunk_id, claimed)
    if claimed < 0 or not is_id(chunk_id):
        return None
    payload = at + layout.header.size
    return Span(chunk_id, payload, claimed, min(claimed, file_size - payload))


def _next(file: BinaryIO, layout: Layout, span: Span) -> int:
    """Find where the next header starts; some writers forget the padding byte after an odd size."""
    behind = span.start + span.claimed
    padded = behind + -behind % layout.alignment if layout.alignment == 2 else behind + -span.claimed % 8
    if layout.alignment == 2 and padded != behind:
        file.seek(behind)
        return behind + padding(file.read(5))
    return padded


def padding(ahead: bytes) -> int:
    """Say how many padding bytes (1, or 0 where the writer forgot it) lead the bytes after an odd chunk."""
    return 0 if is_id(ahead[:4]) and not is_id(ahead[1:5]) else 1


def collect(
    file: BinaryIO, spans: Iterable[Span], wanted: Container[bytes]
) -> tuple[tuple[Chunk, ...], tuple[str, ...]]:
    """Read the payloads of the wanted chunks, within the limits.

    Returns:
        The chunks, and sentences about those that are cut short or too large.

    """
    chunks: list[Chunk] = []
    problems: list[str] = []
    left = TOTAL_LIMIT
    for span in spans:
        if span.id not in wanted:
            continue
        if span.size < span.claimed:
            problems.append(
                f"The {name(span.id)} chunk claims {span.claimed} bytes, but only {span.size} are there."
            )
        if span.size > min(CHUNK_LIMIT, left):
            problems.append(
                f"The {name(span.id)} chunk of {span.size} bytes is too large to be carried over."
            )
            continue
        file.seek(span.start)
        chunks.append((span.id, file.read(span.size)))
        left -= span.size
    return tuple(chunks), tuple(problems)


def inner_chunks(payload: bytes) -> tuple[tuple[Chunk, ...], bool]:
    """Split the body of a LIST chunk.

    Returns:
        The chunks in it, and whether the whole body made sense.

    """
    found: list[Chunk] = []
    at = 0
    while at + 8 <= len(payload):
        chunk_id, size = RIFF.header.unpack_from(payload, at)
        if not is_id(chunk_id) or len(found) == ENTRY_LIMIT:
            return tuple(found), not any(payload[at:])
        found.append((chunk_id, payload[at + 8 : at + 8 + size]))
        at += 8 + size
        if size % 2:
            at += padding(payload[at : at + 5])
    return tuple(found), at <= len(payload) + 1 and not any(payload[at:])


def chunk_bytes(chunk: Chunk, layout: Layout = RIFF) -> bytes:
    """Serialise a chunk: header, payload, padding to an even size."""
    chunk_id, payload = chunk
    return layout.header.pack(chunk_id, len(payload)) + payload + bytes(len(payload) % 2)


def name(chunk_id: bytes) -> str:
    """Name a chunk for people."""
    return chunk_id.decode("ascii", "replace").strip()
