"""Shift: moving audio in time by whole samples, with digital silence, and turning it over; pure."""

from collections.abc import Iterator

import numpy as np

from stembridge.audio.samples import RAW_TYPES
from stembridge.audio.sound import BLOCK_FRAMES, RawBlock, SoundFormat
from stembridge.stages.timeline import Placement


def move_in_time(blocks: Iterator[RawBlock], placement: Placement, form: SoundFormat) -> Iterator[RawBlock]:
    """Put silence before and after the audio, or cut it there, to make exactly the frames that were planned.

    Args:
        blocks: the audio, shape ``(frames, channels)``, in the type that ``form`` is written from.
        placement: how far it moves and how long it becomes.
        form: what is written.

    """
    left = int(placement.frames)
    for block in _led_in(blocks, placement, form):
        kept = block[:left]
        left -= len(kept)
        if len(kept):
            yield kept
        if not left:
            break
    yield from _silence(left, form)


def turned_over(blocks: Iterator[RawBlock], polarity: int, form: SoundFormat) -> Iterator[RawBlock]:
    """Invert audio where ``polarity`` is -1; the lowest integer, which has no opposite, becomes the highest.

    Args:
        blocks: the audio, shape ``(frames, channels)``, in the type that ``form`` is written from.
        polarity: 1 or -1.
        form: what is written.

    """
    if polarity == 1:
        yield from blocks
        return
    for block in blocks:
        if form.encoding.is_integer:
            bits = 8 * block.itemsize
            highest = (1 << (bits - 1)) - (1 << (bits - form.encoding.bits))
            yield np.negative(np.maximum(block, -highest))
        else:
            yield np.negative(block)


def _led_in(blocks: Iterator[RawBlock], placement: Placement, form: SoundFormat) -> Iterator[RawBlock]:
    yield from _silence(max(0, placement.lead), form)
    cut = max(0, -placement.lead)
    for block in blocks:
        yield block[cut:]
        cut = max(0, cut - len(block))


def _silence(frames: int, form: SoundFormat) -> Iterator[RawBlock]:
    kind = np.dtype(RAW_TYPES[form.encoding])
    for start in range(0, frames, BLOCK_FRAMES):
        yield np.zeros((min(BLOCK_FRAMES, frames - start), form.channels), kind)
