"""Waveforms as SVG path data; pure.

The height is the square root of the amplitude, full scale at the edges: at -40 dB a stem is still a tenth of the
lane high, so that what is quiet can be told from what is silent. Below -84 dBFS nothing is drawn: that is silence
and its dither.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stembridge.audio.overview import Overview

HALF = 64
"""Steps from the middle of a lane to full scale."""


@dataclass(frozen=True)
class Waveform:
    """A drawing of a sound, one unit wide a column, ``-HALF`` (full scale) to ``HALF`` high.

    Attributes:
        columns: its width.
        peaks: path data of its extremes.
        body: path data of its root mean square.

    """

    columns: int
    peaks: str
    body: str


def draw(overview: Overview, *, columns: int) -> Waveform:
    """Draw a sound in at most this many columns."""
    shape = overview.reduced(columns)
    return Waveform(
        len(shape.rms),
        outline(_heights(shape.highest), _heights(shape.lowest)),
        outline(_heights(shape.rms), _heights(-shape.rms)),
    )


def outline(upper: NDArray[np.int64], lower: NDArray[np.int64]) -> str:
    """Return closed paths around an area whose columns are one unit wide; columns without height are left out.

    Args:
        upper: the upper edge of each column, shape ``(columns,)``; y grows downwards.
        lower: the lower edge.

    """
    sounding = np.flatnonzero(upper != lower)
    stretches = np.split(sounding, np.flatnonzero(np.diff(sounding) > 1) + 1)
    return "".join(_area(int(at[0]), upper[at], lower[at]) for at in stretches if len(at))


def _area(left: int, upper: NDArray[np.int64], lower: NDArray[np.int64]) -> str:
    there, back = _steps(1, np.diff(upper)), _steps(-1, np.diff(lower[::-1]))
    return f"M{left} {upper[0]}{there}V{lower[-1]}{back}z"


def _heights(values: NDArray[np.float32]) -> NDArray[np.int64]:
    clipped = np.clip(values.astype(np.float64), -1.0, 1.0)
    return np.round(-HALF * np.sign(clipped) * np.sqrt(np.abs(clipped))).astype(np.int64)


def _steps(across: int, changes: Iterable[int]) -> str:
    """Draw columns as steps; columns of one height are one stroke."""
    parts: list[str] = []
    run = across
    for change in changes:
        if change:
            parts.append(f"h{run}v{change}")
            run = 0
        run += across
    return "".join((*parts, f"h{run}"))
