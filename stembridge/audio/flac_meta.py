"""Metadata in FLAC: RIFF or AIFF chunks in APPLICATION blocks, and Vorbis comments.

Chunks are laid out as ``flac --keep-foreign-metadata`` lays them out, so ``flac -d
--keep-foreign-metadata`` gives back a WAV that has them: one block a chunk, header and padding included,
between a RIFF header, ``fmt `` and a ``data`` header that say what the WAV would say.
"""

import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from stembridge.audio.aiff_meta import AIFF_WANTED, metadata_from_aiff
from stembridge.audio.chunks_rewrite import copy_bytes, rewriting
from stembridge.audio.chunks_riff import WANTED, chunks_from_metadata, metadata_from_chunks
from stembridge.audio.chunks_walk import AIFF, RIFF, Layout, Span, chunk_bytes, collect
from stembridge.audio.flac_blocks import (
    BLOCK_LIMIT,
    Block,
    BlockType,
    StreamInfo,
    find_blocks,
    read_stream_info,
    write_blocks,
)
from stembridge.audio.info import merge_info
from stembridge.audio.metadata import Metadata, WavChunks
from stembridge.audio.vorbis_comment import (
    comment_payload,
    comments_to_tags,
    info_to_comments,
    is_mapped,
    read_comments,
)
from stembridge.errors import AudioError

_RIFF_ID = b"riff"
_AIFF_ID = b"aiff"
_COMMENTS = b"vorbis comments"
_KEPT_LIMIT = 64 * 2**20
_RIFF_LIMIT = 2**32 - 1
_PCM_GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")


def read_flac(file: BinaryIO) -> tuple[Metadata, tuple[str, ...]]:
    """Read the metadata of a FLAC file.

    Vorbis comments are what other tools edit, so they win over the same texts in a foreign LIST/INFO.
    """
    blocks = find_blocks(file)
    riff, riff_problems = collect(file, _foreign(file, blocks, _RIFF_ID, RIFF), WANTED)
    aiff, aiff_problems = collect(file, _foreign(file, blocks, _AIFF_ID, AIFF), AIFF_WANTED)
    metadata, problems = metadata_from_chunks(riff) if riff else metadata_from_aiff(aiff)
    said = [*riff_problems, *aiff_problems, *problems]
    found, more = collect(file, _comment_spans(blocks), {_COMMENTS})
    pairs: tuple[tuple[str, str], ...] = ()
    if found:
        _, pairs, whole = read_comments(found[0][1])
        said += [] if whole else [f"The Vorbis comments are damaged; {len(pairs)} could be read."]
    return replace(metadata, info=merge_info(metadata.info, comments_to_tags(pairs))), (*said, *more)


def add_to_flac(path: Path, metadata: Metadata) -> None:
    """Write metadata into a finished FLAC file, instead of the foreign chunks and mapped comments it has.

    Other blocks and comments are kept, padding is not. The file is copied in blocks to a successor beside
    it, which takes its place in one step.

    Raises:
        AudioError: if the file is not FLAC, cannot be rewritten, or a chunk is too large for FLAC (16 MiB).

    """
    with rewriting(path) as (old, new):
        blocks = find_blocks(old)
        stream = read_stream_info(old, blocks[0]) if blocks else None
        if stream is None:
            raise AudioError("The file is not FLAC, so FLAC metadata cannot be added.", path=path)
        kept, comments = _kept(old, blocks, path)
        chunks = chunks_from_metadata(metadata)
        foreign = [
            (int(BlockType.APPLICATION), _RIFF_ID + payload) for payload in _riff_payloads(chunks, stream)
        ]
        if any(len(payload) > BLOCK_LIMIT for _, payload in foreign):
            raise AudioError(
                "A metadata chunk is too large for FLAC.", path=path, hint="Deliver WAV instead."
            )
        new_comments = _with_info(comments, metadata)
        write_blocks(new, [*kept, *foreign, (int(BlockType.VORBIS_COMMENT), new_comments)])
        audio = blocks[-1].start + blocks[-1].size
        copy_bytes(old, new, start=audio, count=old.seek(0, 2) - audio)


