"""Is the header of a file finished? A cheap look at the first bytes, never at the sound.

While they write, libsndfile and ffmpeg leave 0 or 0xFFFFFFFF where a finished file has its sizes.
Sources: the RIFF MCI data standard, EBU Tech 3306 (RF64), Sony Wave64, AIFF 1.3, Apple's CAF specification.
"""

import os
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO

from stembridge.filenames import READ_SUFFIXES
from stembridge.intake.flac_end import has_last_frame, read_stream_info
from stembridge.intake.settle import Seen

CHECKED_SUFFIXES = READ_SUFFIXES | {".zip"}
UNKNOWN_32 = 0xFFFF_FFFF
HEAD_BYTES = 48
SLACK_BYTES = 8
"""By how much writers miscount a file: their own header, a pad byte after the last chunk."""
PLAYER_TAGS = (b"ID3", b"TAG", b"APETAGEX", b"LYRICS")
"""What music players put behind the end that the header gives."""
MOST_CHUNKS = 10_000


@dataclass(frozen=True)
class Layout:
    """How a family of files lays out its chunks: the header of one, and what its size counts."""

    header: struct.Struct
    counts_header: bool = False
    align: int = 2


@dataclass(frozen=True)
class Chunk:
    """Where the body of a chunk begins, and how many bytes it says it has."""

    name: bytes
    start: int
    size: int


LITTLE = Layout(struct.Struct("<4sI"))
BIG = Layout(struct.Struct(">4sI"))
WAVE64 = Layout(struct.Struct("<16sQ"), counts_header=True, align=8)
CORE_AUDIO = Layout(struct.Struct(">4sq"), align=1)


def inspect(path: Path) -> tuple[Seen, bool]:
    """Open a file and look at it afresh.

    An open file shows its true size and time stamp where a directory (Windows) or a cache (NFS) is behind.

    Returns:
        What the open file shows, and whether its header is finished.

    Raises:
        OSError: if the file is gone, or another program keeps it to itself.

    """
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        return Seen(status.st_size, status.st_mtime_ns), is_finished(file, status.st_size, path)


def is_finished(file: BinaryIO, size: int, path: PurePath) -> bool:
    """Tell whether a file of ``size`` bytes has a header that says it is complete.

    Kinds that do not say (text, MP3, Ogg) count as finished once they have any bytes; what is not audio at
    all counts as finished too, so that the work can say so at once.
    """
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if not any(head[:12]):  # empty, or a header that is still to come
        return path.suffix.casefold() not in CHECKED_SUFFIXES
    check = CHECKS.get(head[:4])
    return check is None or (len(head) >= 12 and check(file, head, size))


def _chunks(file: BinaryIO, layout: Layout, start: int, end: int) -> Iterator[Chunk]:
    for _ in range(MOST_CHUNKS):
        file.seek(start)
        header = file.read(layout.header.size)
        if len(header) < layout.header.size:
            return
        name, size = layout.header.unpack(header)
        if not any(name):  # silence, not a chunk
            return
        body = start + layout.header.size
        size -= layout.header.size if layout.counts_header else 0
        yield Chunk(name, body, size)
        start = body + size + -size % layout.align
        if size < 0 or start > end:
            return


def _find(wanted: bytes, file: BinaryIO, layout: Layout, start: int, end: int) -> Chunk | None:
    return next((chunk for chunk in _chunks(file, layout, start, end) if chunk.name.startswith(wanted)), None)


def _fits(chunk: Chunk | None, size: int, *, least: int = 1) -> bool:
    return chunk is not None and chunk.size >= least and chunk.start + chunk.size <= size


def _ends_at(told: int, file: BinaryIO, size: int) -> bool:
    """Tell whether a file ends where its header says, but for a miscount or the tag of a music player."""
    if abs(size - told) <= SLACK_BYTES:
        return True
    if told > size:
        return False
    file.seek(told)
    return file.read(HEAD_BYTES).lstrip(b"\0").startswith(PLAYER_TAGS)


def _riff(file: BinaryIO, head: bytes, size: int, layout: Layout = LITTLE) -> bool:
    _, told = layout.header.unpack(head[:8])
    if not _ends_at(told + 8, file, size):
        return False
    return head[8:12] != b"WAVE" or _fits(_find(b"data", file, layout, 12, size), size)


def _rifx(file: BinaryIO, head: bytes, size: int) -> bool:
    return _riff(file, head, size, BIG)


def _rf64(file: BinaryIO, head: bytes, size: int) -> bool:
    if head[12:16] != b"ds64" or len(head) < 36:
        return False
    told, data_size = struct.unpack("<QQ", head[20:36])
    data = _find(b"data", file, LITTLE, 12, size)
    if data is not None and data.size == UNKNOWN_32:
        data = Chunk(data.name, data.start, data_size)
    return _ends_at(told + 8, file, size) and _fits(data, size)


def _aiff(file: BinaryIO, head: bytes, size: int) -> bool:
    _, told = BIG.header.unpack(head[:8])
    sound = _find(b"SSND", file, BIG, 12, size)
    return _ends_at(told + 8, file, size) and _fits(sound, size, least=9)


def _w64(file: BinaryIO, head: bytes, size: int) -> bool:
    if len(head) < 40:
        return False
    _, told = WAVE64.header.unpack(head[:24])
    return 0 <= told - size < 8 and _fits(_find(b"data", file, WAVE64, 40, size), size)


def _caf(file: BinaryIO, _head: bytes, size: int) -> bool:
    chunks = list(_chunks(file, CORE_AUDIO, 8, size))
    sound = next((chunk for chunk in chunks if chunk.name == b"data"), None)
    # A byte of padding may follow the last chunk (libsndfile).
    return _fits(sound, size, least=5) and 0 <= size - chunks[-1].start - chunks[-1].size <= 1


def _flac(file: BinaryIO, head: bytes, size: int) -> bool:
    stream = read_stream_info(head)
    return stream is not None and stream.samples > 0 and has_last_frame(file, size, stream)


def _zip(file: BinaryIO, _head: bytes, _size: int) -> bool:
    return zipfile.is_zipfile(file)


CHECKS: dict[bytes, Callable[[BinaryIO, bytes, int], bool]] = {
    b"RIFF": _riff,
    b"RIFX": _rifx,
    b"RF64": _rf64,
    b"BW64": _rf64,
    b"FORM": _aiff,
    b"riff": _w64,
    b"caff": _caf,
    b"fLaC": _flac,
    b"PK\x03\x04": _zip,
    b"PK\x05\x06": _zip,
}
