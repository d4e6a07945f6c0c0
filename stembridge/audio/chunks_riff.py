"""Between the payloads of RIFF chunks and the record: pure, and the same for WAV, Wave64, FLAC and AIFF."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from stembridge.audio.bext import bext_payload, read_bext
from stembridge.audio.chunks_walk import name
from stembridge.audio.cues import cue_chunks, read_cues
from stembridge.audio.info import Info, info_payload, read_info
from stembridge.audio.ixml import ixml_payload, read_ixml
from stembridge.audio.metadata import Chunk, Cue, Metadata, WavChunks

CARRIED_BEFORE = frozenset({b"chna"})
CARRIED = CARRIED_BEFORE | {b"axml", b"bxml", b"sxml", b"_PMX", b"dbmd", b"umid", b"inst", b"id3 ", b"ID3 "}
"""Carried byte for byte: nothing in them counts samples from the start of the file."""

NOT_CARRIED = frozenset({b"smpl", b"acid", b"cart", b"plst", b"ubxt", b"r64m"})
"""Known to hold positions, lengths or times of a kind that is not rescaled: left out, and said so."""

WANTED = CARRIED | NOT_CARRIED | {b"bext", b"iXML", b"cue ", b"LIST"}

_T = TypeVar("_T")


def metadata_from_chunks(chunks: Iterable[Chunk]) -> tuple[Metadata, tuple[str, ...]]:
    """Read what RIFF chunks say.

    Of chunks that may occur once, the first counts; texts of several LIST INFO chunks follow each other.

    Args:
        chunks: in file order; those that are not ``WANTED`` are ignored.

    Returns:
        The record, and sentences about what is damaged or not carried.

    """
    read = _Reading(tuple(chunks))
    bext = read.one(b"bext", read_bext)
    ixml = read.one(b"iXML", read_ixml)
    cues, info = read.cues(), read.info()
    other = tuple(chunk for chunk in read.chunks if chunk[0] in CARRIED)
    read.note_what_is_left_out()
    return Metadata(bext, ixml, cues, info, other, tuple(read.kept)), tuple(read.problems)


def chunks_from_metadata(metadata: Metadata) -> WavChunks:
    """Serialise a record.

    bext and iXML come before ``data``, as EBU Tech 3285 advises: a reader of a stream or of the first block
    of a file finds them. Cues, names and texts follow it, as every editor writes them: they grow when a
    file is edited, and there they can without moving the audio. What was read and not changed keeps its
    bytes.
    """
    before: list[Chunk] = []
    if metadata.bext is not None:
        before.append((b"bext", bext_payload(metadata.bext, _first(metadata, b"bext"))))
    if metadata.ixml is not None:
        before.append((b"iXML", ixml_payload(metadata.ixml, _first(metadata, b"iXML"))))
    before += [chunk for chunk in metadata.other if chunk[0] in CARRIED_BEFORE]
    cues, problems = _cue_chunks(metadata)
    after = [*cues, *_info_chunks(metadata), *(c for c in metadata.other if c[0] not in CARRIED_BEFORE)]
    return WavChunks(tuple(before), tuple(after), problems)


class _Reading:
    """One file's chunks on their way into a record."""

    def __init__(self, chunks: tuple[Chunk, ...]) -> None:
        self.chunks = chunks
        self.problems: list[str] = []
        self.kept: list[Chunk] = []

    def payloads(self, chunk_id: bytes, kind: bytes = b"") -> list[bytes]:
        return [payload for each, payload in self.chunks if each == chunk_id and payload.startswith(kind)]

    def one(self, chunk_id: bytes, read: Callable[[bytes], tuple[_T, tuple[str, ...]]]) -> _T | None:
        """Read the first chunk of an id."""
        found = self.payloads(chunk_id)
        if len(found) > 1:
            self.problems.append(f"There are {len(found)} {name(chunk_id)} chunks; the first one counts.")
        if not found:
            return None
        value, problems = read(found[0])
        self.problems += problems
        self.kept.append((chunk_id, found[0]))
        return value

    def cues(self) -> tuple[Cue, ...]:
        points, texts = self.payloads(b"cue "), self.payloads(b"LIST", b"adtl")
        if not points:
            return ()
        cues, problems = read_cues(points[0], texts, has_playlist=bool(self.payloads(b"plst")))
        self.problems += problems
        if not problems:
            self.kept += [(b"cue ", points[0]), *((b"LIST", text) for text in texts)]
        return cues

    def info(self) -> Info:
        pairs: Info = ()
        for payload in self.payloads(b"LIST", b"INFO"):
            more, problems = read_info(payload)
            pairs += more
            self.problems += problems
            if not problems:
                self.kept.append((b"LIST", payload))
        return pairs

    def note_what_is_left_out(self) -> None:
        for chunk_id in sorted({each for each, _ in self.chunks} & NOT_CARRIED):
            self.problems.append(
                f"The {name(chunk_id)} chunk is not carried over: the positions in it would be wrong."
            )


def _kept(metadata: Metadata, chunk_id: bytes, kind: bytes = b"") -> list[bytes]:
    return _Reading(metadata.as_read).payloads(chunk_id, kind)


def _first(metadata: Metadata, chunk_id: bytes) -> bytes:
    return next(iter(_kept(metadata, chunk_id)), b"")


def _cue_chunks(metadata: Metadata) -> tuple[tuple[Chunk, ...], tuple[str, ...]]:
    points, texts = _kept(metadata, b"cue "), _kept(metadata, b"LIST", b"adtl")
    if points and read_cues(points[0], texts)[0] == metadata.cues:
        return ((b"cue ", points[0]), *((b"LIST", text) for text in texts)), ()
    return cue_chunks(metadata.cues, texts)


def _info_chunks(metadata: Metadata) -> tuple[Chunk, ...]:
    lists = _kept(metadata, b"LIST", b"INFO")
    if not metadata.info:
        return ()
    if sum((read_info(payload)[0] for payload in lists), start=()) == metadata.info:
        return tuple((b"LIST", payload) for payload in lists)
    return ((b"LIST", info_payload(metadata.info, lists)),)
