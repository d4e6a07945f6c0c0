"""RIFF, RF64, BW64 and Wave64: are the sizes in the header true?

Sources: the RIFF MCI data standard, Microsoft's WAVEFORMATEXTENSIBLE, EBU Tech 3306 (RF64), ITU-R BS.2088
(BW64), Sony Wave64.
"""

import struct

from stembridge.audio.chunks_walk import RIFF, WAVE64, Span, walk
from stembridge.audio.headers.source import SIZE_SLACK, UNFINISHED_32, UNFINISHED_64, Header, Source
from stembridge.audio.sound import Container
from stembridge.units import Samples

PCM, FLOAT, EXTENSIBLE = 0x0001, 0x0003, 0xFFFE
DECODED = frozenset({0x0002, 0x0006, 0x0007, 0x0011, EXTENSIBLE})
"""MS ADPCM, A-law, mu-law, IMA ADPCM, and an extension too short to say: only decoding tells."""

CODECS = {
    0x0031: "GSM 6.10",
    0x0040: "G.721 ADPCM",
    0x0050: "MPEG audio",
    0x0055: "MP3",
    0x00FF: "AAC",
    0x0161: "Windows Media",
    0x2000: "AC-3",
    0xF1AC: "FLAC",
}
"""What people put into a WAV that cannot be read there."""

TAGS = (b"ID3", b"TAG", b"APETAGEX", b"LYRICS")
PADDING_LIMIT = 65_536


def read_riff(source: Source) -> Header:
    """Check a RIFF/WAVE file.

    Raises:
        AudioError: if the sizes do not agree with the file.

    """
    (told,) = struct.unpack("<I", source.read(4, 4))
    if told in UNFINISHED_32:
        raise source.unfinished()
    spans, _ = walk(source.file, RIFF, start=12, end=told + 8)
    if any(span.id == b"data" and span.claimed == UNFINISHED_32[1] for span in spans):
        raise source.unfinished()
    return _checked(source, Container.WAV, spans, told + 8)


def read_rf64(source: Source) -> Header:
    """Check an RF64 or BW64 file, whose sizes are in its ``ds64`` chunk.

    Raises:
        AudioError: if the sizes do not agree with the file.

    """
    head = source.read(12, 24)
    if len(head) < 24:
        raise source.truncated("it ends inside its header")
    if head[:4] != b"ds64":
        raise source.damaged("it has to begin with a ds64 chunk")
    told, data_size = struct.unpack("<QQ", head[8:])
    if told in UNFINISHED_64 or data_size == UNFINISHED_64[1]:
        raise source.unfinished()
    spans, _ = walk(source.file, RIFF, start=12, end=told + 8, sizes={b"data": data_size})
    return _checked(source, Container.WAV, spans, told + 8)


def read_wave64(source: Source) -> Header:
    """Check a Sony Wave64 file, whose chunk ids are GUIDs that begin with the RIFF id.

    Raises:
        AudioError: if the sizes do not agree with the file.

    """
    head = source.read(16, 8)
    told = int.from_bytes(head, "little")
    if told in UNFINISHED_64:
        raise source.unfinished()
    spans, _ = walk(source.file, WAVE64, start=40, end=told)
    short = tuple(Span(span.id[:4], span.start, span.claimed, span.size) for span in spans)
    return _checked(source, Container.W64, short, told)


def _checked(source: Source, container: Container, spans: tuple[Span, ...], end: int) -> Header:
    data = next((span for span in spans if span.id == b"data"), None)
    if data is None:
        source.require(end, "the header says that it")
        raise source.damaged("it has no data chunk")
    source.require(data.start + data.claimed, "its audio")
    source.require(end - SIZE_SLACK, "the header says that it")
    _check_end(source, data, spans, end)
    return _header(source, container, spans, data)


def _check_end(source: Source, data: Span, spans: tuple[Span, ...], end: int) -> None:
    """Refuse sound behind the end: an unfinished writer, or a size that wrapped at 4 GiB."""
    whole = [span.start + span.claimed for span in spans if span.size == span.claimed]
    known = max(whole if data.claimed == 0 else [*whole, end])
    rest = source.size - known
    if rest <= SIZE_SLACK or _is_harmless(source, known, rest):
        return
    if data.claimed == 0:
        raise source.unfinished()
    raise source.damaged(f"{rest:,} bytes follow the end that it gives")


def _is_harmless(source: Source, start: int, rest: int) -> bool:
    """Say whether what follows a file is a tag of a music player, or padding."""
    head = source.read(start, min(rest, PADDING_LIMIT))
    return head.lstrip(b"\0").startswith(TAGS) or (rest <= PADDING_LIMIT and not any(head))


def _header(source: Source, container: Container, spans: tuple[Span, ...], data: Span) -> Header:
    found = next((span for span in spans if span.id == b"fmt "), None)
    fmt = source.read(found.start, min(found.size, 40)) if found else b""
    if len(fmt) < 16:
        raise source.damaged("it has no fmt chunk")
    tag, channels, rate, block_size = struct.unpack("<HHI4xH", fmt[:14])
    if channels == 0 or rate == 0:
        raise source.damaged("it gives no channels" if channels == 0 else "it gives no sample rate")
    mask = None
    if tag == EXTENSIBLE and len(fmt) == 40:
        mask, tag = struct.unpack("<20xIH", fmt[:26])
    samples = (data.start, block_size) if tag in (PCM, FLOAT) else None
    return Header(container, _frames(source, spans, data, tag, block_size), mask, samples)


def _frames(source: Source, spans: tuple[Span, ...], data: Span, tag: int, block_size: int) -> Samples | None:
    """Read how many frames there are, or say that the codec is not known here."""
    if tag in DECODED:
        return _fact(source, spans)
    if tag not in (PCM, FLOAT):
        raise source.unsupported(f"{CODECS.get(tag, f'The codec 0x{tag:04X}')} in a WAV cannot be read.")
    if block_size == 0:
        raise source.damaged("its frames have no bytes")
    return Samples(data.claimed // block_size)


def _fact(source: Source, spans: tuple[Span, ...]) -> Samples | None:
    """Read how many frames a compressed file decodes to; its last block may hold more."""
    fact = next((span for span in spans if span.id == b"fact" and span.size >= 4), None)
    frames = int.from_bytes(source.read(fact.start, 4), "little") if fact else 0
    return None if frames in UNFINISHED_32 else Samples(frames)
