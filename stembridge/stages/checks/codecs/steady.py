"""Which frames of an excerpt can tell of a codec: those in which the sound goes on steadily; pure.

A step in the sound (the start of a hit, the cut of a gate) fills all lines of the frames that hold it, but for the
alignments at which it lies on the edge of a window: a sharp dip that no codec made. Codecs use other, shorter
transforms there, so nothing is lost by leaving those frames out. Nor do frames count that say the same as the one
before, as those of a wave whose period is the hop or a part of it: chance would be added up as if it were a codec.
"""

import numpy as np
from numpy.typing import NDArray

GRAINS = 4
RISE, FALL = 8.0, 100.0
"""How far, in power, the treble may rise or fall from one hop to the next."""

REPEATED = 0.05
"""What a frame must have, in power, that was not in the one before."""

Flags = NDArray[np.bool_]


def steady(signal: NDArray[np.float32], hop: int, frames: int, noise: float) -> Flags:
    """Flag the frames in which the treble neither rises nor falls steeply, at any alignment, nor repeats itself.

    Args:
        signal: shape (samples,); frame i at alignment a starts at i * hop + a.
        hop: samples from one frame to the next.
        frames: how many.
        noise: the level of the noise that storage adds.

    """
    grain = hop // GRAINS
    steps = np.diff(signal[: len(signal) // grain * grain], prepend=signal[:1])
    fresh = steps.copy()
    fresh[hop:] -= steps[:-hop]
    hops = _powers(steps, grain) + hop * noise * noise
    change = hops[GRAINS:] / hops[:-GRAINS]
    steep = np.pad((change > RISE) | (change < 1 / FALL), (GRAINS, 4 * GRAINS))
    same = _powers(fresh, grain)[GRAINS:] < REPEATED * hops[GRAINS:]
    return np.array(
        [
            not (steep[GRAINS * i + 1 : GRAINS * (i + 3)].any() or same[GRAINS * i : GRAINS * (i + 1)].all())
            for i in range(frames)
        ]
    )


def _powers(steps: NDArray[np.float32], grain: int) -> NDArray[np.float64]:
    """Return the sums of squares of each hop, one grain apart."""
    grains = np.square(steps, dtype=np.float64).reshape(-1, grain).sum(axis=1)
    sums = np.concatenate(([0.0], np.cumsum(grains)))
    return np.asarray(sums[GRAINS:] - sums[:-GRAINS])
