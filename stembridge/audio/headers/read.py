"""Recognise a sound file by its first bytes, and check its header by the rules of its kind."""

from pathlib import Path
from typing import NoReturn

from stembridge.audio.headers.aiff import read_aiff
from stembridge.audio.headers.caf import read_caf
from stembridge.audio.headers.mpeg import read_mpeg
from stembridge.audio.headers.source import Header, Source, told_as_unreadable
from stembridge.audio.headers.streams import read_flac, read_ogg
from stembridge.audio.headers.wave import read_rf64, read_riff, read_wave64
from stembridge.errors import AudioError

OTHER_SOUND = {
    b"RIFX": "big-endian RIFF (RIFX)",
    b"wvpk": "WavPack",
    b"MAC ": "Monkey's Audio",
    b"DSD ": "DSD",
    b"FRM8": "DSDIFF",
    b".snd": "Sun AU",
    b"TTA1": "True Audio",
    b"\x30\x26\xb2\x75": "Windows Media",
    b"\x1a\x45\xdf\xa3": "Matroska",
    b"#!AM": "AMR",
}
"""Kinds that people send, that are sound, and that cannot be read here."""


def read_header(path: Path) -> Header:
    """Recognise a sound file and check the sizes in its header against the file.

    Args:
        path: the file.

    Returns:
        What the header promises.

    Raises:
        AudioError: if the disk or share fails (``unreadable``), has no bytes (``empty``), is not audio
            (``not-audio``), of a kind that cannot be read (``unsupported``), cut short or never finished
            (``truncated``), or contradicts itself (``damaged``).
        FileNotFoundError: if there is no such file.
        PermissionError: if it may not be read.

    """
    with told_as_unreadable(path), path.open("rb") as file:
        return _recognise(Source(path, file, file.seek(0, 2)))


def _recognise(source: Source) -> Header:
    if source.size == 0:
        raise AudioError("The file is empty.", path=source.path, code="empty", hint="Export it again.")
    head = source.read(0, 40)
    header = _read_chunked(source, head) or _read_stream(source, head)
    if header is None:
        _refuse(source, head)
    return header


def _read_chunked(source: Source, head: bytes) -> Header | None:
    kind = head[:4], head[8:12]
    if kind == (b"RIFF", b"WAVE"):
        return read_riff(source)
    if kind in ((b"RF64", b"WAVE"), (b"BW64", b"WAVE")):
        return read_rf64(source)
    if kind in ((b"FORM", b"AIFF"), (b"FORM", b"AIFC")):
        return read_aiff(source)
    if head[:4] == b"riff" and head[24:28] == b"wave":
        return read_wave64(source)
    return read_caf(source) if head[:4] == b"caff" else None


def _read_stream(source: Source, head: bytes) -> Header | None:
    start = _after_id3(source, head)
    if source.read(start, 4) == b"fLaC":
        return read_flac(source, start)
    if head[:4] == b"OggS":
        return read_ogg(source)
    return None if _other_kind(head) else read_mpeg(source, start)


def _after_id3(source: Source, head: bytes) -> int:
    """Find where the sound starts behind an ID3v2 tag, whose size has seven bits a byte."""
    if head[:3] != b"ID3" or len(head) < 10:
        return 0
    size = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
    start = 10 + size + (10 if head[5] & 0x10 else 0)
    source.require(start, "its ID3 tag")
    return start


def _other_kind(head: bytes) -> str:
    if head[4:8] == b"ftyp":
        return "MPEG-4 (M4A, AAC, ALAC)"
    is_adts = head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xF6 == 0xF0
    return "AAC" if is_adts else OTHER_SOUND.get(head[:4], "")


def _refuse(source: Source, head: bytes) -> NoReturn:
    kind = _other_kind(head)
    if kind:
        raise source.unsupported(f"{kind} files cannot be read.")
    message = "This is not a sound file."
    hint = "stembridge reads WAV, RF64, W64, AIFF, CAF, FLAC, MP3 and Ogg (Vorbis, Opus)."
    raise AudioError(message, path=source.path, code="not-audio", hint=hint)
