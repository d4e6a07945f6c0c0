"""How a sound ends at a gap, and goes on behind it: cut off, as a fault leaves it, or faded, as a person does.

How loud it is must be measured over a period of the lowest notes; how it ends, over less than the fastest fade. At a
zero of a low note it ends quietly, but steeply, so its slope is counted with it, as much as it rises when the sound
is at its peak. In a low note there may also be a single step far beyond those before it. Between the pulses of a
trumpet it ends quietly, but its last sample is still far above what a fade leaves: a fade of a hundred samples ends
at a hundredth of the sound.

A gap too short for a rest needs less: one end that is cut off for certain; and a note may start or end in it.
"""

from dataclasses import dataclass

import numpy as np

from stembridge.stages.checks.subject import Audio

ABRUPT, BARELY, FADED = 0.35, 0.15, 0.05
"""How loud the end is beside the sound: enough alone; with the other end, or the last sample; too little."""

LEAST_LAST = 0.03
"""The last sample beside the sound: a linear fade of 2 ms leaves about 0.01."""

TORN = 2.0
"""How far the step into a gap must be beyond the others of the last half millisecond to be a tear."""

LEAST_STEP = 2.0**-15
ROUNDED_STEPS, QUIET_STEPS = 3, 16
"""Zeros between quieter samples are the rounding of a slow wave; if it stands still elsewhere, too, those."""

STILL = 0.3
"""The share of samples that equal the one before, in a wave on a coarse grid."""

ALIKE, UNLIKE = 4.0, 30.0
"""How many times louder one side may be than the other; and when a note starts or ends in the gap."""


@dataclass(frozen=True)
class End:
    """How a sound ends.

    Attributes:
        level: how loud it is, root mean square.
        abruptness: how loud its end is beside that, 0 to about 1; 1 where its last step is a tear.
        last: its last sample, beside how loud it is.

    """

    level: float
    abruptness: float
    last: float

    @property
    def is_cut(self) -> bool:
        """Say whether no fade leaves such an end."""
        return self.abruptness >= ABRUPT or (self.abruptness >= FADED and self.last >= LEAST_LAST)


def are_heard(before: Audio, after: Audio, least: float) -> bool:
    """Say whether both sides of a gap are at least so loud, root mean square."""
    return min(_rms(before), _rms(after)) >= least


def are_cut(before: Audio, after: Audio, near: int, *, is_short: bool) -> bool:
    """Say whether a gap cuts a sound off on both sides.

    Args:
        before: what ends in the gap, a period of the lowest notes long, shape (frames,).
        after: what begins behind it, as long.
        near: the frames of an end: less than the fastest fade.
        is_short: the gap is too short for a rest.

    """
    if _is_rounded(before, after, 8 * near):
        return False
    ends = end(before, near), end(after[::-1], near)
    quiet, loud = sorted(each.level for each in ends)
    low, high = sorted(each.abruptness for each in ends)
    if loud > ALIKE * quiet:
        return is_short and low >= ABRUPT and loud <= UNLIKE * quiet
    return all(each.is_cut for each in ends) or (is_short and low >= BARELY and high >= ABRUPT)


def end(sound: Audio, near: int) -> End:
    """Measure how a sound of shape (frames,) ends; the last ``near`` frames are its end."""
    level, steps, last = _rms(sound), np.diff(sound), abs(float(sound[-1]))
    others = float(np.abs(steps[-2 * near :]).max())
    if last >= TORN * max(others, LEAST_STEP):
        return End(level, 1.0, last / level)
    loudness = np.hypot(_rms(sound[-near:]) / level, _rms(steps[-near:]) / max(_rms(steps), LEAST_STEP))
    return End(level, float(loudness / np.sqrt(2.0)), last / level)


def _is_rounded(before: Audio, after: Audio, around: int) -> bool:
    """Say whether the zeros may be a low step of a quiet wave."""
    edge = max(abs(float(before[-1])), abs(float(after[0]))) / LEAST_STEP
    still = [np.mean(np.diff(side) == 0.0) for side in (before[-around:], after[:around])]
    return edge < ROUNDED_STEPS or (edge < QUIET_STEPS and min(still) >= STILL)


def _rms(samples: Audio) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))
