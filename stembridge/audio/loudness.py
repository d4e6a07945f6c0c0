"""Loudness from the energies of short blocks: windows, gates, percentiles.

Sources: ITU-R BS.1770-5 Annex 1 (the formula, the gates), EBU Tech 3341 (momentary 400 ms, short-term 3 s),
EBU Tech 3342 (loudness range). Powers are mean squares of K-weighted samples, summed over weighted channels.

Blocks are 10 ms: the maxima of momentary and short-term loudness are looked for at every 10 ms, because
Tech 3341 cases 10 and 13 are missed by a window that only moves in steps of 100 ms. Gating blocks of
400 ms start every 100 ms. A block starts at the sample nearest to its time, so nothing drifts at rates
that 10 ms do not divide.
"""

import math

import numpy as np
from numpy.typing import NDArray

from stembridge.units import Hertz

Array = NDArray[np.float64]

BLOCKS_A_SECOND = 100
MOMENTARY_BLOCKS = 40
SHORT_TERM_BLOCKS = 300
GATING_STEP_BLOCKS = 10

RANGE_STEP_BLOCKS = 100
"""Blocks between the windows of the loudness range: 1 s, which makes it equal to libebur128's.

Tech 3342 asks for steps of 0.1 s or less since 2016, as ffmpeg takes. The two agree where the programme is
steady; where its level wanders over 20 LU, half an LU apart was usual and 1 LU the worst seen.
"""

_OFFSET = -0.691
_ABSOLUTE_GATE = 10.0 ** ((-70.0 - _OFFSET) / 10.0)
_RELATIVE_GATE = 10.0 ** (-10.0 / 10.0)
_RANGE_GATE = 10.0 ** (-20.0 / 10.0)


def block_edges(first: int, last: int, rate: Hertz) -> NDArray[np.int64]:
    """Return where blocks ``first`` to ``last`` (inclusive) start, in samples from the start of the sound."""
    return (np.arange(first, last + 1, dtype=np.int64) * rate + BLOCKS_A_SECOND // 2) // BLOCKS_A_SECOND


def whole_blocks(frames: int, rate: Hertz) -> int:
    """Return how many blocks have ended within the first ``frames`` samples."""
    return (frames * BLOCKS_A_SECOND + (BLOCKS_A_SECOND - 1) // 2) // rate


class BlockEnergies:
    """The energies of 10 ms blocks, summed over weighted channels, as the samples stream by."""

    def __init__(self, rate: Hertz, weights: Array) -> None:
        self._rate = rate
        self._weights = weights
        self._frames = 0
        self._closed: list[Array] = []
        self._open = 0.0

    def add(self, squares: Array) -> None:
        """Add squared samples, shape (channels, frames); the last block may stay open for the next call."""
        start, stop = self._frames, self._frames + squares.shape[1]
        ends = block_edges(whole_blocks(start, self._rate) + 1, whole_blocks(stop, self._rate), self._rate)
        cuts = np.concatenate(([0], ends[ends < stop] - start))
        sums = self._weights @ np.add.reduceat(squares, cuts, axis=1)
        sums[0] += self._open
        self._open = float(sums[-1]) if len(cuts) > len(ends) else 0.0
        self._closed.append(sums[: len(ends)])
        self._frames = stop

    def until(self, frames: int) -> Array:
        """Return the energies of the blocks that end within the first ``frames`` samples, shape (blocks,)."""
        return np.concatenate(self._closed)[: whole_blocks(frames, self._rate)]


def power_to_lufs(power: float) -> float | None:
    """Convert a power to LUFS; no power has no loudness, and gives None."""
    return _OFFSET + 10.0 * math.log10(power) if power > 0.0 else None


def window_powers(energies: Array, rate: Hertz, *, length: int) -> Array:
    """Return the powers of the windows of ``length`` blocks that start at every block.

    Args:
        energies: sums of squares of whole blocks, shape (blocks,).
        rate: the sample rate that the blocks were cut at.
        length: blocks in a window.

    Returns:
        Mean squares, shape (windows,); empty when the sound is shorter than one window.

    """
    if len(energies) < length:
        return np.empty(0)
    edges = block_edges(0, len(energies), rate)
    return np.asarray(np.convolve(energies, np.ones(length), "valid") / (edges[length:] - edges[:-length]))


def gated_power(powers: Array) -> float:
    """Return the mean of the powers that pass the absolute, then the relative gate; 0 if none."""
    return float(_gate(powers, _RELATIVE_GATE).mean()) if _loud(powers).size else 0.0


def loudness_range(powers: Array) -> float | None:
    """Return the loudness range in LU: from the 10th to the 95th percentile of the gated short-term loudness.

    Args:
        powers: of short-term windows, shape (windows,).

    Returns:
        The range, 0 or more; None when no window passes the absolute gate.

    """
    if not _loud(powers).size:
        return None
    gated = np.sort(_gate(powers, _RANGE_GATE))
    low, high = (int((len(gated) - 1) * share + 0.5) for share in (0.10, 0.95))
    return 10.0 * math.log10(gated[high] / gated[low])


def _loud(powers: Array) -> Array:
    return np.asarray(powers[powers >= _ABSOLUTE_GATE])


def _gate(powers: Array, relative: float) -> Array:
    """Keep the powers over the absolute gate, and not far under the mean of those."""
    loud = _loud(powers)
    return np.asarray(loud[loud >= loud.mean() * relative])
