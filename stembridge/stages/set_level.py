"""How loud a set is: its mix, or its sum where it has no mix, measured as the outputs will stand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

import numpy as np

from stembridge.audio.meter import Measurement, Meter
from stembridge.audio.sound import BLOCK_FRAMES, Block, Encoding
from stembridge.stages.channels import converted
from stembridge.stages.plan import StemPlan
from stembridge.stages.shift import move_in_time, turned_over
from stembridge.units import amplitude_to_decibels


@dataclass(frozen=True)
class SetLevel:
    """How loud a set is, before any gain.

    Attributes:
        measurement: of its mix or its sum.
        peak: the highest sample of its integer outputs, in dBFS; None where all are float.
        of: what was measured, in words.

    """

    measurement: Measurement
    peak: float | None
    of: str


def can_be_summed(stems: Sequence[StemPlan]) -> bool:
    """Tell whether outputs can be added: one rate, and mono beside one other layout."""
    layouts = {stem.format.channels for stem in stems} - {1}
    return len({stem.format.rate for stem in stems}) == 1 and len(layouts) <= 1


def measure_set(stems: Sequence[StemPlan]) -> SetLevel:
    """Measure the mix of a set, or its sum, and the highest sample of its outputs.

    Raises:
        AudioError: if a file cannot be decoded to its end.

    """
    mixes = [stem for stem in stems if stem.identity.is_mix]
    only_mix = len(mixes) == 1
    measured = mixes if only_mix else [stem for stem in stems if not stem.identity.is_mix] or mixes
    widest = max((stem.format for stem in stems), key=lambda form: form.channels)
    meter = Meter(widest.rate, widest.channels, channel_mask=widest.channel_mask)
    peak = 0.0
    for blocks in zip_longest(*(_even(_placed(stem, stems)) for stem in stems)):
        present = [(stem, block) for stem, block in zip(stems, blocks, strict=True) if block is not None]
        peak = max(peak, *(_peak(block) for stem, block in present if stem.format.encoding.is_integer), 0.0)
        total = np.zeros((max(len(block) for _, block in present), widest.channels), np.float32)
        for stem, block in present:
            if stem in measured:
                total[: len(block), _side(stem, widest.channels)] += block
        meter.add(total)
    held = any(stem.format.encoding.is_integer for stem in stems)
    of = "the mix" if only_mix else "the sum of the stems"
    return SetLevel(meter.result(), float(amplitude_to_decibels(peak)) if held else None, of)


def _side(stem: StemPlan, channels: int) -> slice:
    """Return the channels of the sum that an output goes to: a left or right half to its own side."""
    places = {"L": slice(0, 1), "R": slice(1, 2)}
    is_half = stem.format.channels == 1 and channels > 1
    return places.get(stem.identity.channel or "", slice(None)) if is_half else slice(None)


def _peak(block: Block) -> float:
    return float(np.max(np.abs(block), initial=0.0))


def _placed(stem: StemPlan, stems: Sequence[StemPlan]) -> Iterator[Block]:
    """Read an output where it stands in the set."""
    late = stem.placement.position - min(each.placement.position for each in stems)
    silence = np.zeros((BLOCK_FRAMES, stem.format.channels), np.float32)
    for start in range(0, late, BLOCK_FRAMES):
        yield silence[: late - start]
    form = replace(stem.format, encoding=Encoding.FLOAT32)
    blocks = turned_over(converted(stem, stem.facts.sound, lambda _frames: None), stem.polarity, form)
    for block in move_in_time(blocks, stem.placement, form):
        yield block.astype(np.float32, copy=False)


def _even(blocks: Iterator[Block]) -> Iterator[Block]:
    """Cut blocks of any length into equal ones, but for the last."""
    held = np.zeros((0, 0), np.float32)
    for block in blocks:
        held = np.concatenate([held, block]) if len(held) else block
        while len(held) >= BLOCK_FRAMES:
            yield held[:BLOCK_FRAMES]
            held = held[BLOCK_FRAMES:]
    if len(held):
        yield held
