"""Explanations by what stands between stems and mix: an equaliser, other processing of a stem, a return; pure."""

from collections.abc import Iterator

from stembridge.stages.causes.evidence import Evidence
from stembridge.stages.causes.explanation import Explanation, Kind
from stembridge.stages.causes.filters import Source, long, share_left, share_recent, short
from stembridge.stages.causes.gains import to_db

MOST_SENDS = 4
DIES_AWAY = 0.65
"""A tail has this share of its energy in the nearer half of its time: 0.73 or more were seen, 0.6 at most else."""
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
    whole = long(evidence, evidence.total)
    if share_recent(evidence, whole, 1) >= DIES_AWAY:
        yield Explanation(Kind.RETURN, (), to_db(share_left(evidence, whole)))
    if heard:
        sends, source, left_db = _fed_by(evidence, heard)
        if share_recent(evidence, source, len(sends)) >= DIES_AWAY:
            yield Explanation(Kind.RETURN, tuple(sorted(sends)), left_db)


def _fed_by(evidence: Evidence, heard: list[int]) -> tuple[list[int], Source, float]:
    alone = {index: share_left(evidence, long(evidence, evidence.stems[index])) for index in heard}
    first, *others = sorted(alone, key=lambda index: alone[index])[:MOST_SENDS]
    sends, source, left_db = [first], long(evidence, evidence.stems[first]), to_db(alone[first])
    for index in others:
        joined = source.joined(long(evidence, evidence.stems[index]))
        joined_db = to_db(share_left(evidence, joined))
        if joined_db < left_db - LEAST_MORE_DB:
            sends, source, left_db = [*sends, index], joined, joined_db
    return sends, source, left_db
