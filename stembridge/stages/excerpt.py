"""Excerpt: the part of a file that an item plays, as a WAV of its own; the samples stay what they are.

Whole and unchanged ranges keep their PCM bit for bit. A downmix is half the sum of two channels, which takes one bit
more than they have, so it is stored in the next wider encoding and nothing is rounded.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from stembridge.audio.bext import new_bext
from stembridge.audio.chunks import Metadata, read_metadata
from stembridge.audio.files import SoundWriter, open_sound, read_raw_blocks
from stembridge.audio.metadata import Loudness
from stembridge.audio.retime import at_depth, at_position, shifted, with_loudness
from stembridge.audio.samples import widen
from stembridge.audio.sound import BLOCK_FRAMES, Container, Encoding, RawBlock, Sound, SoundFormat
from stembridge.errors import IntakeError
from stembridge.request import ChannelMode, Excerpt
from stembridge.units import Samples

STORED = {Encoding.INT8: Encoding.INT16, Encoding.LOSSY: Encoding.FLOAT32}
"""What a WAV of ours holds for encodings that it does not have; both exact."""

WIDER = {Encoding.INT16: Encoding.INT24, Encoding.INT24: Encoding.INT32, Encoding.INT32: Encoding.FLOAT64}
"""Where half the sum of two samples fits without rounding."""

ONE_CHANNEL = {ChannelMode.LEFT: 0, ChannelMode.RIGHT: 1}


def cut_excerpt(path: Path, excerpt: Excerpt, into: Path) -> Path:
    """Cut an excerpt out of a file.

    Args:
        path: the file.
        excerpt: what of it is wanted.
        into: the new file, a WAV.

    Returns:
        ``into``. Its time reference is the excerpt's position; cues inside go along, unless it runs backwards.

    Raises:
        AudioError: if the file cannot be read.
        IntakeError: if it has become another file since the excerpt was chosen.

    """
    sound = open_sound(path)
    if excerpt.stop > sound.frames or (_needs_two(excerpt) and sound.format.channels != 2):
        raise IntakeError(
            "The file is not the one that the item was made of.",
            path=path,
            hint="It was replaced meanwhile; run the action again.",
            code="source-changed",
        )
    into.parent.mkdir(exist_ok=True)
    form = _format(sound.format, excerpt.channel_mode)
    frames = Samples(excerpt.stop - excerpt.start)
    metadata = _metadata(read_metadata(path), excerpt, form)
    with SoundWriter(into, form, metadata=metadata, frames_expected=frames) as writer:
        for block in _blocks(sound, excerpt):
            writer.write(_played(block, excerpt.channel_mode, form.encoding))
    return into


def _needs_two(excerpt: Excerpt) -> bool:
    return excerpt.channel_mode is not ChannelMode.NORMAL


def _format(source: SoundFormat, mode: ChannelMode) -> SoundFormat:
    encoding = STORED.get(source.encoding, source.encoding)
    if mode is ChannelMode.DOWNMIX:
        encoding = WIDER.get(encoding, encoding)
    if mode in (ChannelMode.NORMAL, ChannelMode.SWAPPED):
        return replace(source, container=Container.WAV, encoding=encoding)
    return replace(source, container=Container.WAV, encoding=encoding, channels=1, channel_mask=None)


def _metadata(metadata: Metadata, excerpt: Excerpt, form: SoundFormat) -> Metadata:
    """Return the file's metadata as it fits the excerpt. The loudness of all the file is not that of a part."""
    if excerpt.reversed:
        metadata = replace(metadata, cues=())
    cut = shifted(metadata, Samples(-excerpt.start), Samples(excerpt.stop - excerpt.start))
    cut = replace(cut, bext=cut.bext or new_bext("", excerpt.position))
    cut = at_depth(with_loudness(cut, Loudness()), form.encoding.bits)
    return at_position(cut, excerpt.position, form.rate)


def _blocks(sound: Sound, excerpt: Excerpt) -> Iterator[RawBlock]:
    if not excerpt.reversed:
        yield from read_raw_blocks(sound, start=excerpt.start, stop=excerpt.stop)
        return
    for stop in range(excerpt.stop, excerpt.start, -BLOCK_FRAMES):
        start = max(excerpt.start, stop - BLOCK_FRAMES)
        for block in read_raw_blocks(sound, start=Samples(start), stop=Samples(stop)):
            yield _contiguous(block[::-1])


def _played(block: RawBlock, mode: ChannelMode, encoding: Encoding) -> RawBlock:
    if mode in ONE_CHANNEL:
        channel = ONE_CHANNEL[mode]
        return _contiguous(block[:, channel : channel + 1])
    if mode is ChannelMode.SWAPPED:
        return _contiguous(block[:, ::-1])
    if mode is ChannelMode.DOWNMIX:
        return _half_sum(widen(block, encoding))
    return block


def _contiguous(block: RawBlock) -> RawBlock:
    return block.copy(order="C")


def _half_sum(block: RawBlock) -> RawBlock:
    """Halve first: the left-justified samples of the wider encoding have room for it, and the sum stays in range."""
    halves: RawBlock = block // 2 if block.dtype.kind == "i" else block / 2
    total: RawBlock = halves[:, :1] + halves[:, 1:]
    return total
