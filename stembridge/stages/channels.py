"""What an output is made of: its sources with its channels, and those at its rate."""

from collections.abc import Callable, Iterator
from typing import TypeVar

import numpy as np

from stembridge.audio.files import read_blocks
from stembridge.audio.reclock import reclock_blocks
from stembridge.audio.resample import resample_blocks
from stembridge.audio.sound import Block, RawBlock, Sound
from stembridge.stages.plan import StemPlan

AnyBlock = TypeVar("AnyBlock", bound=RawBlock)

Advance = Callable[[int], None]
"""Told how many more frames are done; raises ``Cancelled`` when the work should stop."""


def read_channels(
    stem: StemPlan, sound: Sound, read: Callable[[Sound], Iterator[AnyBlock]], advance: Advance
) -> Iterator[AnyBlock]:
    """Read what an output is made of, with the output's channels: two mono files side by side, or one of two alike.

    Args:
        stem: what is to be done.
        sound: the source, or what was separated from it.
        read: reads a file in blocks that are equally long for files of one length.
        advance: told how many more frames are done.

    """
    for block in _with_channels(stem, sound, read):
        yield block
        advance(len(block))


def converted(stem: StemPlan, sound: Sound, advance: Advance) -> Iterator[Block]:
    """Read what an output is made of as float32 at the output's rate; its place and its gain come later."""
    blocks = read_channels(stem, sound, read_blocks, advance)
    source, target, channels = sound.format.rate, stem.format.rate, stem.format.channels
    if stem.clock.keeps_samples:
        return resample_blocks(blocks, source, target, channels=channels, frames=sound.frames)
    return reclock_blocks(blocks, source, target, stem.clock, channels=channels, frames=sound.frames)


def _with_channels(
    stem: StemPlan, sound: Sound, read: Callable[[Sound], Iterator[AnyBlock]]
) -> Iterator[AnyBlock]:
    if stem.beside is not None:
        pairs = zip(read(sound), read(stem.beside.sound), strict=True)
        yield from (np.concatenate(pair, axis=1) for pair in pairs)  # type: ignore[misc]
    elif stem.folded:
        yield from (np.ascontiguousarray(block[:, :1]) for block in read(sound))  # type: ignore[misc]
    else:
        yield from read(sound)
