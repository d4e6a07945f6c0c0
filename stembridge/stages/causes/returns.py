"""Explanations by what stands between stems and mix: an equaliser, other processing of a stem, a return; pure."""

from collections.abc import Iterator

from stembridge.stages.causes.evidence import Evidence
from stembridge.stages.causes.explanation import Explanation, Kind
from stembridge.stages.causes.filters import Source, long, share_left, short
from stembridge.stages.causes.gains import to_db

MOST_SENDS = 4
LEAST_MORE_DB = 0.3
"""A stem must take away this much more to be told as one that feeds an effect."""


def explain_by_short_filters(evidence: Evidence, heard: list[int]) -> Iterator[Explanation]:
    """Try an equaliser on the mix bus, and on each stem that is heard."""
    yield Explanation(Kind.EQUALISER, (), to_db(share_left(evidence, short(evidence, evidence.total))))
    for index in heard:
        left = share_left(evidence, short(evidence, evidence.stems[index]))
        yield Explanation(Kind.STEM_FILTER, (index,), to_db(left))


def explain_by_returns(evidence: Evidence, heard: list[int]) -> Iterator[Explanation]:
    """Try an effect that is fed by the whole mix, and one fed by the stems that explain most, four at most."""
    yield Explanation(Kind.RETURN, (), to_db(share_left(evidence, long(evidence, evidence.total))))
    alone = {index: share_left(evidence, long(evidence, evidence.stems[index])) for index in heard}
    order = sorted(alone, key=lambda index: alone[index])[:MOST_SENDS]
    if not order:
        return
    together: Source = long(evidence, evidence.stems[order[0]])
    sends, left_db = [order[0]], to_db(alone[order[0]])
    for index in order[1:]:
        joined = together.joined(long(evidence, evidence.stems[index]))
        joined_db = to_db(share_left(evidence, joined))
        if joined_db < left_db - LEAST_MORE_DB:
            together, left_db = joined, joined_db
            sends.append(index)
    yield Explanation(Kind.RETURN, tuple(sorted(sends)), left_db)
