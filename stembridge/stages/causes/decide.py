"""The decision of one round: what is wrong with a set, or what is put right first before it is looked at again; pure.

Two faults hide each other, and something with many free figures seems to explain both. So before that is believed, or
before a stem is called missing, each figure of one stem that looks like a fault is put right by way of trial. Where
what then explains the rest leaves clearly less than any single cause, there are two.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from stembridge.stages.causes.choose import APART_DB, EXACT_DB, Choice, choose, exact, suspects
from stembridge.stages.causes.clocks import explain_by_clocks
from stembridge.stages.causes.correct import corrected
from stembridge.stages.causes.dynamics import explain_by_dynamics
from stembridge.stages.causes.evidence import Evidence
from stembridge.stages.causes.explanation import ONE_FIGURE, Explanation, Kind
from stembridge.stages.causes.gains import Measured, explain_by_gains
from stembridge.stages.causes.returns import explain_by_returns, explain_by_short_filters
from stembridge.stages.causes.shifts import explain_by_shifts
from stembridge.stages.causes.together import explain_together

WELL_DB = -10.0
"""A short filter or a moving gain that leaves less than this leaves no question about longer ones."""
BOTTOM_DB = -30.0
"""Where one figure leaves less than this there is no second one beside it."""
MOST_SUSPECTS = 2
HALF_DB = -3.0
"""A fault of one stem that explains this much is named beside an explanation that is as good."""


def decide(evidence: Evidence, measured: Measured, limit: int, *, filters: bool) -> Choice:
    """Choose what is wrong; of several faults, the one to put right first.

    Args:
        evidence: what is left.
        measured: the products of the stems.
        limit: the largest shift, either way, in samples.
        filters: whether more than figures is looked for.

    """
    choice, tried = _single(evidence, measured, limit, filters=filters)
    if not filters or _left_db(choice) <= EXACT_DB or _is_figure(choice):
        return choice
    return _of_two(evidence, choice, suspects(tried)[:MOST_SUSPECTS], limit)


def heard(measured: Measured) -> list[int]:
    """Say which stems sound."""
    return [int(index) for index in np.flatnonzero(measured.is_heard)]


def _single(
    evidence: Evidence, measured: Measured, limit: int, *, filters: bool
) -> tuple[Choice, Sequence[Explanation]]:
    tried = list(_by_figures(evidence, measured, limit))
    alone = exact(tried)
    if min((each.left_db for each in alone), default=0.0) <= BOTTOM_DB:
        return choose(tried), tried
    together = explain_together(evidence, measured, heard(measured), limit)
    if together and (len(together) > 1 or not alone):
        return Choice(together[0], None, sure=True, also=together[1:]), tried
    drifting = sorted(explain_by_clocks(evidence, heard(measured), limit), key=lambda each: each.left_db)
    if drifting:
        return Choice(drifting[0], None, sure=True, also=tuple(drifting[1:])), tried
    if filters and not alone:
        tried += _by_filters(evidence, heard(measured))
    return choose(tried), tried


def _of_two(evidence: Evidence, choice: Choice, faults: Sequence[Explanation], limit: int) -> Choice:
    """Choose a fault of one stem if, with what explains the rest, it leaves clearly less than the single cause."""
    if not faults:
        return choice
    left_db, first = min(
        ((_both_db(evidence, fault, limit), fault) for fault in faults), key=lambda pair: pair[0]
    )
    least = APART_DB * (2.0 if first.kind is Kind.GAIN else 1.0)
    if left_db <= _left_db(choice) - least:
        return Choice(first, None, sure=True)
    is_rival = (
        first.kind is not Kind.GAIN and first.left_db <= HALF_DB and choice.best.kind is not Kind.FOREIGN
    )
    if is_rival and left_db <= _left_db(choice) + APART_DB:
        return Choice(choice.best, first, sure=False)
    return choice


def _both_db(evidence: Evidence, fault: Explanation, limit: int) -> float:
    """Return what a fault and the best explanation of the rest leave."""
    after = replace(evidence, stems=corrected(evidence.stems, fault))
    choice, _ = _single(after, Measured.of(after), limit, filters=True)
    return fault.left_db + _left_db(choice)


def _left_db(choice: Choice) -> float:
    return 0.0 if choice.best.kind is Kind.MISSING else choice.best.left_db


def _is_figure(choice: Choice) -> bool:
    """Tell what is put right by a figure, and looked at again."""
    return choice.sure and choice.best.kind in ONE_FIGURE


def _by_figures(evidence: Evidence, measured: Measured, limit: int) -> Iterator[Explanation]:
    gains = list(explain_by_gains(measured))
    yield from gains
    if not exact(gains):
        yield from explain_by_shifts(evidence, heard(measured), limit)


def _by_filters(evidence: Evidence, sounding: list[int]) -> list[Explanation]:
    tried = [*explain_by_dynamics(evidence), *explain_by_short_filters(evidence, sounding)]
    if min(each.left_db for each in tried) > WELL_DB:
        tried += explain_by_returns(evidence, sounding)
    return tried
