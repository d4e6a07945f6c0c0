"""The place of a stem by those times and frequencies of a mix in which hardly anything else sounds; pure.

What else a mix holds is no Gaussian noise: music that starts on the same beats and plays the same notes is far above
its mean level at many times and frequencies, alike each time, and far below it at a few. An M-estimate with the weights
of a likelihood with heavy tails (Cauchy's) lets those few decide: least squares, each time and frequency weighted anew
by the inverse of what the stem leaves of it (P. W. Holland, R. E. Welsch, "Robust regression using iteratively
reweighted least-squares", Communications in Statistics A6, 1977). Its scale is a share of the stem's own power.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stembridge.stages.moved import Moved
from stembridge.stages.signals import Signal
from stembridge.stages.whitening import Frames

LEAST_LEFT = 0.001
"""Share of the stem's own power that is always taken to be left: no mix holds a stem quite unchanged."""
AUDIBLE = 1e-9
"""Share of the highest power beneath which nothing counts."""
INFORMED = 1e-3
"""What a frequency must tell, as a part of what the best one tells, to be looked at again and again."""
ROUNDS = 60
CLOSE = 0.002
"""The last step, in samples."""

Reals = NDArray[np.float32]
"""Shape (times and channels, frequencies)."""


@dataclass(frozen=True)
class Held:
    """A stem in a mix.

    Attributes:
        delay: in samples.
        gain: below 0 with the other polarity.

    """

    delay: float
    gain: float


@dataclass(frozen=True, eq=False)
class Cells:
    """A mix and a stem by time and frequency.

    Attributes:
        mix: the powers of the mix.
        stem: the powers of the stem.
        shared: the mix times the conjugate of the stem.
        angles: by which a delay of one sample turns each frequency, in radians.

    """

    mix: Reals
    stem: Reals
    shared: NDArray[np.complex64]
    angles: NDArray[np.float64]

    @classmethod
    def of(cls, mix: Signal, stem: Signal, grid: Frames, stretches: Sequence[tuple[int, int]]) -> "Cells":
        """Look at stretches of frames, and at as many frames that lie between them."""
        heard, own = (
            np.concatenate(
                [
                    grid.analyse(Moved(signal, between), *stretch).reshape(-1, grid.hop + 1)
                    for between in (0.0, grid.hop / 2)
                    for stretch in stretches
                ]
            )
            for signal in (mix, stem)
        )
        angles = np.pi * np.arange(grid.hop + 1) / grid.hop
        return cls(_power(heard), _power(own), heard * own.conj(), angles)

    def only(self, which: NDArray[np.bool_]) -> "Cells":
        """Keep some frequencies."""
        return Cells(self.mix[:, which], self.stem[:, which], self.shared[:, which], self.angles[which])

    def weights(self, held: Held) -> Reals:
        """Weigh each time and frequency by the inverse of the power that the stem leaves of it."""
        turn = np.exp(1j * self.angles * held.delay).astype(np.complex64)
        own = np.float32(held.gain**2) * self.stem
        left = self.mix + own - np.float32(2.0 * held.gain) * (self.shared * turn).real
        floor = np.float32(AUDIBLE * self.mix.max() + np.finfo(np.float32).tiny)
        return np.asarray(1.0 / (np.maximum(left, 0.0) + np.float32(LEAST_LEFT) * own + floor))


def _power(spectra: NDArray[np.complex64]) -> Reals:
    return np.asarray(np.square(spectra.real) + np.square(spectra.imag))


def hold(cells: Cells, held: Held) -> Held:
    """Find delay and gain near known ones.

    Args:
        cells: of the stem and the mix.
        held: where to begin, within some three samples.

    Returns:
        What was found; where it began, if the stem is silent.

    """
    told = np.square(cells.angles) * (cells.weights(held) * cells.stem).sum(axis=0, dtype=np.float64)
    if not told.any():
        return held
    cells = cells.only(told > INFORMED * told.max())
    for _ in range(ROUNDS):
        before, held = held, _step(cells, held)
        if abs(held.delay - before.delay) < CLOSE:
            break
    return held


def _step(cells: Cells, held: Held) -> Held:
    """Solve the weighted least squares: by Newton's method for the delay, exactly for the gain."""
    weights = cells.weights(held)
    cross = (weights * cells.shared).sum(axis=0, dtype=np.complex128)
    power = float((weights * cells.stem).sum(dtype=np.float64))
    turned = np.sign(held.gain) * cross * np.exp(1j * cells.angles * held.delay)
    slope = -float((cells.angles * turned.imag).sum())
    bend = float((np.square(cells.angles) * turned.real).sum())
    delay = held.delay + float(np.clip(slope / bend if bend > 0.0 else 0.0, -0.5, 0.5))
    gain = float((cross * np.exp(1j * cells.angles * delay)).real.sum()) / power
    return replace(held, delay=delay, gain=gain)
