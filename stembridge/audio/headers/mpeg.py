"""MPEG audio (MP3, MP2): how many frames does the stream really hold?

libsndfile believes the Xing/Info or VBRI tag and, where there is none, guesses the length from the first
bit rate: a file of variable rate then loses most of its sound without a word. So the frames are counted.
Sources: ISO 11172-3, ISO 13818-3, the LAME tag specification.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from stembridge.audio.headers.source import Header, Source
from stembridge.audio.sound import Container
from stembridge.units import Samples

V1_RATES = (
    (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
)
V2_RATES = (
    (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)
SAMPLE_RATES = (44_100, 48_000, 32_000)
JUNK_LIMIT = 65_536
JUNK_COUNT = 256
PROOF = 3
"""Frames in a row that prove a stream; fewer where the file ends before."""


@dataclass(frozen=True)
class Frame:
    """One MPEG audio frame: its place and size in bytes, and the samples a channel it decodes to."""

    start: int
    size: int
    samples: int


def read_mpeg(source: Source, start: int) -> Header | None:
    """Count the frames of an MPEG audio stream and compare with what its tag promises.

    Args:
        source: the file.
        start: offset of the sound, behind any ID3 tag.

    Returns:
        The header, with the number of samples where no tag gives it; None when this is no MPEG audio.

    Raises:
        AudioError: if frames that the tag promises are missing. Encoders differ on whether the tag counts
            itself, so a last frame alone is missed when it is decoded.

    """
    first = find_frame(source, start)
    if first is None:
        return None
    counted = sum(1 for _ in _frames(source, first))
    promised = _promised(source, first)
    if promised is None:
        return Header(Container.MP3, Samples(counted * first.samples))
    if counted < promised:
        raise source.truncated(f"its tag promises {promised:,} MPEG frames, it has {counted:,}")
    return Header(Container.MP3)


def find_frame(source: Source, start: int) -> Frame | None:
    """Find the first of ``PROOF`` frames in a row, with at most ``JUNK_LIMIT`` bytes before it."""
    junk = source.read(start, JUNK_LIMIT)
    at = junk.find(b"\xff")
    while at >= 0:
        frame = parse_frame(junk[at : at + 4], start + at)
        if frame is not None and _is_proved(source, frame):
            return frame
        at = junk.find(b"\xff", at + 1)
    return None


def parse_frame(head: bytes, start: int) -> Frame | None:
    """Read a four-byte frame header; None when it is none (free format counts as none)."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, 3 - (head[1] >> 1 & 3)
    rate_code, bit_code = head[2] >> 2 & 3, head[2] >> 4
    if version == 1 or layer == 3 or rate_code == 3 or bit_code in (0, 15):
        return None
    sample_rate = SAMPLE_RATES[rate_code] // {3: 1, 2: 2, 0: 4}[version]
    bit_rate = (V1_RATES if version == 3 else V2_RATES)[layer][bit_code] * 1000
    samples = (384, 1152, 1152 if version == 3 else 576)[layer]
    slot = 4 if layer == 0 else 1
    slots = samples // 8 // slot * bit_rate // sample_rate + (head[2] >> 1 & 1)
    return Frame(start, slots * slot, samples)


def _is_proved(source: Source, frame: Frame) -> bool:
    at = frame.start
    for _ in range(PROOF):
        head = source.read(at, 4)
        following = parse_frame(head, at)
        if following is None:
            return at >= source.size and at > frame.start
        at += following.size
    return True


def _frames(source: Source, first: Frame) -> Iterator[Frame]:
    """Walk through the frames that are whole, over a few short stretches of junk."""
    frame: Frame | None = first
    junk = 0
    while frame is not None and frame.start + frame.size <= source.size:
        yield frame
        at = frame.start + frame.size
        frame = parse_frame(source.read(at, 4), at)
        if frame is None and junk < JUNK_COUNT:
            frame = find_frame(source, at)
            junk += 1


def _promised(source: Source, first: Frame) -> int | None:
    """Read how many frames the tag in the first frame promises, itself not counted; None without a tag."""
    body = source.read(first.start, min(first.size, 256))
    for name in (b"Xing", b"Info"):
        tag = body[body.find(name) :][:12]
        if tag.startswith(name) and len(tag) == 12 and tag[7] & 1:
            return int.from_bytes(tag[8:], "big")
    tag = body[body.find(b"VBRI") :][:18]
    return int.from_bytes(tag[14:], "big") if tag.startswith(b"VBRI") and len(tag) == 18 else None
