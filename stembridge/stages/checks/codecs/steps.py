"""How well lines stand on the steps of a quantiser, whatever gain changed all of them since; pure.

A line x was kept as a whole number q: x = ±step * |q| ** (4/3), with steps that are powers of 2 ** (1/4) apart. Raised
to the power of 3/4, the lines of a band are whole multiples of one step, and all steps are known but for one gain.
"""

from functools import lru_cache
from typing import cast

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

GAINS = 64
"""How many gains are tried between one step and the next."""

STEPS = 34
"""How many steps are tried: lines may be up to some 80 ** (4/3) of them high on the average."""

POWER = 0.75
"""Raised to it, lines stand at whole multiples of a step."""

SPACING = POWER * np.log(2.0) / 4.0
"""From a step to the next, raised likewise, as a natural logarithm."""

CLEAR = 8.0
"""How many times the noise of storage a step must be, raised likewise."""

FINE = SPACING / GAINS
"""From a gain to the next, raised likewise, as a natural logarithm."""

HALF, HIGHEST = round(np.log(0.5) / FINE), round(np.log(4_000.0) / FINE)
"""From where to where a line is held against a step, as logarithms of how many it is high.

What is below half a step would be at zero, as it is with every codec: that tells nothing of this one's steps.
"""


def fits(lines: NDArray[np.float32], edges: NDArray[np.intp], noise: float) -> NDArray[np.float32]:
    """Say how well the lines of each band stand on the best steps of each gain.

    Args:
        lines: shape (alignments, frames, lines).
        edges: of the bands that share a step, from line 0 on, shape (bands + 1,).
        noise: the level of a line's noise.

    Returns:
        Sums of cosines, shape (alignments, frames, bands, gains); minus infinity where all steps drown in noise.

    """
    widths = np.diff(edges)
    powers = np.add.reduceat(np.square(lines, dtype=np.float64), edges[:-1], axis=2) / widths
    power = powers.mean(axis=0) + 1e-30
    lowest = np.floor(POWER / 2.0 * np.log(power) / SPACING).astype(np.intp) - STEPS
    least = np.log(CLEAR * POWER * noise * power ** ((POWER - 1.0) / 2.0)) / SPACING
    drowned = np.ceil(least).astype(np.intp) - lowest
    heights = np.round(POWER * np.log(np.abs(lines) + 1e-20) / FINE).astype(np.intp)
    cycles = heights - np.repeat(lowest * GAINS, widths, axis=1)
    every = [[_fit(*frame, edges) for frame in zip(one, drowned, strict=True)] for one in cycles]
    return np.array(every)


def _fit(cycles: NDArray[np.intp], drowned: NDArray[np.intp], edges: NDArray[np.intp]) -> NDArray[np.float32]:
    """Say how well the lines of one frame fit, shape (bands, gains).

    Args:
        cycles: of the smallest step that each line is high, as a logarithm.
        drowned: how many of the smallest steps of each band are not to be tried.
        edges: of the bands.

    """
    cosines = _cosines()
    rows = np.split(np.clip(HIGHEST - cycles, 0, len(cosines) - 1), edges[1:-1])
    fits = np.array([cosines[band].sum(axis=0) for band in rows]).reshape(len(rows), STEPS, GAINS)
    fits[np.arange(STEPS) < drowned[:, np.newaxis]] = -np.inf
    return cast("NDArray[np.float32]", fits.max(axis=1))


@lru_cache(maxsize=1)
def _cosines() -> NDArray[np.float32]:
    """Return the cosines of a line's height in all steps, from the smallest up; a row for each height, falling."""
    told = np.cos(2.0 * np.pi * np.exp(np.arange(HIGHEST, HALF - 1, -1) * FINE))
    return sliding_window_view(np.pad(told.astype(np.float32), (0, STEPS * GAINS)), STEPS * GAINS)
