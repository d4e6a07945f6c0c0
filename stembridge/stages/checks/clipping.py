"""Clipping: flat tops, runs of equal extreme samples that the sound runs into and out of with a corner.

A low note that was stored with few bits has flat tops, too, but round ones: its neighbours are a step or two
below. A square wave has nothing but flat tops, with a jump at each end: it is reported, not condemned. A sound of
many steps (a bit crusher) is flat at every level, one made of steps (a coarse wave table) is flat nearly everywhere:
both are how the sound is made.

What was clipped before it was dithered, or stored with few bits and then given a gain, has tops that are flat but
for those steps, however deep the file is. So flat tops are looked for with several slacks.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stembridge.stages.checks.subject import Audio, Chunk, Subject, decibels
from stembridge.stages.finding import Finding, Severity

DITHER = 2.5
"""Steps of storage that dither may move a flat top by."""

DITHERED_TWICE = 5.0
"""The same after a second dither."""

COARSE_BITS = 16
"""What a deep file may have been stored with before."""

CORNER = 4.0
"""The least drop at both ends of a run, in those: more than rounding makes at the top of a low note, which is 2.8."""

MOST_BITS = 24

LEVEL = 2.0
"""How far a flat top may lean, in those: the top of a low note is flat from sample to sample, and round as a whole."""

LONG, MANY = (4, 5), (3, 6)
"""Samples of the longest run, or else runs, that there are at least, with the file's slack and with more."""

QUIETEST = 0.01
CARRIED = 4_096
MOST_RUNS = 200_000
STEPPED_LEVELS = 6
USED_AGAIN = 0.5
"""The share of the levels with flat tops that have more than one; by chance a top is flat at a level of its own."""

LOUD = 0.5
"""Flat tops louder than this share of the ceiling are seldom chance."""

WITNESSES = (5, 20)
"""Flat tops that share a level below the ceiling, loud ones and others, from which it is no chance that they do."""

SQUARE_JUMP = 0.5
MOSTLY = 0.4
"""The share of flat places in the loud part of a sound that is made of steps."""


@dataclass(frozen=True, eq=False)
class Runs:
    """Flat tops of one channel, arrays of shape (runs,).

    Attributes:
        start: the first frame of each.
        length: its frames.
        value: its sample.
        jump: the larger drop at its ends.

    """

    start: NDArray[np.int64]
    length: NDArray[np.int64]
    value: NDArray[np.float32]
    jump: NDArray[np.float32]

    def where(self, mask: NDArray[np.bool_]) -> "Runs":
        """Keep some of them."""
        return Runs(self.start[mask], self.length[mask], self.value[mask], self.jump[mask])


def flat_tops(samples: Audio, least: int, slack: float) -> Runs:
    """Find runs of equal samples that stick out on both sides.

    Args:
        samples: one channel, shape (frames,).
        least: the samples that make a run.
        slack: how far samples may differ and be called equal.

    """
    equal = np.abs(np.diff(samples)) <= slack
    inside = equal[1:] & equal[:-1] & (np.abs(samples[2:]) >= QUIETEST)
    flat = np.flatnonzero(inside)
    first = flat[np.diff(flat, prepend=-2) > 1] if flat.size else flat
    last = flat[np.diff(flat, append=flat[-1] + 2) > 1] if flat.size else flat
    whole = (first > 0) & (last + 3 < len(samples)) & (last - first + 3 >= least)
    first, last = first[whole], last[whole]
    level = _spread(samples, first, last + 3) <= LEVEL * slack
    first, last = first[level], last[level]
    value = samples[first]
    before, after = value - samples[first - 1], value - samples[last + 3]
    outward = np.sign(value)
    low, high = np.minimum(before * outward, after * outward), np.maximum(before * outward, after * outward)
    return Runs(first.astype(np.int64), last - first + 3, value, high).where(low >= CORNER * slack)


def _spread(samples: Audio, starts: NDArray[np.intp], stops: NDArray[np.intp]) -> Audio:
    """Return the distance of the highest from the lowest sample of each run; runs have a sample between them."""
    if not starts.size:
        return np.zeros(0, np.float32)
    edges = np.stack((starts, stops), axis=1).ravel()
    spread: Audio = (np.maximum.reduceat(samples, edges) - np.minimum.reduceat(samples, edges))[::2]
    return spread


class FlatTops:
    """Collects the flat tops of every channel, by one slack."""

    def __init__(self, channels: int, least: int, slack: float) -> None:
        self._least, self._slack = least, slack
        self._tails: list[Audio] = [np.zeros(1, np.float32)] * channels
        self._runs: list[list[Runs]] = [[] for _ in range(channels)]

    def hear(self, chunk: Chunk) -> None:
        """Take the next stretch."""
        for channel, new in enumerate(chunk.audio):
            samples = np.concatenate((self._tails[channel], new))
            found = flat_tops(samples, self._least, self._slack)
            offset = chunk.start - len(self._tails[channel])
            if sum(len(each.start) for each in self._runs[channel]) < MOST_RUNS and found.start.size:
                self._runs[channel].append(replace(found, start=found.start + offset))
            self._tails[channel] = _open_end(samples, self._slack)

    def at_the_ceiling(self, extremes: NDArray[np.float32]) -> Runs | None:
        """Return the runs at the levels where the sound is cut; extremes of shape (channels, 2)."""
        clipped = [
            _at_the_ceiling(_joined(runs), own, self._slack)
            for runs, own in zip(self._runs, extremes, strict=True)
            if runs
        ]
        return _joined(clipped) if clipped else None


