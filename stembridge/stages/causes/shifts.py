"""Explanations by time: one stem, or the whole set, stands early or late; pure.

What the other stems leave of the mix is the stem itself, where it belongs. Its correlation with the stem there is
hardly disturbed, so a plain one does, and the exact null decides.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from stembridge.audio.sound import Block
from stembridge.stages.causes.evidence import Evidence
from stembridge.stages.causes.explanation import Explanation, Kind
from stembridge.stages.causes.gains import gain_db, gram, to_db
from stembridge.stages.moved import Moved
from stembridge.stages.peaks import between_samples
from stembridge.stages.signals import Signal
from stembridge.stages.sums import Sum

MOST_SPANS = 3
LEAST_FACTOR = 0.1
"""What is moved and hardly there is not there at all."""
LEAST_BETTER = 0.8
"""A shift must leave less than this share of what no shift leaves of a stem's place."""
SOME = 0.01
"""Shifts at which less than this of a stem's sound is inside say nothing."""
CLOSE = 0.02
"""A fraction of a sample below this is none."""
SIDES = np.array([0.8, 0.6])
"""How channels are folded, so that neither the middle nor the sides cancel."""

Curve = NDArray[np.float64]


def explain_by_shifts(evidence: Evidence, heard: list[int], limit: int) -> Iterator[Explanation]:
    """Try to move each stem that is heard, and all of them.

    Args:
        evidence: what is left.
        heard: the stems that sound.
        limit: the largest shift, either way, in samples.

    """
    for index in heard:
        found = _moved(evidence, evidence.stems[index], limit)
        if found is not None and abs(found[1]) > LEAST_FACTOR:
            yield late(Kind.LATE, (index,), *found)
    whole = _moved(evidence, evidence.total, limit)
    if whole is not None:
        yield late(Kind.SET_LATE, (), *whole)


def loudest(evidence: Evidence, signal: Signal, count: int) -> list[tuple[int, int]]:
    """Choose the pieces in which a signal is loudest."""
    return sorted(evidence.spans, key=lambda span: -_energy(signal.read(*span)))[:count]


def late(kind: Kind, stems: tuple[int, ...], shift: float, factor: float, left_db: float) -> Explanation:
    """Say what a stem is that must be moved by some samples, and multiplied with a factor."""
    more = (("gain_db", -gain_db(factor)), ("polarity", 1.0 if factor > 0.0 else -1.0))
    return Explanation(kind, stems, left_db, -shift, factor, more)


def _moved(evidence: Evidence, signal: Signal, limit: int) -> tuple[float, float, float] | None:
    """Find the shift that leaves least: in samples, with the gain there, and what it leaves in dB."""
    own = Sum((evidence.left, signal), signal.channels)
    curve = _likeness(evidence, own, signal, limit)
    peak = between_samples(curve, int(np.abs(curve).argmax()))
    if abs(peak.lag - limit) < CLOSE or 1.0 - peak.height**2 > LEAST_BETTER * (1.0 - curve[limit] ** 2):
        return None
    whole = _tried(evidence, own, signal, round(peak.lag) - limit)
    if abs(peak.lag - round(peak.lag)) < CLOSE:
        return whole
    return min(whole, _tried(evidence, own, signal, peak.lag - limit), key=lambda each: each[2])


def _tried(evidence: Evidence, own: Signal, signal: Signal, shift: float) -> tuple[float, float, float]:
    products = gram(evidence, (own, Moved(signal, shift)))
    factor = products[0, 1] / max(products[1, 1], 1e-12)
    left = products[0, 0] - factor * products[0, 1]
    return float(shift), float(factor), to_db(left / max(evidence.energy, 1e-30))


def _likeness(evidence: Evidence, own: Signal, signal: Signal, limit: int) -> Curve:
    """Correlate a stem's place in the mix with the stem, by lag, from -1 to 1, where the stem is loudest."""
    shared, energy, target = np.zeros(2 * limit + 1), np.zeros(2 * limit + 1), 0.0
    for start, stop in loudest(evidence, signal, MOST_SPANS):
        size = int(fft.next_fast_len(stop - start + 2 * limit, real=True))
        here, around = folded(own.read(start, stop)), folded(signal.read(start - limit, stop + limit))
        product = fft.rfft(here, n=size).conj() * fft.rfft(around, n=size)
        shared += fft.irfft(product, n=size)[: 2 * limit + 1][::-1]
        passed = np.concatenate([[0.0], np.cumsum(np.square(around, dtype=np.float64))])
        energy += (passed[stop - start :] - passed[: len(passed) - (stop - start)])[::-1]
        target += float(np.square(here, dtype=np.float64).sum())
    likeness: Curve = shared / np.sqrt(np.maximum(energy * target, 1e-20))
    return np.where(energy > SOME * energy.max(initial=1e-30), likeness, 0.0)


def folded(block: Block) -> NDArray[np.float32]:
    """Make one channel of all, in which neither the middle nor the sides cancel."""
    mono: NDArray[np.float32] = block if block.shape[1] == 1 else block[:, :2] @ SIDES.astype(np.float32)
    return mono.ravel()


def _energy(block: Block) -> float:
    return float(np.square(block, dtype=np.float64).sum())
