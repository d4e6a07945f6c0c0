"""What was heard in one file: the record, and how it follows from the chances of all sorts."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from stembridge.stages.hearing.model import Chances
from stembridge.stages.hearing.sorts import GENERAL_ROLES, SORTS, Family
from stembridge.stages.vocabulary import Role

SURE_OF_SORT = 0.85
"""The share of its family's chance from which a sort's own role is given rather than the family's."""


@dataclass(frozen=True)
class Heard:
    """What one file sounds like.

    Attributes:
        role: what it is in a mix: of its sort where that is sure, else of its family; None when there was
            too little to hear.
        family: what a person would call it.
        confidence: the chance that ``role`` is right, 0 to 1: of ten with 0.9, nine are.
        runner_up: the next family.
        families: the chance of each family.
        evidence: what was heard, for people.

    """

    role: Role | None
    family: Family
    confidence: float
    runner_up: Family | None
    families: Mapping[Family, float]
    evidence: str


def decide(chances: Chances, evidence: str) -> Heard:
    """Say what a file is, and how sure that is."""
    if not chances:
        return Heard(None, Family.OTHER, 0.0, None, {}, evidence)
    families = family_chances(chances)
    ranked = sorted(families, key=lambda family: -families[family])
    family = ranked[0]
    sort = max((each for each in chances if SORTS[each][0] is family), key=lambda each: chances[each])
    is_sure = chances[sort] >= SURE_OF_SORT * families[family]
    role, confidence = (
        (SORTS[sort][1], chances[sort]) if is_sure else (GENERAL_ROLES[family], families[family])
    )
    runner_up = ranked[1] if len(ranked) > 1 and families[ranked[1]] > 0.0 else None
    return Heard(role, family, confidence, runner_up, families, evidence)


def family_chances(chances: Chances) -> Mapping[Family, float]:
    """Add up the chances of the sorts of each family."""
    families: dict[Family, float] = defaultdict(float)
    for sort, chance in chances.items():
        families[SORTS[sort][0]] += chance
    return dict(families)
