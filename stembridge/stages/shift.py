"""Shift: moving audio in time by whole samples, with digital silence; pure."""

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
