"""Where a stem belongs in a mix, and how sure that is."""

import math
from dataclasses import dataclass, replace
from typing import Any

from stembridge.units import Samples

SURE_RATIO = 0.70
"""Accept where the second peak is lower than this share of the first."""
DOUBTFUL_RATIO = 0.80
"""Refuse where it is higher than this; settle between by another witness."""
SURE_DEVIATION = 0.3
"""Accept where the place is known to this many samples (one standard deviation)."""
LEAST_EXACT = 0.97
"""Accept where the nearest sample is the right one with this chance."""
WHOLE_DEVIATION = 0.02
"""A place that is known this exactly may lie anywhere between two samples."""
MIDDLE_RATIO, RATIO_WIDTH = 0.79, 0.022
"""Logistic from ratio to the chance that the place is right: 0.98 at ``SURE_RATIO``, a half where doubt ends.

Chosen, not fitted: in the songs of ``TUNING`` of the tests both kinds do not overlap. Of 112 stems from -6 to -45 dB,
a quarter of them of other songs, right places had ratios up to 0.63 (one 0.85) and wrong ones from 0.88 on.
"""


@dataclass(frozen=True)
class Offset:
    """Where a stem belongs: ``mix[n]`` is ``stem[n - offset]``.

    Attributes:
        offset: in samples at the reference's rate, with fractions; for a drifting stem, that of its start.
        samples: the offset to the nearest sample.
        polarity: 1, or -1 for an inverted stem.
        gain_db: of the stem in the mix, without its sign; None when not known.
        drift_ppm: how much faster the stem's clock ran; 0.0 when none was found.
        confidence: the chance that the place is right, from 0 to 1.
        accepted: true when it is sure enough to move the stem by it.
        candidates: the places that fit nearly as well, best first; the first is ``offset``.
        ratio: height of the second peak to that of the first, from 0 to 1.
        deviation: how exactly the offset is known: one standard deviation, in samples.
        reason: why it was not accepted, one sentence; empty when it was.

    """

    offset: float
    samples: Samples
    polarity: int
    gain_db: float | None
    drift_ppm: float
    confidence: float
    accepted: bool
    candidates: tuple[float, ...]
    ratio: float
    deviation: float
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the documented JSON, without the path."""
        return {
            "offset": round(self.offset, 4),
            "offset_samples": int(self.samples),
            "polarity": self.polarity,
            "gain_db": None if self.gain_db is None else round(self.gain_db, 3),
            "drift_ppm": round(self.drift_ppm, 4),
            "confidence": round(self.confidence, 4),
            "accepted": self.accepted,
            "candidates": [round(candidate, 2) for candidate in self.candidates],
            "reason": self.reason,
        }


def judged(
    offset: float,
    *,
    polarity: int,
    drift_ppm: float,
    ratio: float,
    deviation: float,
    candidates: tuple[float, ...],
) -> Offset:
    """Decide whether a place is sure."""
    reason = _reason(offset, ratio, deviation, candidates)
    return Offset(
        offset=offset,
        samples=Samples(round(offset)),
        polarity=polarity,
        gain_db=None,
        drift_ppm=drift_ppm,
        confidence=chance_right(ratio, deviation, offset),
        accepted=not reason,
        candidates=candidates,
        ratio=ratio,
        deviation=deviation,
        reason=reason,
    )


def not_found(reason: str) -> Offset:
    """Say that a stem has no place, and why."""
    return Offset(0.0, Samples(0), 1, None, 0.0, 0.0, False, (), 1.0, math.inf, reason)


def with_gain(offset: Offset, gain: float) -> Offset:
    """Add the gain, a factor of either sign; the sign is the polarity."""
    size = abs(gain)
    return replace(
        offset,
        gain_db=20.0 * math.log10(size) if size > 0.0 else None,
        polarity=offset.polarity if gain == 0.0 else (1 if gain > 0.0 else -1),
    )


def chance_right(ratio: float, deviation: float, offset: float = 0.0) -> float:
    """Turn the ratio of the peaks and the spread of the place into the chance of being right to the sample."""
    place = 1.0 / (1.0 + math.exp(min(60.0, (ratio - MIDDLE_RATIO) / RATIO_WIDTH)))
    return place * chance_exact(offset, deviation)


def chance_exact(offset: float, deviation: float) -> float:
    """Return the chance that the sample nearest to an offset is the right one, by the normal distribution."""
    if deviation <= WHOLE_DEVIATION:
        return 1.0
    beside = abs(offset - round(offset))
    width = math.sqrt(2.0) * deviation
    return 0.5 * (math.erf((0.5 - beside) / width) + math.erf((0.5 + beside) / width))


def _reason(offset: float, ratio: float, deviation: float, candidates: tuple[float, ...]) -> str:
    if ratio >= SURE_RATIO and len(candidates) > 1:
        return f"It fits at {len(candidates)} places alike, as a loop or a foreign stem does."
    if ratio >= SURE_RATIO:
        return "No place in the mix fits it clearly better than others."
    if deviation > SURE_DEVIATION or chance_exact(offset, deviation) < LEAST_EXACT:
        return f"Its place is only known to {max(deviation, 0.1):.1f} samples."
    return ""
