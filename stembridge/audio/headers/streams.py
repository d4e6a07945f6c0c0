"""FLAC and Ogg: is the end of the stream there? Sources: RFC 9639 (FLAC), RFC 3533 (Ogg)."""

from stembridge.audio.headers.source import Header, Source
from stembridge.audio.sound import Container
from stembridge.units import Samples

PAGE_LIMIT = 65_307
"""Bytes of the largest Ogg page."""

PAGE_HEADER = 27
END_OF_STREAM = 0x04


def read_flac(source: Source, start: int = 0) -> Header:
    """Read how many frames a FLAC stream promises. Its end can only be checked by decoding it.

    Raises:
        AudioError: if the header is cut short or was never finished.

    """
    head = source.read(start, 26)
    if len(head) < 26:
        raise source.truncated("it ends inside its header")
    frames = int.from_bytes(head[18:26], "big") & 0xF_FFFF_FFFF
    if frames == 0:
        raise source.unfinished()
    return Header(Container.FLAC, Samples(frames))


def read_ogg(source: Source) -> Header:
    """Check that an Ogg file ends with a whole page that is marked as the last one.

    Raises:
        AudioError: if it does not.

    """
    tail = source.read(max(0, source.size - 2 * PAGE_LIMIT), 2 * PAGE_LIMIT)
    page = tail[tail.rfind(b"OggS") :]
    if len(page) < PAGE_HEADER:
        raise source.truncated("it ends inside a page")
    segments = page[PAGE_HEADER : PAGE_HEADER + page[26]]
    if len(segments) < page[26] or PAGE_HEADER + len(segments) + sum(segments) > len(page):
        raise source.truncated("it ends inside a page")
    if not page[5] & END_OF_STREAM:
        raise source.truncated("its last page is not marked as the end of the stream")
    return Header(Container.OGG)
