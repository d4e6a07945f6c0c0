"""What conforming puts right by itself, file by file; pure.

A preset may ask for stems to be moved, turned over or corrected in speed. It is done only where their place is sure,
so a fault counts as put right when the plan says so of the very file.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from stembridge.stages.causes.explanation import Explanation, Kind
from stembridge.stages.causes.gains import AUDIBLE_DB
from stembridge.stages.finding import Finding, Severity
from stembridge.stages.null_files import Nulled
from stembridge.stages.plan import Plan

Corrections = Mapping[str, frozenset[Kind]]
"""By the name of a file."""

DONE = {"aligned": Kind.LATE, "polarity": Kind.POLARITY, "clock-drift": Kind.CLOCK}
"""What a finding of the plan says was done, by its code; one that is more than information says it was not."""
OF_EACH = {Kind.SET_LATE: Kind.LATE, Kind.SET_POLARITY: Kind.POLARITY}
UNSURE = "alignment-unsure"


def corrections_of(plan: Plan) -> Corrections:
    """Return what is put right of each source of a plan."""
    done: dict[str, frozenset[Kind]] = {}
    for stem in plan.stems:
        kinds = frozenset(
            DONE[each.code]
            for each in plan.findings
            if each.path == stem.facts.source.name and each.code in DONE and each.severity is Severity.INFO
        )
        done |= {facts.source.name.as_posix(): kinds for facts in stem.sources}
    return done


def is_corrected(cause: Explanation, found: Nulled, corrections: Corrections) -> bool:
    """Tell whether all that a cause says is put right in each stem that it is about."""
    more = dict(cause.more)
    if abs(more.get("gain_db", 0.0)) > AUDIBLE_DB:
        return False
    needed = {OF_EACH.get(cause.kind, cause.kind)}
    if more.get("polarity", 1.0) < 0.0:
        needed.add(Kind.POLARITY)
    heard = [
        name
        for name, level in zip(found.stems, found.diagnosis.levels, strict=True)
        if level.gain_db is not None
    ]
    about = [found.stems[index] for index in cause.stems] or heard
    return all(needed <= corrections.get(name, frozenset()) for name in about)


def settled(findings: Sequence[Finding], nulls: Sequence[Nulled]) -> Iterator[Finding]:
    """Leave no question open about the place of a stem whose set sums to its mix as it came."""
    in_place = {name for null in nulls if null.nulls for name in null.stems}
    for finding in findings:
        if finding.code == UNSURE and finding.path is not None and finding.path.as_posix() in in_place:
            hint = "The stems sum to the mix with it where it is: nothing is to be done."
            yield replace(finding, severity=Severity.INFO, hint=hint)
        else:
            yield finding


def as_done(findings: Sequence[Finding], plan: Plan) -> Iterator[Finding]:
    """Say of what was found about files what the plan does about it."""
    folded = {stem.facts.source.name for stem in plan.stems if stem.folded}
    for finding in findings:
        if finding.code == "dual-mono" and finding.path in folded:
            yield replace(finding, severity=Severity.INFO, hint="It is delivered as mono.")
        elif finding.code == "unequal-length" and plan.preset.align.length == "common":
            yield replace(
                finding, hint="All files are delivered with one length; listen whether its end is cut."
            )
        else:
            yield finding
