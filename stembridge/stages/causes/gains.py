"""Explanations by gains: one stem, all of it, none of it, upside down, the whole set; pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stembridge.stages.causes.evidence import Evidence
from stembridge.stages.causes.explanation import Explanation, Kind
from stembridge.stages.signals import Signal

AUDIBLE_DB = 0.05
"""A gain nearer to 0 dB than this is none."""
ABSENT = 0.03
"""A stem with less than this factor is not in the mix."""
NEARLY_ABSENT = 0.12
"""The same where other things are wrong too, so that the factor is not exact."""
EXACT_DB = -20.0
LEAST_DB = -200.0
SILENT = 1e-9
"""Mean square below which a stem is not heard: -90 dBFS, where the dither of 16 bits lies."""
NOTHING = 1e-12

Gram = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Measured:
    """Products of what is left and of the stems with each other, over the pieces.

    Attributes:
        products: shape (1 + stems, 1 + stems); the first row is what is left.
        samples: how many were multiplied.

    """

    products: Gram
    samples: int

    @classmethod
    def of(cls, evidence: Evidence) -> "Measured":
        """Multiply everything with everything."""
        samples = evidence.mix.channels * sum(stop - start for start, stop in evidence.spans)
        return cls(gram(evidence, (evidence.left, *evidence.stems)), samples)

    @property
    def is_heard(self) -> NDArray[np.bool_]:
        """Which stems sound in the pieces."""
        own: NDArray[np.bool_] = np.diag(self.products)[1:] > SILENT * self.samples
        return own

    def changes(self, members: Sequence[int]) -> NDArray[np.float64]:
        """Return what must be added to the gains of some stems to leave least."""
        rows = [1 + member for member in members]
        scale = np.sqrt(np.maximum(np.diag(self.products)[rows], NOTHING))
        among = self.products[np.ix_(rows, rows)] / np.outer(scale, scale)
        solved, *_ = np.linalg.lstsq(among, self.products[rows, 0] / scale, rcond=1e-9)
        return np.asarray(solved / scale, np.float64)

    def left_db(self, weights: NDArray[np.float64]) -> float:
        """Return what is left when weighted stems are taken away, against what is left now."""
        full = np.concatenate([[1.0], -weights])
        return to_db(float(full @ self.products @ full) / max(self.products[0, 0], 1e-30))


def gram(evidence: Evidence, signals: Sequence[Signal], inside: tuple[int, int] | None = None) -> Gram:
    """Multiply signals with each other over the pieces, or what of them is inside (first, last exclusive)."""
    total = np.zeros((len(signals), len(signals)))
    for blocks in zip(*(evidence.blocks(signal, inside) for signal in signals), strict=True):
        rows = np.stack([block.ravel() for block in blocks]).astype(np.float64)
        total += rows @ rows.T
    return total


def explain_by_gains(measured: Measured) -> Iterator[Explanation]:
    """Try each stem's gain, and that of the whole set."""
    count = len(measured.products) - 1
    heard = [index for index in range(count) if measured.is_heard[index]]
    for index in heard:
        weights = np.zeros(count)
        weights[index] = float(measured.changes([index])[0])
        yield one_stem(index, 1.0 + float(weights[index]), measured.left_db(weights))
    yield _whole_set(measured, count)


def to_db(share: float) -> float:
    """Convert a share of energy to dB."""
    return max(LEAST_DB, 10.0 * float(np.log10(max(share, 1e-20))))


def gain_db(factor: float) -> float:
    """Convert a factor, whatever its sign, to dB."""
    return max(LEAST_DB, 20.0 * float(np.log10(max(abs(factor), 1e-10))))


def one_stem(index: int, factor: float, left_db: float) -> Explanation:
    """Say what a stem is whose gain must be multiplied with a factor: louder, inverted, or not in the mix."""
    absent = ABSENT if left_db < EXACT_DB else NEARLY_ABSENT
    kind = Kind.EXTRA if abs(factor) < absent else Kind.POLARITY if factor < 0.0 else Kind.GAIN
    return Explanation(kind, (index,), left_db, -gain_db(factor), factor)


def _whole_set(measured: Measured, count: int) -> Explanation:
    whole = np.ones(count)
    shared = float(measured.products[0, 1:] @ whole)
    factor = 1.0 + shared / max(float(whole @ measured.products[1:, 1:] @ whole), NOTHING)
    kind = Kind.SET_POLARITY if factor < 0.0 else Kind.SET_GAIN
    return Explanation(kind, (), measured.left_db((factor - 1.0) * whole), -gain_db(factor), factor)
