"""An explanation of what is left of a mix: what would be corrected, and how much would then be left."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What can be wrong between a set and its mix."""

    GAIN = "gain"
    POLARITY = "polarity"
    LATE = "late"
    CLOCK = "clock-drift"
    EXTRA = "extra-stem"
    SET_GAIN = "set-gain"
    SET_POLARITY = "set-polarity"
    SET_LATE = "set-late"
    GAINS = "gains"
    MISSING = "missing-stem"
    FOREIGN = "foreign-stem"
    STEM_FILTER = "stem-filter"
    RETURN = "missing-return"
    EQUALISER = "mix-bus-eq"
    DYNAMICS = "mix-bus-dynamics"
    AUTOMATION = "mix-bus-automation"
    CODEC = "lossy-mix"
    SHORT = "short-stem"
    BROKEN = "broken-stem"
    SILENT = "silent-stem"
    ONE_SIDED = "one-sided-stem"
    CODED = "lossy-stem"
    OFFSET = "dc-offset"


ONE_STEM = frozenset({Kind.GAIN, Kind.POLARITY, Kind.LATE, Kind.CLOCK, Kind.EXTRA})
WHOLE_SET = frozenset({Kind.SET_GAIN, Kind.SET_POLARITY, Kind.SET_LATE})
ONE_FIGURE = ONE_STEM | WHOLE_SET
"""Causes of one figure, which can be put right."""


@dataclass(frozen=True)
class Explanation:
    """One cause that was tried.

    Attributes:
        kind: what it would be.
        stems: the stems it is about, by their place in the set; empty when it is about the mix.
        left_db: what would be left with it corrected, against what is left now; lower is better. For
            explanations with many free figures it is measured on other parts of the song than they were
            fitted on.
        value: its figure, of the delivered stem against the mix: by how many dB it is louder, by how many
            samples it is late, by how many parts in a million its clock ran fast, by how many dB a moving gain
            swings.
        factor: what the stems must be multiplied with to correct it.
        more: further figures, by name.

    """

    kind: Kind
    stems: tuple[int, ...] = ()
    left_db: float = 0.0
    value: float | None = None
    factor: float = 1.0
    more: tuple[tuple[str, float], ...] = ()

    @property
    def late(self) -> float:
        """By how many samples its stems start late; 0.0 where it says nothing of that."""
        is_shift = self.kind in (Kind.LATE, Kind.SET_LATE)
        return (self.value or 0.0) if is_shift else dict(self.more).get("late", 0.0)
