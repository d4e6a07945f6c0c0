"""Cause: why the stems of a set do not sum to their mix; pure.

Every explanation is tried: its correction is taken out, and what is left then says what it is worth (``causes``).
Explanations by one figure come first: a gain, a sign, a shift. Where one of them reaches the floor it is the cause.
Else explanations by many figures compete with them, each judged on parts of the song that it was not fitted on:
an equaliser, a gain that moves with the level, the tail of an effect. What nothing explains is a stem that is not
there. Explanations that leave nearly the same are both named, and neither is believed.

A stem that was corrected is corrected for good, and what is left then is looked at again: that finds several faults
of one figure each.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from stembridge.stages.causes.choose import Choice, choose, exact
from stembridge.stages.causes.dynamics import explain_by_dynamics
from stembridge.stages.causes.evidence import Evidence
from stembridge.stages.causes.explanation import Explanation, Kind
from stembridge.stages.causes.gains import Measured, explain_by_gains, gain_db
from stembridge.stages.causes.returns import explain_by_returns, explain_by_short_filters
from stembridge.stages.causes.shifts import explain_by_shifts
from stembridge.stages.moved import Moved
from stembridge.stages.null import Null, measure_null
from stembridge.stages.signals import Signal
from stembridge.stages.sums import Scaled
from stembridge.units import Decibels, Hertz, Samples

LIMIT_S = 10
MOST_ROUNDS = 4
WELL_DB = -10.0
"""A short filter or a moving gain that leaves less than this leaves no question about longer ones."""
MOSTLY_DB = 15.0
"""After a correction that took away this much only figures are looked for: the rest is edges and rounding."""
ONE_STEM = frozenset({Kind.GAIN, Kind.POLARITY, Kind.LATE, Kind.EXTRA})
WHOLE_SET = frozenset({Kind.SET_GAIN, Kind.SET_POLARITY, Kind.SET_LATE})


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
    now, left, before = tuple(stems), null, 0.0
    levels: tuple[StemLevel, ...] = ()
    causes: list[Explanation] = []
    shift = Samples(LIMIT_S * rate) if most_shift is None else most_shift
    for _ in range(MOST_ROUNDS):
        evidence = Evidence.of(mix, now, rate, left)
        measured = Measured.of(evidence)
        levels = levels or _levels(measured, len(now))
        if left.worst_dbfs <= limit_dbfs or not evidence.energy:
            break
        is_rest = bool(causes) and causes[-1].kind is not Kind.SET_GAIN
        filters = not is_rest or before - left.worst_dbfs < MOSTLY_DB
        choice = _decided(evidence, measured, shift, filters=filters, first=not causes)
        if choice is None:
            break
        if not choice.sure or choice.best.kind not in ONE_STEM | WHOLE_SET:
            return _told(causes, _with_codec(choice) if is_lossy else choice, left, levels)
        now = _corrected(now, choice.best)
        causes.append(choice.best)
        left, before = measure_null(mix, now, rate), left.worst_dbfs
    return Diagnosis(tuple(causes), None, True, left, levels)


def _with_codec(choice: Choice) -> Choice:
    """What nothing explains in a lossy mix may be the noise of its codec as well as a stem."""
    if choice.best.kind is not Kind.MISSING:
        return choice
    return Choice(Explanation(Kind.CODEC, left_db=choice.best.left_db), choice.best, sure=False)


def _told(causes: list[Explanation], choice: Choice, left: Null, levels: tuple[StemLevel, ...]) -> Diagnosis:
    """End with what cannot be corrected by a figure; beside a sure cause an unsure one is not told.

    The gain of a set that was compressed is part of the compression.
    """
    if causes and not choice.sure:
        return Diagnosis(tuple(causes), None, True, left, levels)
    kept = [each for each in causes if (each.kind, choice.best.kind) != (Kind.SET_GAIN, Kind.DYNAMICS)]
    return Diagnosis((*kept, choice.best), choice.runner_up, choice.sure, left, levels)


def _decided(
    evidence: Evidence, measured: Measured, shift: Samples, *, filters: bool, first: bool
) -> Choice | None:
    """Choose in one round; in later ones only what explains something counts."""
    tried = list(_by_figures(evidence, measured, shift))
    if filters and not exact(tried):
        tried += _by_filters(evidence, measured)
    choice = choose(tried)
    return choice if first or choice.best.kind is not Kind.MISSING else None


def _by_figures(evidence: Evidence, measured: Measured, shift: Samples) -> Iterator[Explanation]:
    gains = list(explain_by_gains(measured))
    yield from gains
    if not exact(gains):
        yield from explain_by_shifts(evidence, _heard(measured), shift)


def _by_filters(evidence: Evidence, measured: Measured) -> list[Explanation]:
    heard = _heard(measured)
    tried = [*explain_by_dynamics(evidence), *explain_by_short_filters(evidence, heard)]
    if min(each.left_db for each in tried) > WELL_DB:
        tried += explain_by_returns(evidence, heard)
    return tried


def _heard(measured: Measured) -> list[int]:
    return [int(index) for index in np.flatnonzero(measured.is_heard)]


def _levels(measured: Measured, count: int) -> tuple[StemLevel, ...]:
    heard = _heard(measured)
    factors = dict(zip(heard, 1.0 + measured.changes(heard), strict=True)) if heard else {}
    return tuple(
        StemLevel(Decibels(gain_db(factors[index])), -1 if factors[index] < 0.0 else 1)
        if index in factors
        else StemLevel(None, 1)
        for index in range(count)
    )


def _corrected(stems: tuple[Signal, ...], cause: Explanation) -> tuple[Signal, ...]:
    chosen = range(len(stems)) if cause.kind in WHOLE_SET else cause.stems
    return tuple(_fixed(stem, cause) if index in chosen else stem for index, stem in enumerate(stems))


def _fixed(stem: Signal, cause: Explanation) -> Signal:
    factor = cause.factor
    if cause.kind in (Kind.LATE, Kind.SET_LATE):
        moved = Moved(stem, -(cause.value or 0.0))
        return moved if abs(gain_db(factor)) < 0.02 and factor > 0.0 else Scaled(moved, factor)
    return Scaled(stem, factor)
