"""The metadata that travels with sound, read from and written to every container that has a place for it.

Sources: EBU Tech 3285 (bext v0-v2), iXML 2.1, the RIFF MCI data standards (cue, LIST adtl, LIST INFO),
EBU Tech 3306 (RF64), ITU-R BS.2088 (BW64), Audio Interchange File Format 1.3, RFC 9639 (FLAC).

Reading never touches the audio: chunks are found by seeking, and no more than 32 MiB of them is kept. A
damaged chunk never stops good audio: what is readable is returned, and the rest becomes a sentence for the
report.
"""

from pathlib import Path
from typing import BinaryIO

from stembridge.audio.aiff_meta import add_to_aiff, read_aiff
from stembridge.audio.chunks_riff import (
    CARRIED,
    NOT_CARRIED,
    WANTED,
    chunks_from_metadata,
    metadata_from_chunks,
)
from stembridge.audio.chunks_walk import collect
from stembridge.audio.chunks_wav import RIFF_IDS, WAVE64_RIFF, riff_spans, wave64_spans
from stembridge.audio.flac_blocks import find_blocks
from stembridge.audio.flac_meta import add_to_flac, read_flac
from stembridge.audio.metadata import Bext, Chunk, Cue, Loudness, Metadata, WavChunks
from stembridge.errors import AudioError

__all__ = [
    "CARRIED",
    "NOT_CARRIED",
    "Bext",
    "Chunk",
    "Cue",
    "Loudness",
    "Metadata",
    "WavChunks",
    "add_to_aiff",
    "add_to_flac",
    "read_metadata",
    "read_metadata_and_problems",
    "wav_chunks",
]


def read_metadata(path: Path) -> Metadata:
    """Like ``read_metadata_and_problems``, without the sentences."""
    return read_metadata_and_problems(path)[0]


def read_metadata_and_problems(path: Path) -> tuple[Metadata, tuple[str, ...]]:
    """Read what a WAV, RF64, BW64, Wave64, AIFF, AIFF-C or FLAC file says about itself.

    Returns:
        The metadata, empty for another kind of file, and sentences for the report about what is damaged,
        too large or not carried.

    Raises:
        AudioError: if the file cannot be opened or read.

    """
    try:
        with path.open("rb") as file:
            return _read(file)
    except OSError as error:
        raise AudioError(
            f"The file cannot be read: {error.strerror or error}.",
            path=path,
            hint="Check that it is still there and may be read.",
            retryable=True,
        ) from error


def wav_chunks(metadata: Metadata) -> WavChunks:
    """Serialise metadata as the chunks of a WAV, before and after ``data`` (see ``chunks_riff``)."""
    return chunks_from_metadata(metadata)


def _read(file: BinaryIO) -> tuple[Metadata, tuple[str, ...]]:
    head = file.read(16)
    if head[:4] in RIFF_IDS and head[8:12] == b"WAVE":
        return _read_wav(file, wave64=False)
    if head == WAVE64_RIFF:
        return _read_wav(file, wave64=True)
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return read_aiff(file)
    if find_blocks(file):
        return read_flac(file)
    return Metadata(), ()


def _read_wav(file: BinaryIO, *, wave64: bool) -> tuple[Metadata, tuple[str, ...]]:
    spans, problems = wave64_spans(file) if wave64 else riff_spans(file)
    chunks, more = collect(file, spans, WANTED)
    metadata, said = metadata_from_chunks(chunks)
    return metadata, (*problems, *more, *said)