def _foreign(file: BinaryIO, blocks: tuple[Block, ...], application: bytes, layout: Layout) -> Iterator[Span]:
    """Find the chunks in the APPLICATION blocks of one id; the container's own header is not one."""
    for block in blocks:
        if block.type != BlockType.APPLICATION or block.size < 12:
            continue
        file.seek(block.start)
        head = file.read(12)
        chunk_id, claimed = layout.header.unpack_from(head, 4)
        if head[:4] == application:
            yield Span(chunk_id, block.start + 12, claimed, min(claimed, block.size - 12))


def _comment_spans(blocks: tuple[Block, ...]) -> Iterator[Span]:
    for block in blocks:
        if block.type == BlockType.VORBIS_COMMENT:
            yield Span(_COMMENTS, block.start, block.size, block.size)


def _kept(file: BinaryIO, blocks: tuple[Block, ...], path: Path) -> tuple[list[tuple[int, bytes]], bytes]:
    """Read the blocks that stay, and the payload of the comments (empty if there are none)."""
    if sum(block.size for block in blocks) > _KEPT_LIMIT:
        raise AudioError("The FLAC file has more metadata than can be kept (64 MiB).", path=path)
    kept: list[tuple[int, bytes]] = []
    comments = b""
    for block in blocks:
        file.seek(block.start)
        payload = file.read(block.size)
        if block.type == BlockType.VORBIS_COMMENT:
            comments = comments or payload
        elif not _is_dropped(block, payload):
            kept.append((block.type, payload))
    return kept, comments


def _is_dropped(block: Block, payload: bytes) -> bool:
    foreign = block.type == BlockType.APPLICATION and payload[:4] in (_RIFF_ID, _AIFF_ID)
    return foreign or block.type == BlockType.PADDING


def _with_info(comments: bytes, metadata: Metadata) -> bytes:
    vendor, pairs, _ = read_comments(comments)
    others = tuple(pair for pair in pairs if not is_mapped(pair[0]))
    return comment_payload(vendor, (*info_to_comments(metadata.info), *others))


def _riff_payloads(chunks: WavChunks, stream: StreamInfo) -> list[bytes]:
    """Lay chunks out as a WAV of the same audio would; nothing if there are none."""
    if not chunks.before and not chunks.after:
        return []
    before = [_format_chunk(stream), *map(chunk_bytes, chunks.before)]
    after = list(map(chunk_bytes, chunks.after))
    data = stream.frames * stream.channels * _sample_bytes(stream)
    rest = sum(map(len, before)) + sum(map(len, after))
    size = 4 + rest + 8 + data + data % 2
    if size <= _RIFF_LIMIT:
        return [RIFF.header.pack(b"RIFF", size) + b"WAVE", *before, RIFF.header.pack(b"data", data), *after]
    sizes = chunk_bytes((b"ds64", struct.pack("<QQQI", size + 36, data, stream.frames, 0)))
    head = RIFF.header.pack(b"RF64", _RIFF_LIMIT) + b"WAVE"
    return [head, sizes, *before, RIFF.header.pack(b"data", _RIFF_LIMIT), *after]


def _sample_bytes(stream: StreamInfo) -> int:
    return (stream.bits + 7) // 8


def _format_chunk(stream: StreamInfo) -> bytes:
    """Make ``fmt ``: plain PCM where that can say it, else extensible, with no speakers named."""
    frame = stream.channels * _sample_bytes(stream)
    bits = 8 * _sample_bytes(stream)
    plain = stream.channels <= 2 and bits == stream.bits
    payload = struct.pack(
        "<HHIIHH", 1 if plain else 0xFFFE, stream.channels, stream.rate, stream.rate * frame, frame, bits
    )
    if not plain:
        payload += struct.pack("<HHIH", 22, stream.bits, 0, 1) + _PCM_GUID_TAIL
    return chunk_bytes((b"fmt ", payload))
