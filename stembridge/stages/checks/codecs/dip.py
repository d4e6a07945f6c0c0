"""How far one alignment stands out of all: the sharp dip of a codec's own grid; pure."""

from dataclasses import dataclass

import numpy as np

from stembridge.stages.checks.codecs.banks import Curve

NEAR, FAR = 3, 9


@dataclass(frozen=True)
class Dip:
    """The deepest dip of a curve.

    Attributes:
        alignment: where it is.
        deviations: how far it stands out, in standard deviations.

    """

    alignment: int
    deviations: float


def deviations_of(curve: Curve) -> Curve:
    """Return how far each alignment dips below its neighbours, in robust standard deviations.

    A transient makes the curve bend over dozens of alignments; a grid is one or two alignments wide, so each is
    held against those three to nine beside it.
    """
    padded = np.pad(curve, FAR, mode="reflect")
    shifts = [shift for shift in range(-FAR, FAR + 1) if abs(shift) >= NEAR]
    around = np.median([padded[FAR + shift : FAR + shift + len(curve)] for shift in shifts], axis=0)
    depth = around - curve
    spread = 1.4826 * np.median(np.abs(depth - np.median(depth)))
    return np.asarray(depth / max(float(spread), 1e-9))


def deepest(curve: Curve) -> Dip:
    """Find the alignment that stands out most."""
    found = deviations_of(curve)
    place = int(found.argmax())
    return Dip(place, float(found[place]))


def at(curve: Curve, alignment: int, period: int) -> float:
    """Return how far an alignment, or one a whole number of periods from it, stands out."""
    found = deviations_of(curve)
    places = [place % len(curve) for place in range(alignment % period, len(curve), period)]
    near = [(place + shift) % len(curve) for place in places for shift in (-1, 0, 1)]
    return float(found[near].max())
