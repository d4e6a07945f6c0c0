"""Short stems from formulas that never repeat, moved in time, for tests of alignment: made in milliseconds."""

import numpy as np
from numpy.typing import NDArray

from stembridge.units import Hertz

RATE = Hertz(24_000)
SECONDS = 6.0
Sound = NDArray[np.float32]
"""Shape (frames, 2), full scale at 1.0."""


def song(seed: int = 1, seconds: float = SECONDS, rate: Hertz = RATE) -> dict[str, Sound]:
    """Make four stems that sum to a mix: played by a person, so that no bar is like another."""
    rng = np.random.default_rng(seed)
    return {
        "drums": _drums(rng, seconds, rate),
        "bass": _notes(rng, seconds, rate, low=40.0, every=0.35, pan=0.0, partials=6),
        "keys": _notes(rng, seconds, rate, low=220.0, every=0.2, pan=-0.5, partials=10),
        "guitar": _notes(rng, seconds, rate, low=160.0, every=0.25, pan=0.6, partials=14),
    }


def mixed(stems: dict[str, Sound]) -> Sound:
    """Sum stems."""
    return np.sum(list(stems.values()), axis=0, dtype=np.float32)


def cut_to_start(sound: Sound, offset: int) -> Sound:
    """Make the file whose place in the mix is ``offset``: without its start, or with silence before it."""
    if offset >= 0:
        return sound[offset:]
    return np.concatenate([np.zeros((-offset, sound.shape[1]), np.float32), sound])


def at_level(stem: Sound, rest: Sound, level: float) -> Sound:
    """Scale a stem to a level in dB against the rest of a mix."""
    ratio = np.sqrt(np.mean(np.square(rest)) / np.mean(np.square(stem)))
    return (10 ** (level / 20) * ratio * stem).astype(np.float32)


def _drums(rng: np.random.Generator, seconds: float, rate: Hertz) -> Sound:
    sound = np.zeros((round(seconds * rate), 2))
    age = np.arange(round(0.15 * rate)) / rate
    for start in _times(rng, seconds - 0.2, 0.12):
        hit = rng.standard_normal((len(age), 1)) * np.exp(-age / rng.uniform(0.01, 0.05))[:, None]
        at = round(start * rate)
        sound[at : at + len(age)] += 0.1 * rng.uniform(0.3, 1.0) * hit
    return sound.astype(np.float32)


def _notes(
    rng: np.random.Generator,
    seconds: float,
    rate: Hertz,
    *,
    low: float,
    every: float,
    pan: float,
    partials: int,
) -> Sound:
    mono = np.zeros(round(seconds * rate))
    age = np.arange(round(0.6 * rate)) / rate
    for start in _times(rng, seconds - 0.65, every):
        pitch = low * 2 ** (rng.integers(0, 18) / 12) * rng.uniform(0.995, 1.005)
        orders = np.arange(1, partials + 1)[:, None]
        phases = rng.uniform(0, 2 * np.pi, (partials, 1))
        wave = (np.sin(2 * np.pi * orders * pitch * age + phases) / orders).sum(axis=0)
        at = round(start * rate)
        mono[at : at + len(age)] += 0.08 * rng.uniform(0.4, 1.0) * wave * np.exp(-age / 0.18)
    sides = np.array([np.sqrt(0.5 - pan / 2), np.sqrt(0.5 + pan / 2)])
    return (mono[:, None] * sides).astype(np.float32)


def _times(rng: np.random.Generator, seconds: float, every: float) -> NDArray[np.float64]:
    steps = rng.uniform(0.6, 1.4, int(2 * seconds / every)) * every
    times = np.cumsum(steps)
    return times[times < seconds]
