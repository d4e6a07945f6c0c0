"""The level of a sound over time, kept while it streams by, and the stretches of it that are worth hearing."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from stembridge.audio.sound import Block
from stembridge.units import Hertz, Samples

STEP_S = 0.1
STRETCH_S = 4.0
MOST_STRETCHES = 6
ACTIVE_BELOW_DB = 45.0
"""A step counts as active down to this far below the loudest one."""


@dataclass(frozen=True, eq=False)
class Levels:
    """The mean squares of a sound over time, in steps of a tenth of a second.

    Attributes:
        middle: of the channels' mean, shape (steps,).
        channels: of each channel, shape (steps, channels).
        peak: the largest sample, full scale at 1.0.
        frames: the length of a step.
        length: the length of the sound.

    """

    middle: NDArray[np.float64]
    channels: NDArray[np.float64]
    peak: float
    frames: Samples
    length: Samples

    @property
    def whole(self) -> NDArray[np.float64]:
        """The mean square over all channels, shape (steps,)."""
        return np.asarray(self.channels.mean(axis=1))

    @property
    def activity(self) -> float:
        """The share of the time in which something sounds."""
        floor = self.whole.max(initial=0.0) * 10 ** (-ACTIVE_BELOW_DB / 10)
        return float(np.mean(self.whole > floor)) if floor > 0.0 else 0.0

    @property
    def width(self) -> float:
        """The share of the energy that is lost when the channels are averaged: 0 mono, 1 opposite."""
        total = float(self.whole.sum())
        return 1.0 - float(self.middle.sum()) / total if total > 0.0 else 0.0


class LevelMeter:
    """Keeps the levels of a sound while it streams by."""

    def __init__(self, rate: Hertz, channels: int) -> None:
        """Start at silence."""
        self._frames = Samples(max(1, round(STEP_S * rate)))
        self._rest: Block = np.zeros((0, channels), np.float32)
        self._middle: list[NDArray[np.float64]] = [np.zeros(0)]
        self._channels: list[NDArray[np.float64]] = [np.zeros((0, channels))]
        self._peak = 0.0
        self._length = 0

    def add(self, block: Block) -> None:
        """Look at the next block, shape (frames, channels); what fills no step is kept for the next."""
        self._length += len(block)
        self._peak = max(self._peak, float(np.abs(block).max(initial=0.0)))
        joined = np.concatenate([self._rest, block])
        steps = len(joined) // self._frames
        self._rest = joined[steps * self._frames :]
        self._keep(joined[: steps * self._frames].reshape(steps, self._frames, joined.shape[1]))

    def result(self) -> Levels:
        """Return the levels; a last step that is not full counts as it is."""
        if len(self._rest):
            self._keep(self._rest[None])
            self._rest = self._rest[:0]
        return Levels(
            np.concatenate(self._middle),
            np.concatenate(self._channels),
            self._peak,
            self._frames,
            Samples(self._length),
        )

    def _keep(self, steps: NDArray[np.float32]) -> None:
        frames, channels = max(1, steps.shape[1]), steps.shape[2]
        middle = steps @ np.full(channels, 1 / channels, np.float32)
        self._middle.append(np.einsum("sf,sf->s", middle, middle).astype(np.float64) / frames)
        self._channels.append(np.einsum("sfc,sfc->sc", steps, steps).astype(np.float64) / frames)


def choose_stretches(levels: Levels, *, most: int = MOST_STRETCHES) -> tuple[tuple[Samples, Samples], ...]:
    """Choose where to listen: the loudest stretch of each part of the sound, in the order of time.

    Args:
        levels: of the whole sound.
        most: how many stretches of ``STRETCH_S`` at most; a sound that is no longer than them is heard whole.

    Returns:
        The first frame of each stretch and the frame behind its last.

    """
    steps = round(STRETCH_S / STEP_S)
    count = len(levels.middle)
    if count <= most * steps:
        whole = _cut(levels, range(0, count, steps), steps)
        return tuple(span for span in whole if span[1] > span[0])
    sums = np.concatenate([[0.0], np.cumsum(np.sqrt(levels.whole))])
    loudness = sums[steps:] - sums[:-steps]
    parts = np.linspace(0, len(loudness), most + 1).astype(int)
    starts = [int(low + loudness[low:high].argmax()) for low, high in pairwise(parts)]
    loud = [start for start in starts if loudness[start] > 0.1 * loudness.max()]
    kept = _apart(sorted(loud, key=lambda start: -float(loudness[start])), steps)
    return _cut(levels, sorted(kept), steps)


def _apart(starts: Sequence[int], steps: int) -> list[int]:
    """Leave out what would be heard twice; what comes first stays."""
    kept: list[int] = []
    for start in starts:
        if all(abs(start - other) >= steps for other in kept):
            kept.append(start)
    return kept


def _cut(levels: Levels, starts: Sequence[int], steps: int) -> tuple[tuple[Samples, Samples], ...]:
    return tuple(
        (
            Samples(min(levels.length, start * levels.frames)),
            Samples(min(levels.length, (start + steps) * levels.frames)),
        )
        for start in starts
    )