class Clipping:
    """Looks for flat tops, with the slack of the file and of what it may have been stored with before."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._rule = subject.check.clipping
        channels = subject.sound.format.channels
        bits = min(MOST_BITS, subject.sound.format.encoding.bits)
        slacks = {DITHER * _step(bits), DITHER * _step(COARSE_BITS), DITHERED_TWICE * _step(COARSE_BITS)}
        self._passes = [FlatTops(channels, self._rule.run, slack) for slack in sorted(slacks)]
        self._extremes = np.zeros((channels, 2), np.float32)
        self._loud, self._flat = 0, 0

    def hear(self, chunk: Chunk) -> None:
        """Take the next stretch."""
        self._extremes[:, 0] = np.minimum(self._extremes[:, 0], chunk.audio.min(axis=1))
        self._extremes[:, 1] = np.maximum(self._extremes[:, 1], chunk.audio.max(axis=1))
        for samples in chunk.audio:
            self._count_steps(samples)
        for each in self._passes:
            each.hear(chunk)

    def findings(self) -> Iterator[Finding]:
        """Report the runs at the levels where the sound is cut."""
        runs = self._most()
        count = len(runs.start) if runs else 0
        if runs is None or count <= self._rule.limit:
            return
        square = float(np.median(runs.jump / np.abs(runs.value))) > SQUARE_JUMP
        yield self._told(runs, count, square=square or self._flat > MOSTLY * self._loud)

    def _most(self) -> Runs | None:
        """Return the runs of the pass that found most."""
        found = (each.at_the_ceiling(self._extremes) for each in self._passes)
        certain = (
            each
            for place, each in enumerate(found)
            if each is not None and not _is_chance(each, is_wide=place > 0)
        )
        return max(certain, key=lambda each: len(each.start), default=None)

    def _count_steps(self, samples: Audio) -> None:
        """Count the loud places, and the flat ones among them, in a tenth of the sound."""
        part = samples[: len(samples) // 10 + 2]
        loud = np.abs(part[1:]) >= QUIETEST
        self._loud += int(np.count_nonzero(loud))
        self._flat += int(np.count_nonzero(loud & (part[1:] == part[:-1])))

    def _told(self, runs: Runs, count: int, *, square: bool) -> Finding:
        longest, first = int(runs.length.max()), int(runs.start.min())
        level = decibels(float(np.abs(runs.value).max()))
        what = f"{count:,} flat tops at {level:.2f} dBFS, the longest of {longest} samples"
        finding = self._subject.finding(
            self._rule,
            "flat-tops" if square else "clipping",
            f"{what}; it looks like a wave made of steps." if square else f"{what}: it was clipped.",
            measured=float(count),
            limit=float(self._rule.limit),
            unit="runs",
            at=self._subject.time(first),
            hint="" if square else "Ask for an export with more headroom, without a clipper on the bus.",
        )
        return replace(finding, severity=Severity.INFO) if square else finding


def _step(bits: int) -> float:
    return float(2.0 ** (1 - bits))


def _open_end(samples: Audio, slack: float) -> Audio:
    """Keep the run that may go on in the next stretch, and one sample before it."""
    changes = np.flatnonzero(np.abs(np.diff(samples[-CARRIED:])) > slack) + max(0, len(samples) - CARRIED)
    start = int(changes[-1]) if changes.size else 0
    return samples[max(start, len(samples) - CARRIED) :]


def _joined(runs: list[Runs]) -> Runs:
    return Runs(
        np.concatenate([each.start for each in runs]),
        np.concatenate([each.length for each in runs]),
        np.concatenate([each.value for each in runs]),
        np.concatenate([each.jump for each in runs]),
    )


def _is_chance(runs: Runs, *, is_wide: bool) -> bool:
    return int(runs.length.max(initial=0)) < LONG[is_wide] and len(runs.length) < MANY[is_wide]


def _at_the_ceiling(runs: Runs, extremes: NDArray[np.float32], slack: float) -> Runs:
    """Keep the runs at the extremes of the file, and at a level that many share; none of a stepped sound."""
    rounded = np.round(runs.value / (4 * slack))
    values, place, counts = np.unique(rounded, return_inverse=True, return_counts=True)
    at_extreme = np.isclose(runs.value[:, None], extremes[None, :], rtol=0.0, atol=4 * slack).any(axis=1)
    is_loud = np.abs(runs.value) >= LOUD * np.abs(extremes).max()
    is_shared = counts[place] >= np.maximum(np.where(is_loud, *WITNESSES), 0.2 * len(runs.value))
    kept = runs.where(at_extreme | is_shared)
    loud = np.count_nonzero(is_loud)
    used_again = np.count_nonzero(counts > 1) > USED_AGAIN * len(values)
    others = len(runs.value) if used_again else loud
    stepped = len(values) > STEPPED_LEVELS and len(kept.value) < 0.5 * others
    return runs.where(np.zeros(len(runs.value), bool)) if stepped else kept
