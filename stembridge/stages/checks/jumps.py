"""What a place is where a sound jumps: samples that do not belong, a cut in a sound that goes on, or a note.

After a click the old sound goes on as it was predicted from before, and from behind: only a few samples between them
are wrong. After a cut the same sound goes on, but not where it was. After the start of a note, or in the swing of a
hard gate, there is a new sound, which what was before does not predict.

The interpolation: Janssen, Veldhuis and Vries, "Adaptive interpolation of discrete-time signals that can be modeled
as autoregressive processes", 1986.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from stembridge.stages.checks.prediction import (
    Signal,
    fit,
    least_surprise,
    mean_surprise,
    rounding,
    worst_surprise,
)
from stembridge.stages.checks.subject import Audio

SIDE = 512
"""Frames on either side from which a sound is predicted."""

MOST_WRONG = 12
"""Frames that a click lasts at most."""

STANDS_OUT = 9.0
"""How far a click is above the worst surprise nearby, in power."""

EXPLAINED = 2.0
"""How far what interpolation leaves of it may be."""

PREDICTED = 4.0
"""How much worse each side may be predicted by the other than by itself, in power, if it is one sound."""

ALIKE = 1.25
"""How many times louder one side may be than the other, if it is one sound."""

GRAIN = 2.0**-24
"""The step of the finest samples."""

INAUDIBLE = 1e-9
"""The least surprise that matters, mean square beside the peak."""


class Jump(StrEnum):
    """What a place is where a sound jumps."""

    WRONG_SAMPLES = "wrong samples"
    CUT = "cut"
    NOTE = "note"


@dataclass(frozen=True)
class Sides:
    """A stretch of sound around a jump: what is before, the frames that may be wrong, and what is behind."""

    before: Signal
    middle: Signal
    after: Signal
    grain: float

    @classmethod
    def of(cls, samples: Audio, start: int, stop: int) -> "Sides":
        """Take the surroundings of some frames, at full scale."""
        low = max(0, start - SIDE)
        sound = samples[low : stop + SIDE].astype(np.float64)
        scale = max(float(np.abs(sound).max()), GRAIN)
        sound /= scale
        return cls(sound[: start - low], sound[start - low : stop - low], sound[stop - low :], GRAIN / scale)


def judge(samples: Audio, start: int, stop: int) -> Jump:
    """Say what a jump is.

    Args:
        samples: the sound, shape (frames,), with SIDE frames before and after the jump, or nearly so.
        start: the first frame that may be wrong.
        stop: the frame after the last.

    """
    sides = Sides.of(samples, start, stop)
    if stop - start <= MOST_WRONG and _are_wrong(sides):
        return Jump.WRONG_SAMPLES
    return Jump.CUT if _is_one_sound(sides) else Jump.NOTE


def _are_wrong(sides: Sides) -> bool:
    """Say whether other samples in the middle would let both sides go on, and these do not."""
    taps = fit(sides.before, sides.after)
    given, left = least_surprise(sides.before, sides.middle, sides.after, taps)
    frames = len(sides.middle) + len(taps) - 1
    least = frames * (INAUDIBLE + rounding(taps, sides.grain))
    elsewhere = [worst_surprise(side, taps, frames) + least for side in (sides.before, sides.after)]
    return left <= EXPLAINED * min(elsewhere) and given > STANDS_OUT * max(elsewhere)


def _is_one_sound(sides: Sides) -> bool:
    """Say whether each side is as loud as the other, and predicted by it."""
    levels = sorted(float(np.std(side)) for side in (sides.before, sides.after))
    if levels[1] > ALIKE * levels[0]:
        return False
    pairs = ((sides.before, sides.after), (sides.after, sides.before))
    return all(_is_predicted(side, other, sides.grain) for side, other in pairs)


def _is_predicted(side: Signal, other: Signal, grain: float) -> bool:
    own = mean_surprise(side, fit(side), grain)
    return mean_surprise(side, fit(other), grain) < PREDICTED * own
