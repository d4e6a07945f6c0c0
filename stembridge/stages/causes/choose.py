"""The choice between explanations: the one that leaves clearly least, and none where two are near; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from stembridge.stages.causes.explanation import ONE_FIGURE, ONE_STEM, Explanation, Kind

EXACT_DB = -20.0
"""What one figure corrects so well needs no further explanation."""
BUS_DB = -30.0
"""The same for the gain of the whole set, which a compressor that works steadily resembles."""
NO_CHOICE_DB = -12.0
"""The same for a stem upside down or not there, which has no figure to be chosen."""
SHIFTED_DB = -10.0
"""The same for a shift, which cuts the stem off at one end; nothing else does as well at one lag alone."""
DEEP_DB = -40.0
"""Below this two explanations are equally good, whichever is lower."""
LEAST_DB = -1.0
"""What explains less than this explains nothing."""
APART_DB = 3.0
"""Explanations nearer than this are not told apart."""
TOGETHER = 1.03
"""Two faults of two stems explain this share of what is left at most; two names of one fault up to twice that."""
LITTLE_DB = 1.0
"""What more figures must explain beyond a single one."""
CERTAIN_DB = 1.0
"""The same between an explanation and the one that there is none."""
SOLID_DB = -6.0
"""A gain may take any value, so one that leaves more than this may be chance."""
LIKE_ONE = (0.7, 1.4)
"""How far the factor of a stem that was moved or inverted may be from one, where other things are wrong too."""
EQUALISED_DB = -16.0
"""An equaliser is a short filter exactly: -30 dB were seen; of a compressor one left -15."""
RETURN_DB = 1.9
"""What the tail of an effect must explain beyond what any instrument in the same song explains of another."""
SEND_DB = 0.7
"""The same for every stem beyond the first that feeds it."""
FREE_DB = 0.5
"""What an explanation with many free figures must leave less than one with a single figure."""

RICHER = {
    Kind.GAINS: ONE_FIGURE,
    Kind.EQUALISER: {Kind.SET_GAIN, Kind.SET_POLARITY, Kind.SET_LATE},
    Kind.DYNAMICS: {Kind.SET_GAIN, Kind.SET_POLARITY},
    Kind.AUTOMATION: {Kind.SET_GAIN, Kind.SET_POLARITY},
    Kind.STEM_FILTER: {Kind.FOREIGN, Kind.GAIN, Kind.POLARITY, Kind.LATE, Kind.EXTRA},
    Kind.RETURN: {
        Kind.FOREIGN,
        Kind.GAIN,
        Kind.POLARITY,
        Kind.LATE,
        Kind.EXTRA,
        Kind.STEM_FILTER,
        Kind.EQUALISER,
        Kind.SET_GAIN,
        Kind.SET_LATE,
    },
    Kind.LATE: {Kind.FOREIGN, Kind.GAIN, Kind.POLARITY, Kind.EXTRA},
    Kind.SET_LATE: {Kind.SET_GAIN, Kind.SET_POLARITY},
}
"""What each explanation can also express, so that its agreeing is no contradiction."""


@dataclass(frozen=True)
class Choice:
    """What was chosen.

    Attributes:
        best: the explanation that leaves least.
        runner_up: the next that says something else; None when nothing else explains anything.
        sure: false when the two are too near to be told apart.
        also: further stems that are off, without which the best is nothing.

    """

    best: Explanation
    runner_up: Explanation | None
    sure: bool
    also: tuple[Explanation, ...] = ()


def exact(explanations: Iterable[Explanation]) -> list[Explanation]:
    """Choose what corrects the set with one figure, down to its floor."""
    return [each for each in explanations if each.kind in ONE_FIGURE and each.left_db <= _floor(each)]


def _floor(explanation: Explanation) -> float:
    if explanation.kind is Kind.SET_GAIN:
        return BUS_DB
    if explanation.kind in (Kind.POLARITY, Kind.EXTRA):
        return NO_CHOICE_DB
    return SHIFTED_DB if explanation.kind is Kind.LATE and abs(explanation.value or 0.0) > 1.0 else EXACT_DB


def suspects(explanations: Iterable[Explanation]) -> list[Explanation]:
    """Choose what may be one fault of several: a stem's figure that explains something, and looks like a fault.

    The best comes first.
    """
    likely = (each for each in explanations if each.kind in ONE_STEM and each.left_db <= LEAST_DB)
    return sorted((each for each in likely if not is_shaky(each)), key=lambda each: each.left_db)


def is_shaky(explanation: Explanation) -> bool:
    """Tell a figure that explains so little, or is so odd, that it may be chance."""
    if explanation.kind is Kind.SET_GAIN:
        return explanation.left_db > NO_CHOICE_DB
    if explanation.kind is Kind.GAIN:
        return explanation.left_db > SOLID_DB
    is_odd = not LIKE_ONE[0] < abs(explanation.factor) < LIKE_ONE[1]
    return explanation.kind in (Kind.POLARITY, Kind.LATE) and is_odd and explanation.left_db > EXACT_DB


def choose(explanations: Sequence[Explanation]) -> Choice:
    """Choose between explanations, and the one that nothing explains it: a stem is missing."""
    told = [_named(each) for each in explanations if not _adds_nothing(each, explanations)]
    missing = Explanation(Kind.MISSING, left_db=LEAST_DB)
    ranked = sorted([*told, missing], key=_rank)
    best = ranked[0]
    others = [each for each in ranked[1:] if not _agrees(each, best)]
    runner_up = next((each for each in others if each.left_db <= LEAST_DB), None)
    sure = not _is_vague(best) and (runner_up is None or _are_apart(best, runner_up))
    return Choice(best, runner_up if sure or runner_up else missing, sure)


def _is_vague(best: Explanation) -> bool:
    """Tell an equaliser that leaves what no equaliser would: it stands for something else, or not alone."""
    return best.kind is Kind.EQUALISER and best.left_db > EQUALISED_DB


def _adds_nothing(richer: Explanation, explanations: Iterable[Explanation]) -> bool:
    """Tell an explanation that leaves hardly less than one with a single figure that it contains."""
    simpler = (each for each in explanations if each.kind in ONE_FIGURE and each.kind is not richer.kind)
    return any(_contains(richer, each) and richer.left_db > each.left_db - LITTLE_DB for each in simpler)


def _are_apart(best: Explanation, other: Explanation) -> bool:
    """Tell whether the best is clearly so; of equals, the one with a single figure is no chance."""
    is_simpler = best.kind in ONE_FIGURE and other.kind not in ONE_FIGURE
    if is_simpler and best.left_db <= min(other.left_db, -APART_DB):
        return True
    enough = CERTAIN_DB if Kind.MISSING in (best.kind, other.kind) else APART_DB
    return _rank(other) > _rank(best) + enough


def _rank(explanation: Explanation) -> float:
    """Return what an explanation leaves, with a handicap for its freedom."""
    if explanation.kind is Kind.FOREIGN:
        return min(explanation.left_db, LEAST_DB - 1.1 * CERTAIN_DB)
    free = 0.0 if explanation.kind in ONE_FIGURE else FREE_DB
    if explanation.kind is Kind.RETURN:
        free = RETURN_DB + SEND_DB * max(0, len(explanation.stems) - 1)
    return max(explanation.left_db, DEEP_DB) + (0.0 if explanation.kind is Kind.MISSING else free)


def _named(explanation: Explanation) -> Explanation:
    """A stem that is not in the mix, but whose absence does not make it null, stands for another one."""
    if explanation.kind is Kind.EXTRA and explanation.left_db > NO_CHOICE_DB:
        return replace(explanation, kind=Kind.FOREIGN)
    return explanation


def _agrees(other: Explanation, best: Explanation) -> bool:
    """Tell an explanation that does not contradict the best: the same in other words, or another fault."""
    return _contains(other, best) or _contains(best, other) or _may_both_hold(other, best)


def _may_both_hold(other: Explanation, best: Explanation) -> bool:
    """Tell two faults of two stems: together they explain no more than there is."""
    if not {other.kind, best.kind} <= ONE_FIGURE or not other.stems or not best.stems:
        return False
    explained = 2.0 - 10.0 ** (other.left_db / 10.0) - 10.0 ** (best.left_db / 10.0)
    return other.stems != best.stems and explained < TOGETHER


def _contains(richer: Explanation, other: Explanation) -> bool:
    same = not other.stems or not richer.stems or set(other.stems) <= set(richer.stems)
    return same and (other.kind is richer.kind or other.kind in RICHER.get(richer.kind, frozenset()))
