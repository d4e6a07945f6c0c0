"""Which frames and lines of an excerpt can tell of a codec: steady sound, above the noise of storage; pure.

A step in the sound (the start of a hit, the cut of a gate) fills all lines of the frames that hold it, but for the
alignments at which it lies on the edge of a window: a sharp dip that no codec made. Codecs use other, shorter
transforms there, so nothing is lost by leaving those frames out.
"""

import numpy as np
from numpy.typing import NDArray

AUDIBLE = 30.0
"""How far, in power, a line must be above the noise of storage to tell something."""

LEAST_LINES = 60
LEAST_FRAMES = 5
GRAINS = 4
RISE, FALL = 8.0, 100.0
"""How far, in power, the treble may rise or fall from one hop to the next."""

Flags = NDArray[np.bool_]


def telling(
    energies: NDArray[np.floating], noise: float, signal: NDArray[np.float32], hop: int, first_line: int
) -> tuple[Flags, NDArray[np.intp]] | None:
    """Choose the frames and the lines to look at.

    Args:
        energies: the mean square of each line in each frame, shape (frames, lines).
        noise: the level of the noise that storage adds.
        signal: what the frames were taken from, shape (samples,); frame i at alignment a starts at i * hop + a.
        hop: samples from one frame to the next.
        first_line: the lowest that is looked at.

    Returns:
        Flags of the frames, and the lines; None if there are too few of either.

    """
    loud = energies > AUDIBLE * noise * noise
    loud[:, :first_line] = False
    frames = (np.count_nonzero(loud, axis=1) >= LEAST_LINES) & ~_stepping(signal, hop, len(energies), noise)
    if np.count_nonzero(frames) < LEAST_FRAMES:
        return None
    lines = np.flatnonzero(loud[frames].mean(axis=0) >= 0.5)
    return (frames, lines) if len(lines) >= LEAST_LINES else None


def _stepping(signal: NDArray[np.float32], hop: int, frames: int, noise: float) -> Flags:
    """Flag the frames in which the treble rises or falls steeply, at any alignment."""
    grain = hop // GRAINS
    steps = np.diff(signal[: len(signal) // grain * grain], prepend=signal[:1]).reshape(-1, grain)
    sums = np.concatenate(([0.0], np.cumsum(np.square(steps, dtype=np.float64).sum(axis=1))))
    hops = sums[GRAINS:] - sums[:-GRAINS] + hop * noise * noise
    change = hops[GRAINS:] / hops[:-GRAINS]
    steep = np.pad((change > RISE) | (change < 1 / FALL), (GRAINS, 4 * GRAINS))
    return np.array([steep[GRAINS * i + 1 : GRAINS * (i + 3)].any() for i in range(frames)])
