"""Stems as they would be with a fault put right; pure."""

from stembridge.stages.causes.explanation import WHOLE_SET, Explanation, Kind
from stembridge.stages.causes.gains import gain_db
from stembridge.stages.moved import Moved
from stembridge.stages.signals import Signal
from stembridge.stages.sums import Scaled

NO_GAIN_DB = 0.02


def corrected(stems: tuple[Signal, ...], cause: Explanation) -> tuple[Signal, ...]:
    """Put one fault right."""
    chosen = range(len(stems)) if cause.kind in WHOLE_SET else cause.stems
    return tuple(_fixed(stem, cause) if index in chosen else stem for index, stem in enumerate(stems))


def _fixed(stem: Signal, cause: Explanation) -> Signal:
    factor = cause.factor
    scaled = stem if abs(gain_db(factor)) < NO_GAIN_DB and factor > 0.0 else Scaled(stem, factor)
    if cause.kind is Kind.CLOCK:
        return Moved(scaled, -cause.late, 1e-6 * (cause.value or 0.0))
    return Moved(scaled, -cause.late) if cause.kind in (Kind.LATE, Kind.SET_LATE) else Scaled(stem, factor)
