"""A mix at the rate that a model works at, and its stems back at the mix's own: no delay, and no frame too few."""

from collections.abc import Iterable, Iterator

import numpy as np

from stembridge.audio.resample import resample_blocks, taken_frames
from stembridge.audio.sound import Block
from stembridge.units import Hertz, Samples, samples_to_rate


def model_frames(frames: Samples, source: Hertz, target: Hertz) -> Samples:
    """Return the frames at the model's rate that cover ``frames`` at the source's: never too few."""
    return Samples(-(-frames * target // source))


def to_model_rate(
    blocks: Iterable[Block], source: Hertz, target: Hertz, *, channels: int, frames: Samples
) -> Iterator[Block]:
    """Convert a mix to the model's rate, to exactly ``model_frames``, with no delay."""
    wanted = model_frames(frames, source, target)
    if source == target:
        return resample_blocks(iter(blocks), source, target, channels=channels, frames=frames)
    silence = -(-source // target) + 1
    padded = _then_silence(blocks, silence, channels)
    longer = resample_blocks(padded, source, target, channels=channels, frames=Samples(frames + silence))
    return taken_frames(longer, Samples(0), wanted)


def from_model_rate(
    blocks: Iterable[Block], source: Hertz, target: Hertz, *, channels: int, frames: Samples
) -> Iterator[Block]:
    """Convert stems from the model's rate to exactly ``frames`` at the mix's, with no delay."""
    held = model_frames(frames, target, source)
    back = resample_blocks(iter(blocks), source, target, channels=channels, frames=held)
    assert samples_to_rate(held, source, target) >= frames
    return taken_frames(back, Samples(0), frames)


def _then_silence(blocks: Iterable[Block], frames: int, channels: int) -> Iterator[Block]:
    yield from blocks
    yield np.zeros((frames, channels), np.float32)
