"""Depth: samples that stand on a coarser grid than their file can hold.

Sixteen bits in a 24-bit file leave the lowest eight unused. After a constant gain the samples still stand on a
grid, of gain times 256 steps, rounded; its teeth show as one line in the Fourier transform of their histogram
(the characteristic function), whose height is the share of the samples on the grid. Rests that were dithered stand on
one tooth or two, which say nothing of a grid: no value counts more than a few others do.
"""

from collections.abc import Iterator

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from stembridge.audio.sound import Encoding
from stembridge.stages.checks.subject import Chunk, Subject
from stembridge.stages.finding import Finding

BITS = 24
VALUES = 2**17
"""Magnitudes that are counted, in steps of 24 bits: everything below -36 dBFS."""

STRIDE = 3
LEAST_SAMPLES = 2_000
LEAST_DISTINCT = 24
COARSEST, FINEST = 4_096, 12
"""Steps of the grids looked for: 16 bits with 24 dB of gain, to 20 bits."""

RESTS = 4
"""Which value, by how many samples it has, is the first that no rest stands on, be it dithered twice."""

DISTINCT = 4.0
"""How far the line stands above what is half way to it: a quiet sound's histogram has a hump there, not a valley."""

HOLDS_MORE = frozenset({Encoding.INT24, Encoding.INT32, Encoding.FLOAT32, Encoding.FLOAT64})


class Depth:
    """Counts the samples by magnitude."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._counts: NDArray[np.int64] = np.zeros(VALUES, np.int64)

    def hear(self, chunk: Chunk) -> None:
        """Take the next stretch."""
        if self._subject.sound.format.encoding not in HOLDS_MORE:
            return
        steps = np.abs(_in_steps(chunk.raw.reshape(-1)[::STRIDE]))
        self._counts += np.bincount(steps[steps < VALUES], minlength=VALUES)

    def findings(self) -> Iterator[Finding]:
        """Report the grid, if there is one."""
        rule = self._subject.check.fake_depth
        self._counts[0] = 0
        if self._counts.sum() < LEAST_SAMPLES or np.count_nonzero(self._counts) < LEAST_DISTINCT:
            return
        step, share = find_grid(self._counts)
        if share < rule.limit:
            return
        bits = BITS - np.log2(step)
        declared = self._subject.sound.format.encoding
        gain = "" if np.isclose(np.log2(step), np.round(np.log2(step)), atol=2e-3) else ", after a gain"
        yield self._subject.finding(
            rule,
            "fake-depth",
            f"{100 * share:.0f} % of the samples stand on a grid of about {bits:.1f} bits{gain};"
            f" the file says {declared.value}.",
            measured=float(share),
            limit=rule.limit,
            unit="share",
            hint="Ask for an export at the session's own depth.",
        )


def find_grid(counts: NDArray[np.int64]) -> tuple[float, float]:
    """Find the grid that most samples stand on.

    Args:
        counts: how many samples have each magnitude, shape (values,).

    Returns:
        The distance of its teeth in steps, and the share of the samples on it (0 to 1).

    """
    counts = np.minimum(counts, np.partition(counts, -RESTS)[-RESTS])
    heights = np.abs(scipy.fft.rfft(counts, 2 * len(counts))) / counts.sum()
    first, last = 2 * len(counts) // COARSEST, 2 * len(counts) // FINEST
    looked_at = heights[first : last + 1]
    place = _fundamental(heights, int(looked_at.argmax()) + first, first)
    valley = heights[round(0.35 * place) : round(0.65 * place)]
    if heights[place] < DISTINCT * np.median(valley):
        return 1.0, 0.0
    return 2 * len(counts) / place, float(heights[place])


def _fundamental(heights: NDArray[np.float64], place: int, first: int) -> int:
    """Find the coarsest grid of which this one is a part."""
    for part in range(place // first, 1, -1):
        near = slice(max(first, place // part - 1), place // part + 2)
        if heights[near].max() > 0.95 * heights[place]:
            return near.start + int(heights[near].argmax())
    return place


def _in_steps(samples: NDArray[np.generic]) -> NDArray[np.int64]:
    if samples.dtype == np.int32:
        return samples.astype(np.int64) >> 8
    return np.rint(samples.astype(np.float64) * 2.0 ** (BITS - 1)).astype(np.int64)
