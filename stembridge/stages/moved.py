"""A signal moved in time: by whole samples, by fractions, along a drifting clock; pure."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.polynomial import chebyshev
from numpy.typing import NDArray
from scipy.signal import oaconvolve

from stembridge.audio.sound import Block
from stembridge.stages.signals import Signal

HALF = 32
"""Taps on either side of the interpolating filter."""
NODES = 8
"""Points of a part of a sample through which its filters are interpolated: exact to -126 dB (Farrow, 1988)."""
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
        (taps,) = _sincs(np.array([-self.offset - whole])).astype(np.float32)
        first = start + whole - HALF + 1
        source = self.signal.read(first, first + stop - start + 2 * HALF - 1)
        return np.asarray(oaconvolve(source, taps[::-1, None], mode="valid", axes=0), np.float32)

    def _between(self, start: int, stop: int) -> Block:
        places = (np.arange(start, stop) - self.offset) * (1.0 + self.drift)
        whole = np.floor(places).astype(np.int64)
        first = int(whole[0]) - HALF + 1
        source = self.signal.read(first, int(whole[-1]) + HALF + 1)
        weights = chebyshev.chebvander(2.0 * (places - whole) - 1.0, NODES - 1).astype(np.float32)
        found = np.empty((stop - start, self.channels), np.float32)
        for channel, samples in enumerate(source.T):
            filtered = sliding_window_view(samples, 2 * HALF) @ _polynomials()
            found[:, channel] = np.einsum("np,np->n", filtered[whole - whole[0]], weights)
        return found


def _sincs(late: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return windowed sincs that read parts of a sample late, shape (len(late), 2 * HALF)."""
    distance = np.arange(-HALF + 1, HALF + 1) - late[:, None]
    taper = np.cos(0.5 * np.pi * np.clip(distance / (HALF + 1), -1.0, 1.0)) ** 2
    return np.asarray(np.sinc(distance) * taper)


@cache
def _polynomials() -> NDArray[np.float32]:
    """Return each tap as a polynomial of the part of a sample, in Chebyshev's basis, shape (2 * HALF, NODES)."""
    nodes = chebyshev.chebpts1(NODES)
    taps = np.linalg.solve(chebyshev.chebvander(nodes, NODES - 1), _sincs(0.5 * (nodes + 1.0)))
    return np.ascontiguousarray(taps.T, np.float32)
