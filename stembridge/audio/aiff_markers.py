"""AIFF markers: MARK for positions and names, COMT for notes (Audio Interchange File Format 1.3)."""

import struct
from collections.abc import Iterator, Mapping, Sequence

from stembridge.audio.chunks_text import cut_text, decode_text, encode_text
from stembridge.audio.cues import CUE_LIMIT, LARGEST_POSITION
from stembridge.audio.metadata import Chunk, Cue
from stembridge.units import Samples

_COUNT = struct.Struct(">H")
_MARKER = struct.Struct(">hI")
_COMMENT = struct.Struct(">IhH")
_LONGEST_NAME = 255
_LONGEST_NOTE = 65_535


def read_markers(
    chunks: Mapping[bytes, bytes], carried: Sequence[Cue]
) -> tuple[tuple[Cue, ...], tuple[str, ...]]:
    """Read the payloads of MARK and COMT.

    Args:
        chunks: payloads by id.
        carried: cues that the file carries in full. They are taken if MARK still says the same as when they
            were written; otherwise somebody has edited MARK since.

    Returns:
        The cues in file order, and a sentence if a chunk is damaged.

    """
    payload = chunks.get(b"MARK", b"")
    notes = dict(_comments(chunks.get(b"COMT", b"")))
    found = list(_markers(payload))
    claimed = _COUNT.unpack_from(payload)[0] if len(payload) >= 2 else 0
    problem = f"The MARK chunk is damaged or too long; {len(found)} of {claimed} markers could be read."
    problems = (problem,) if len(found) < claimed else ()
    cues = tuple(Cue(Samples(at), label, notes.get(number, "")) for number, at, label in found)
    if [_as_marker(cue) for cue in cues] == [_as_marker(cue) for cue in _markable(carried)]:
        return tuple(carried), problems
    return cues, problems


def marker_chunks(cues: Sequence[Cue]) -> Iterator[Chunk]:
    """Serialise cues, with ids from 1 on and comments without a date. A region keeps its start only."""
    kept = _markable(cues)
    if not kept:
        return
    markers = b"".join(
        _MARKER.pack(number, cue.position) + _pascal(encode_text(cue.label))
        for number, cue in enumerate(kept, 1)
    )
    yield b"MARK", _COUNT.pack(len(kept)) + markers
    comments = [_comment(number, cue.note) for number, cue in enumerate(kept, 1) if cue.note]
    if comments:
        yield b"COMT", _COUNT.pack(len(comments)) + b"".join(comments)


def _markable(cues: Sequence[Cue]) -> Sequence[Cue]:
    return [cue for cue in cues if 0 <= cue.position <= LARGEST_POSITION][:CUE_LIMIT]


def _as_marker(cue: Cue) -> tuple[int, bytes]:
    return cue.position, cut_text(encode_text(cue.label), _LONGEST_NAME)


def _markers(payload: bytes) -> Iterator[tuple[int, int, str]]:
    if len(payload) < _COUNT.size:
        return
    at = _COUNT.size
    for _ in range(min(_COUNT.unpack_from(payload)[0], CUE_LIMIT)):
        if at + _MARKER.size + 1 > len(payload):
            return
        number, position = _MARKER.unpack_from(payload, at)
        at += _MARKER.size
        length = payload[at]
        yield number, position, decode_text(payload[at + 1 : at + 1 + length])
        at += (1 + length + 1) // 2 * 2


def _comments(payload: bytes) -> Iterator[tuple[int, str]]:
    if len(payload) < _COUNT.size:
        return
    at = _COUNT.size
    for _ in range(_COUNT.unpack_from(payload)[0]):
        if at + _COMMENT.size > len(payload):
            return
        _, marker, length = _COMMENT.unpack_from(payload, at)
        at += _COMMENT.size
        yield marker, decode_text(payload[at : at + length])
        at += (length + 1) // 2 * 2


def _comment(marker: int, note: str) -> bytes:
    text = cut_text(encode_text(note), _LONGEST_NOTE)
    return _COMMENT.pack(0, marker, len(text)) + text + bytes(len(text) % 2)


def _pascal(text: bytes) -> bytes:
    cut = cut_text(text, _LONGEST_NAME)
    return bytes([len(cut)]) + cut + bytes((1 + len(cut)) % 2)
