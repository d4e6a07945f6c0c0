"""Cause: why the stems of a set do not sum to their mix; pure.

Every explanation is tried: its correction is taken out, and what is left then says what it is worth (``causes``).
Explanations by one figure come first: a gain, a sign, a shift. Where one of them reaches the floor it is the cause.
A clock that drifts is the cause where it is found: nothing else moves a stem along a straight line.
Else explanations by many figures compete with them, each judged on parts of the song that it was not fitted on:
an equaliser, a gain that moves with the level, the tail of an effect. What nothing explains is a stem that is not
there. Explanations that leave nearly the same are both named, and neither is believed.

A stem that was corrected is corrected for good, and what is left then is looked at again: that finds several faults
of one figure each.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from stembridge.stages.causes.choose import Choice, is_shaky
from stembridge.stages.causes.correct import corrected
from stembridge.stages.causes.decide import decide, heard
from stembridge.stages.causes.evidence import Evidence
from stembridge.stages.causes.explanation import ONE_FIGURE, Explanation, Kind
from stembridge.stages.causes.gains import AUDIBLE_DB, Measured, gain_db
from stembridge.stages.null import SILENCE, Null, measure_null
from stembridge.stages.signals import Signal
from stembridge.units import Decibels, Hertz, Samples

LIMIT_S = 10
MOST_ROUNDS = 4
MOSTLY_DB = 25.0
"""After a correction that took away this much only figures are looked for: the rest is edges and rounding."""
MOSTLY_CLOCK_DB = 12.0
"""The same of all corrections together where one is of a clock: no two interpolators lose the same."""


@dataclass(frozen=True)
class StemLevel:
    """How a stem is in the mix, with all others, as they are delivered.

    Attributes:
        gain_db: of the stem in the mix, without its sign; None where it is silent.
        polarity: 1 or -1.

    """

    gain_db: Decibels | None
    polarity: int


@dataclass(frozen=True)
class Diagnosis:
    """Why a set does not null.

    Attributes:
        causes: what was found, the most important first; several only when each is sure.
        runner_up: what else it might be.
        sure: false when the first cause and the runner-up are too near to be told apart.
        left: what is left with all causes of one figure corrected; the null itself when there is none.
        levels: how each stem is in the mix.

    """

    causes: tuple[Explanation, ...]
    runner_up: Explanation | None
    sure: bool
    left: Null
    levels: tuple[StemLevel, ...]


def diagnose(
    mix: Signal,
    stems: Sequence[Signal],
    rate: Hertz,
    null: Null,
    *,
    limit_dbfs: float,
    most_shift: Samples | None = None,
    is_lossy: bool = False,
) -> Diagnosis:
    """Find out why a set does not null.

    Args:
        mix: the mix.
        stems: at the same rate, as they are delivered.
        rate: frames a second of all.
        null: what was measured of them.
        limit_dbfs: what may be left in any second; a set that leaves less has no cause.
        most_shift: how far a stem may be out of place, in samples; ten seconds without it.
        is_lossy: true for a mix that a codec added noise to.

    """
    now, left, inner, before = tuple(stems), null, null, 0.0
    levels: tuple[StemLevel, ...] = ()
    causes: list[Explanation] = []
    shift = Samples(LIMIT_S * rate) if most_shift is None else most_shift
    for _ in range(MOST_ROUNDS):
        evidence = Evidence.of(mix, now, rate, inner)
        measured = Measured.of(evidence)
        levels = levels or _levels(measured, len(now))
        if inner.worst_dbfs <= limit_dbfs or not evidence.energy:
            break
        is_rest = bool(causes) and causes[-1].kind is not Kind.SET_GAIN
        filters = not is_rest or not _is_mostly_gone(causes, null, before, inner)
        choice = decide(evidence, measured, shift, filters=filters)
        if choice.best.kind is Kind.MISSING and not filters:
            break
        if not choice.sure or choice.best.kind not in ONE_FIGURE:
            return _told(causes, _with_codec(choice) if is_lossy else choice, left, levels)
        for cause in (choice.best, *choice.also):
            now = corrected(now, cause)
            causes.append(cause)
        left, before = measure_null(mix, now, rate), inner.worst_dbfs
        inner = _away_from_ends(left, causes, rate)
    return Diagnosis(_audible(causes), None, True, left, levels)


def _is_mostly_gone(causes: Sequence[Explanation], null: Null, before: float, left: Null) -> bool:
    if any(cause.kind is Kind.CLOCK for cause in causes):
        return null.worst_dbfs - left.worst_dbfs >= MOSTLY_CLOCK_DB
    return before - left.worst_dbfs >= MOSTLY_DB


def _audible(causes: Sequence[Explanation]) -> tuple[Explanation, ...]:
    """Leave out the gains that only make another figure exact."""
    return tuple(each for each in causes if each.kind is not Kind.GAIN or abs(each.value or 0.0) > AUDIBLE_DB)


def _away_from_ends(null: Null, causes: Sequence[Explanation], rate: Hertz) -> Null:
    """Leave out the seconds at both ends that stems out of place were cut off at."""
    starts = [each.late for each in causes]
    ends = [each.late + dict(each.more).get("by_end", 0.0) for each in causes]
    first = -(-max([0.0, *(-late for late in starts)]) // rate)
    last = len(null.seconds) - -(-max([0.0, *ends]) // rate)
    kept = (level if first <= at < last else SILENCE for at, level in enumerate(null.seconds))
    return replace(null, seconds=tuple(kept))


def _with_codec(choice: Choice) -> Choice:
    """What nothing explains in a lossy mix may be the noise of its codec as well as a stem."""
    if choice.best.kind is not Kind.MISSING:
        return choice
    return Choice(Explanation(Kind.CODEC, left_db=choice.best.left_db), choice.best, sure=False)


def _told(causes: list[Explanation], choice: Choice, left: Null, levels: tuple[StemLevel, ...]) -> Diagnosis:
    """End with what cannot be corrected by a figure; beside a sure cause an unsure one is not told.

    A gain that may be chance is sure only where the rest is explained, too. The gain of a set that was compressed is
    part of the compression.
    """
    is_chance = bool(causes) and is_shaky(causes[-1])
    if causes and (not choice.sure or (is_chance and choice.best.kind is Kind.MISSING)):
        if is_chance and len(causes) == 1:
            return Diagnosis(tuple(causes), choice.best, False, left, levels)
        return Diagnosis(_audible(causes[:-1] if is_chance else causes), None, True, left, levels)
    kept = [
        each for each in _audible(causes) if (each.kind, choice.best.kind) != (Kind.SET_GAIN, Kind.DYNAMICS)
    ]
    return Diagnosis((*kept, choice.best), choice.runner_up, choice.sure, left, levels)


def _levels(measured: Measured, count: int) -> tuple[StemLevel, ...]:
    sounding = heard(measured)
    factors = dict(zip(sounding, 1.0 + measured.changes(sounding), strict=True)) if sounding else {}
    return tuple(
        StemLevel(Decibels(gain_db(factors[index])), -1 if factors[index] < 0.0 else 1)
        if index in factors
        else StemLevel(None, 1)
        for index in range(count)
    )
