"""Cue points and regions: ``cue `` with LIST adtl (labl, note, ltxt), RIFF MCI data standards.

A point's position is its dwSampleOffset, which counts from the start of the data chunk. dwPosition counts
in the play order of a playlist and is ignored, with one exception: some writers fill in dwPosition alone.
It is taken when every dwSampleOffset of the chunk is zero, some dwPosition is not, and there is no
playlist.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from stembridge.audio.chunks_text import bytes_of, decode_text, encode_like
from stembridge.audio.chunks_walk import chunk_bytes, inner_chunks
from stembridge.audio.metadata import Chunk, Cue
from stembridge.units import Samples

CUE_LIMIT = 8192
LARGEST_POSITION = 2**32 - 1
_COUNT = struct.Struct("<I")
_POINT = struct.Struct("<II4sIII")
_REGION = struct.Struct("<II4sHHHH")


@dataclass
class _Texts:
    label: str = ""
    note: str = ""
    region_text: str = ""
    length: Samples | None = None


@dataclass
class _Texting:
    by_id: dict[int, _Texts] = field(default_factory=dict)
    whole: bool = True


def read_cues(
    cue: bytes, adtl: Iterable[bytes] = (), *, has_playlist: bool = False
) -> tuple[tuple[Cue, ...], tuple[str, ...]]:
    """Read the payloads of a ``cue `` chunk and of the LIST adtl chunks that name its points.

    A region of length zero is a point: writers add an empty ltxt to points.

    Returns:
        The cues in file order, and sentences about what is wrong with the chunks.

    """
    count = _COUNT.unpack_from(cue)[0] if len(cue) >= _COUNT.size else 0
    there = min(count, CUE_LIMIT, (len(cue) - _COUNT.size) // _POINT.size) if count else 0
    points = [_POINT.unpack_from(cue, _COUNT.size + n * _POINT.size) for n in range(there)]
    texts = _read_texts(adtl)
    cues = tuple(
        _cue(Samples(position), texts.by_id.get(point[0], _Texts()))
        for point, position in zip(points, _positions(points, has_playlist=has_playlist), strict=True)
    )
    problems = []
    if there < count or len(cue) < _COUNT.size:
        problems.append(f"The cue chunk is damaged or too long; {there} of {count} points could be read.")
    if not texts.whole:
        problems.append("The LIST adtl chunk is damaged; some names or lengths of cues may be missing.")
    return cues, tuple(problems)


def cue_chunks(
    cues: Sequence[Cue], adtl_as_read: Iterable[bytes] = ()
) -> tuple[tuple[Chunk, ...], tuple[str, ...]]:
    """Make the chunks that hold cues, with ids from 1 on.

    Args:
        cues: in file order.
        adtl_as_read: LIST adtl payloads they were read from, whose bytes are kept for every text that
            is unchanged.

    Returns:
        A ``cue `` chunk and, where a cue has a name, note or length, a LIST chunk; and a sentence about cues
        beyond the 32 bits of a position.

    """
    old = bytes_of(text for payload in adtl_as_read for text in _texts_in(payload))
    kept = [cue for cue in cues if 0 <= cue.position <= LARGEST_POSITION]
    lost = len(cues) - len(kept)
    problems = (f"{lost} cues lie beyond what a cue chunk can hold and are left out.",) if lost else ()
    if not kept:
        return (), problems
    points = b"".join(
        _POINT.pack(number, cue.position, b"data", 0, 0, cue.position) for number, cue in enumerate(kept, 1)
    )
    chunks: list[Chunk] = [(b"cue ", _COUNT.pack(len(kept)) + points)]
    adtl = b"".join(_texts_bytes(number, cue, old) for number, cue in enumerate(kept, 1))
    if adtl:
        chunks.append((b"LIST", b"adtl" + adtl))
    return tuple(chunks), problems


def _positions(points: Sequence[tuple[int, ...]], *, has_playlist: bool) -> list[int]:
    offsets = [point[5] for point in points]
    return offsets if has_playlist or any(offsets) else [point[1] for point in points]


def _cue(position: Samples, texts: _Texts) -> Cue:
    return Cue(position, texts.label or texts.region_text, texts.note, texts.length)


def _texts_in(payload: bytes) -> list[bytes]:
    entries, _ = inner_chunks(payload[4:])
    return [body[20 if kind == b"ltxt" else 4 :] for kind, body in entries]


def _read_texts(adtl: Iterable[bytes]) -> _Texting:
    read = _Texting()
    for payload in adtl:
        entries, whole = inner_chunks(payload[4:])
        read.whole &= whole
        for kind, body in entries:
            if len(body) >= (20 if kind == b"ltxt" else 4):
                _take(read.by_id, kind, body)
            else:
                read.whole = False
    return read


def _take(by_id: dict[int, _Texts], kind: bytes, body: bytes) -> None:
    texts = by_id.setdefault(_COUNT.unpack_from(body)[0], _Texts())
    if kind == b"labl":
        texts.label = texts.label or decode_text(body[4:])
    elif kind == b"note":
        texts.note = texts.note or decode_text(body[4:])
    elif kind == b"ltxt":
        length = _REGION.unpack_from(body)[1]
        texts.length = texts.length or Samples(length) if length else texts.length
        texts.region_text = texts.region_text or decode_text(body[20:])


def _texts_bytes(number: int, cue: Cue, old: Mapping[str, bytes]) -> bytes:
    entries: list[Chunk] = []
    if cue.label:
        entries.append((b"labl", _COUNT.pack(number) + encode_like(cue.label, old) + b"\0"))
    if cue.note:
        entries.append((b"note", _COUNT.pack(number) + encode_like(cue.note, old) + b"\0"))
    if cue.length:
        length = min(cue.length, LARGEST_POSITION)
        entries.append((b"ltxt", _REGION.pack(number, length, b"rgn ", 0, 0, 0, 0)))
    return b"".join(map(chunk_bytes, entries))
