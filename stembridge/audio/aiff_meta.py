"""Metadata in AIFF and AIFF-C: markers, comments, names, and RIFF chunks inside application chunks.

MARK, COMT, NAME, AUTH, ANNO and (c) are what other tools read. What they cannot hold (bext, iXML, region
lengths, INFO keys without a counterpart) is written beside them as the chunks a WAV would have, each in an
APPL chunk of type ``stoc`` (Audio Interchange File Format 1.3, application specific chunk) under the name
``stembridge``.
"""

import struct
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from stembridge.audio.aiff_markers import marker_chunks, read_markers
from stembridge.audio.chunks_rewrite import copy_bytes, rewriting
from stembridge.audio.chunks_riff import CARRIED, chunks_from_metadata, metadata_from_chunks
from stembridge.audio.chunks_text import decode_text, encode_text
from stembridge.audio.chunks_walk import AIFF, Span, chunk_bytes, collect, walk
from stembridge.audio.info import merge_info
from stembridge.audio.metadata import Chunk, Metadata
from stembridge.errors import AudioError

_OURS = b"stoc" + b"\x0astembridge\0"
_XMP = b"XMP "
_TEXT_IDS = {"INAM": b"NAME", "IART": b"AUTH", "ICOP": b"(c) ", "ICMT": b"ANNO"}
_REPEATABLE = frozenset({b"ANNO"})
_REPLACED = frozenset({b"MARK", b"COMT", *_TEXT_IDS.values()})
_RIFF_IDS = CARRIED | {b"bext", b"iXML"}
AIFF_WANTED = _REPLACED | _RIFF_IDS | {b"APPL"}
_FORM_LIMIT = 2**32 - 1


def aiff_spans(file: BinaryIO) -> tuple[tuple[Span, ...], tuple[str, ...]]:
    """List the chunks of an AIFF or AIFF-C file."""
    file.seek(4)
    claimed = struct.unpack(">I", file.read(4))[0]
    return walk(file, AIFF, start=12, end=8 + claimed)


def metadata_from_aiff(chunks: Iterable[Chunk]) -> tuple[Metadata, tuple[str, ...]]:
    """Read what AIFF chunks say.

    The file's own markers and texts are what other tools edit, so they win over what our APPL chunks say;
    region lengths are taken from there while positions and names still agree.
    """
    chunks = tuple(chunks)
    carried, problems = metadata_from_chunks(_riff_chunks(chunks))
    markers, more = read_markers(dict(reversed(chunks)), carried.cues)
    tagged = {
        key: [decode_text(payload) for each, payload in chunks if each == chunk_id]
        for key, chunk_id in _TEXT_IDS.items()
    }
    return replace(carried, cues=markers, info=merge_info(carried.info, tagged)), (*problems, *more)


def add_to_aiff(path: Path, metadata: Metadata) -> None:
    """Write metadata into a finished AIFF or AIFF-C file, instead of the texts and markers it has.

    The file is copied in blocks to a successor beside it, which takes its place in one step.

    Raises:
        AudioError: if the file is not AIFF, would grow beyond 4 GiB, or cannot be rewritten.

    """
    with rewriting(path) as (old, new):
        head = old.read(12)
        if head[:4] != b"FORM" or head[8:] not in (b"AIFF", b"AIFC"):
            raise AudioError("The file is not AIFF, so AIFF metadata cannot be added.", path=path)
        new.write(head)
        for span in aiff_spans(old)[0]:
            if not _is_replaced(old, span):
                new.write(AIFF.header.pack(span.id, span.size))
                copy_bytes(old, new, start=span.start, count=span.size)
                new.write(bytes(span.size % 2))
        for chunk in _aiff_chunks(metadata):
            new.write(chunk_bytes(chunk, AIFF))
        _write_size(new, path)


def _riff_chunks(chunks: Iterable[Chunk]) -> list[Chunk]:
    """Take the RIFF chunks out of our APPL chunks, and those that other tools put into AIFF as they are."""
    found: list[Chunk] = []
    for chunk_id, payload in chunks:
        if chunk_id in _RIFF_IDS:
            found.append((chunk_id, payload))
        elif chunk_id == b"APPL" and payload.startswith(_OURS):
            body = payload[len(_OURS) :]
            found.append((body[:4], body[4:]))
        elif chunk_id == b"APPL" and payload.startswith(_XMP):
            found.append((b"_PMX", payload[4:]))
    return found


def _is_replaced(file: BinaryIO, span: Span) -> bool:
    file.seek(span.start)
    if span.id == b"APPL":
        return file.read(len(_OURS)).startswith((_OURS, _XMP))
    return span.id in _REPLACED | _RIFF_IDS


def _aiff_chunks(metadata: Metadata) -> list[Chunk]:
    wav = chunks_from_metadata(metadata)
    chunks = list(marker_chunks(metadata.cues))
    written: set[bytes] = set()
    for key, text in metadata.info:
        chunk_id = _TEXT_IDS.get(key)
        if chunk_id and (chunk_id in _REPEATABLE or chunk_id not in written):
            chunks.append((chunk_id, encode_text(text)))
            written.add(chunk_id)
    for chunk_id, payload in (*wav.before, *wav.after):
        chunks.append((b"APPL", _OURS + chunk_id + payload))
    return chunks


def _write_size(file: BinaryIO, path: Path) -> None:
    size = file.seek(0, 2) - 8
    if size > _FORM_LIMIT:
        raise AudioError(
            "The file would be larger than AIFF can be (4 GiB).", path=path, hint="Deliver WAV instead."
        )
    file.seek(4)
    file.write(struct.pack(">I", size))


def read_aiff(file: BinaryIO) -> tuple[Metadata, tuple[str, ...]]:
    """Read the metadata of an AIFF or AIFF-C file."""
    spans, problems = aiff_spans(file)
    chunks, more = collect(file, spans, AIFF_WANTED)
    metadata, said = metadata_from_aiff(chunks)
    return metadata, (*problems, *more, *said)
