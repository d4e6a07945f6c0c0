"""AIFF and AIFF-C: are the sizes in the header true?

Source: Apple's Audio Interchange File Format 1.3 and AIFF-C.
"""

import struct

from stembridge.audio.chunks_walk import AIFF, Span, walk
from stembridge.audio.headers.source import SIZE_SLACK, UNFINISHED_32, Header, Source
from stembridge.audio.sound import Container
from stembridge.units import Samples

PLAIN = frozenset(
    {
        b"NONE",
        b"sowt",
        b"twos",
        b"raw ",
        b"in24",
        b"in32",
        b"42n1",
        b"23ni",
        b"fl32",
        b"FL32",
        b"fl64",
        b"FL64",
    }
)
OFFSET_FIELDS = 8


def read_aiff(source: Source) -> Header:
    """Check an AIFF or AIFF-C file.

    Raises:
        AudioError: if the sizes do not agree with the file.

    """
    (told,) = struct.unpack(">I", source.read(4, 4))
    if told in UNFINISHED_32:
        raise source.unfinished()
    spans, _ = walk(source.file, AIFF, start=12, end=told + 8)
    by_id = {span.id: span for span in reversed(spans)}
    source.require(told + 8 - SIZE_SLACK, "the header says that it")
    if b"COMM" not in by_id or by_id[b"COMM"].size < 18:
        raise source.damaged("it has no COMM chunk")
    return _checked(source, by_id[b"COMM"], by_id.get(b"SSND"))


def _checked(source: Source, common: Span, sound: Span | None) -> Header:
    fields = source.read(common.start, 22)
    channels, frames, bits = struct.unpack(">HIH", fields[:8])
    held = 0 if sound is None else sound.claimed - OFFSET_FIELDS
    if sound is not None:
        source.require(sound.start + sound.claimed, "its audio")
    if frames == 0 and held > 0:
        raise source.unfinished()
    if common.size < 22 or fields[18:22] in PLAIN:
        needed = frames * channels * ((bits + 7) // 8)
        if needed > held:
            raise source.truncated(f"its header promises {needed:,} bytes of audio, it has {max(held, 0):,}")
    return Header(Container.AIFF, Samples(frames))
