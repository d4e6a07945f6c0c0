"""Listen: what each file of a set sounds like; reads the files, and the model that comes with the package."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from stembridge.audio.files import read_blocks
from stembridge.audio.sound import Block, Sound
from stembridge.stages.hearing.evidence import describe
from stembridge.stages.hearing.features import measure
from stembridge.stages.hearing.heard import Heard, decide
from stembridge.stages.hearing.levels import LevelMeter, Levels, choose_stretches
from stembridge.stages.hearing.model import Chances, RoleModel
from stembridge.stages.hearing.rules import is_click, is_silent
from stembridge.stages.hearing.set_decision import find_sums, label_together
from stembridge.stages.hearing.sorts import Sort
from stembridge.stages.hearing.spectra import as_mono
from stembridge.units import Samples

MODEL_FILE = "roles_model.json"
RULE_CHANCE = 0.97
COMMON_PLACES = 4
COMMON_S = 2.0


@dataclass(frozen=True, eq=False)
class Impression:
    """One file by itself.

    Attributes:
        sound: the file.
        levels: its levels over time.
        chances: how likely each sort is.
        evidence: what was heard, for people.

    """

    sound: Sound
    levels: Levels
    chances: Chances
    evidence: str


def load_model() -> RoleModel:
    """Read the model that comes with the package."""
    return RoleModel.from_json(files("stembridge.stages").joinpath(MODEL_FILE).read_text(encoding="utf-8"))


def listen_all(sounds: Sequence[Sound], *, threads: int = 1) -> tuple[Heard, ...]:
    """Say what each file of a set is by its sound, and by what the others are.

    Args:
        sounds: the files of one set, in any order.
        threads: how many files are heard side by side. Memory does not grow with the length of the files.

    Returns:
        What was heard, in the same order.

    Raises:
        AudioError: if a file cannot be decoded.

    """
    model = load_model()
    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        impressions = list(pool.map(partial(listen_to, model=model), sounds))
    sums = find_sums(_common_moments(impressions))
    together = label_together([each.chances for each in impressions], sums)
    return tuple(
        decide(chances, "it is the sum of the other files" if is_sum else each.evidence)
        for each, chances, is_sum in zip(impressions, together, sums, strict=True)
    )


def listen_to(sound: Sound, model: RoleModel) -> Impression:
    """Hear one file: its levels all through, its timbre where it is loudest."""
    levels = _read_levels(sound)
    if is_silent(levels):
        return Impression(sound, levels, _rule(model, Sort.SILENCE), "nothing but silence")
    rate = sound.format.rate
    stretches = [_read(sound, start, stop) for start, stop in choose_stretches(levels)]
    if is_click(stretches, rate):
        return Impression(sound, levels, _rule(model, Sort.CLICK), "short, even strokes, all alike")
    figures = measure(stretches, rate)
    return Impression(sound, levels, model.chances(figures), describe(figures, levels))


def _rule(model: RoleModel, sort: Sort) -> Chances:
    rest = (1.0 - RULE_CHANCE) / len(model.sorts)
    return dict.fromkeys(model.sorts, rest) | {sort: RULE_CHANCE}


def _read_levels(sound: Sound) -> Levels:
    meter = LevelMeter(sound.format.rate, sound.format.channels)
    for block in read_blocks(sound):
        meter.add(block)
    return meter.result()


def _read(sound: Sound, start: Samples, stop: Samples) -> Block:
    frames = max(1, stop - start)
    return np.concatenate(list(read_blocks(sound, frames=frames, start=start, stop=stop)))


def _common_moments(impressions: Sequence[Impression]) -> list[NDArray[np.float32]]:
    """Read the same moments of all files that share a rate, where the set as a whole is loud."""
    if not impressions:
        return []
    rates = [each.sound.format.rate for each in impressions]
    rate = max(set(rates), key=rates.count)
    starts = _loud_moments([each.levels for each in impressions if each.sound.format.rate == rate])
    return [
        _moments(each.sound, starts) if each.sound.format.rate == rate else np.zeros(0, np.float32)
        for each in impressions
    ]


def _loud_moments(levels: Sequence[Levels]) -> list[Samples]:
    steps = round(COMMON_S / 0.1)
    total = np.zeros(max(len(each.middle) for each in levels) + steps)
    for each in levels:
        total[: len(each.middle)] += np.sqrt(each.middle)
    loudness = np.convolve(total, np.ones(steps), "valid")
    parts = np.linspace(0, len(loudness), COMMON_PLACES + 1).astype(int)
    return [
        Samples(int(low + loudness[low:high].argmax()) * levels[0].frames)
        for low, high in pairwise(parts)
        if high > low
    ]


def _moments(sound: Sound, starts: Sequence[Samples]) -> NDArray[np.float32]:
    """Read moments of a file, mono; what lies behind its end is silent."""
    frames = round(COMMON_S * sound.format.rate)
    parts = []
    for start in starts:
        stop = min(start + frames, sound.frames)
        heard = as_mono(_read(sound, start, Samples(stop))) if stop > start else np.zeros(0, np.float32)
        parts.append(np.pad(heard, (0, frames - len(heard))))
    return np.concatenate(parts)
