"""Units as types, and the conversions between them.

Positions are samples everywhere inside the package; seconds appear only at the edges.
"""

import math
from fractions import Fraction
from typing import NewType

Samples = NewType("Samples", int)
Seconds = NewType("Seconds", float)
Hertz = NewType("Hertz", int)
Decibels = NewType("Decibels", float)


def samples_to_seconds(samples: Samples, rate: Hertz) -> Seconds:
    """Convert a position in samples at ``rate`` to seconds."""
    return Seconds(samples / rate)


def seconds_to_samples(seconds: Seconds, rate: Hertz) -> Samples:
    """Convert seconds to the nearest sample at ``rate``."""
    return Samples(round(seconds * rate))


def samples_to_rate(samples: Samples, source: Hertz, target: Hertz) -> Samples:
    """Convert a position or length from one rate to another, to the nearest sample, exactly."""
    return Samples(round(Fraction(samples * target, source)))


def amplitude_to_decibels(amplitude: float) -> Decibels:
    """Convert a linear amplitude (full scale at 1.0) to dB; silence is minus infinity."""
    return Decibels(20.0 * math.log10(amplitude)) if amplitude > 0.0 else Decibels(-math.inf)


def decibels_to_amplitude(decibels: Decibels) -> float:
    """Convert dB to a linear amplitude."""
    return float(10.0 ** (decibels / 20.0))
