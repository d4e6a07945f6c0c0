"""A signal moved in time: by whole samples, by fractions, along a drifting clock; pure."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.signal import oaconvolve

from stembridge.audio.sound import Block
from stembridge.stages.signals import Signal

HALF = 32
"""Taps on either side of the interpolating filter."""
PHASES = 512
AT_ONCE = 1 << 14


@dataclass(frozen=True, eq=False)
class Moved:
    """What a mix holds of a stem: frame ``n`` is frame ``(n - offset) * (1 + drift)`` of the stem.

    Attributes:
        signal: the stem.
        offset: in samples.
        drift: how much faster the stem's clock ran, as a fraction (1e-6 is 1 ppm).

    """

    signal: Signal
    offset: float
    drift: float = 0.0

    @property
    def frames(self) -> int:
        """One past its last frame that may sound."""
        return max(0, int(np.ceil(self.offset + self.signal.frames / (1.0 + self.drift))))

    @property
    def channels(self) -> int:
        """Its channels."""
        return self.signal.channels

    @cached_property
    def _table(self) -> NDArray[np.float32]:
        """Windowed-sinc filters for every 512th of a sample, shape (PHASES + 1, 2 * HALF)."""
        late = np.arange(PHASES + 1)[:, None] / PHASES
        distance = np.arange(-HALF + 1, HALF + 1) - late
        taper = np.cos(0.5 * np.pi * np.clip(distance / (HALF + 1), -1.0, 1.0)) ** 2
        return np.asarray(np.sinc(distance) * taper, np.float32)

    def read(self, start: int, stop: int) -> Block:
        """Read frames ``start`` to ``stop``; silence where it has none."""
        if self.drift == 0.0 and self.offset == round(self.offset):
            whole = round(self.offset)
            return self.signal.read(start - whole, stop - whole)
        if self.drift == 0.0:
            return self._late(start, stop)
        parts = [self._between(at, min(stop, at + AT_ONCE)) for at in range(start, stop, AT_ONCE)]
        return np.concatenate(parts) if parts else np.zeros((0, self.channels), np.float32)

    def _late(self, start: int, stop: int) -> Block:
        """Filter all by the same part of a sample."""
        whole = int(np.floor(-self.offset))
        taps = self._taps(np.array([-self.offset - whole]))[0]
        first = start + whole - HALF + 1
        source = self.signal.read(first, first + stop - start + 2 * HALF - 1)
        return np.asarray(oaconvolve(source, taps[::-1, None], mode="valid", axes=0), np.float32)

    def _between(self, start: int, stop: int) -> Block:
        places = (np.arange(start, stop) - self.offset) * (1.0 + self.drift)
        whole = np.floor(places).astype(np.int64)
        first = int(whole[0]) - HALF + 1
        source = self.signal.read(first, int(whole[-1]) + HALF + 1)
        taps = self._taps(places - whole)
        around = np.lib.stride_tricks.sliding_window_view(source, 2 * HALF, axis=0)[whole - whole[0]]
        return np.asarray(np.einsum("nct,nt->nc", around, taps), np.float32)

    def _taps(self, late: NDArray[np.float64]) -> NDArray[np.float32]:
        step = late * PHASES
        below = np.minimum(step.astype(np.int64), PHASES - 1)
        share = (step - below).astype(np.float32)[:, None]
        taps: NDArray[np.float32] = (1.0 - share) * self._table[below] + share * self._table[below + 1]
        return taps
