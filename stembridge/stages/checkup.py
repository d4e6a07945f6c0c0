"""Check-up: all checks of a delivery, of its files and of the set, and the verdict.

Checks of the set are a table: each takes the examined files and the rules, and says what it found.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from stembridge.check_model import Check
from stembridge.request import Progress, no_progress
from stembridge.stages.check import Examined, examine_all, identify_editions
from stembridge.stages.check_null import NO_MIX, no_mix_findings, null_findings, null_set
from stembridge.stages.check_set import set_findings
from stembridge.stages.corrections import Corrections, as_done, corrections_of, settled
from stembridge.stages.editions import Edition
from stembridge.stages.finding import Finding, Rejected, Severity, Verdict, verdict_of, worst_first
from stembridge.stages.identity import Identity
from stembridge.stages.null_files import Nulled
from stembridge.stages.plan import Plan
from stembridge.stages.probe import Facts

SetCheck = Callable[[Sequence[Examined], Check], Iterable[Finding]]

SET_CHECKS: tuple[SetCheck, ...] = (set_findings, no_mix_findings)
"""What is checked about a set as a whole."""


TOLD_BY_ALIGNMENT = "no-mix-to-align"


@dataclass(frozen=True)
class Checkup:
    """A delivery, checked.

    Attributes:
        files: what each file is.
        findings: what is to be said, the gravest first.
        nulls: the sum of the stems against the mix, of each set that has one.

    """

    files: tuple[Examined, ...]
    findings: tuple[Finding, ...]
    nulls: tuple[Nulled, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """What the gravest finding makes of it, whatever is done with the delivery."""
        return verdict_of(finding.severity for finding in self.findings)

    def with_findings(self, more: Sequence[Finding]) -> "Checkup":
        """Add what no rule of the preset decides on."""
        return replace(self, findings=worst_first([*self.findings, *more]))

    def to_json(self) -> dict[str, Any]:
        """Return the documented shape."""
        return {
            "verdict": self.verdict.value,
            "findings": [finding.to_json() for finding in self.findings],
            "files": [each.to_json() for each in self.files],
            "nulls": [null.to_json() for null in self.nulls],
        }


class RejectedByChecks(Rejected):
    """The delivery is rejected for what its files are.

    Attributes:
        checkup: what was found, for a report.

    """

    def __init__(self, checkup: Checkup, findings: Sequence[Finding]) -> None:
        self.checkup = checkup
        errors = [finding for finding in findings if finding.severity is Severity.ERROR]
        told = " ".join(f"{each.path or 'The set'}: {each.message}" for each in errors)
        super().__init__(
            f"The delivery is rejected for {len(errors)} {'reason' if len(errors) == 1 else 'reasons'}. {told}",
            findings,
            hint=errors[0].hint or "Ask the sender for a new delivery.",
            code="rejected",
        )


def check_up(
    facts: Sequence[Facts],
    check: Check,
    *,
    name: str = "",
    mix: Facts | None = None,
    identities: Sequence[tuple[Edition, Identity]] | None = None,
    threads: int = 1,
    progress: Progress = no_progress,
    set_checks: Sequence[SetCheck] = SET_CHECKS,
    corrected: Corrections | None = None,
) -> Checkup:
    """Check a delivery. Nothing is changed.

    Args:
        facts: what each file is.
        check: the rules.
        name: what the delivery is called.
        mix: the mix, one of ``facts``; None to go by the names.
        identities: what each file is, in place of what its name says.
        threads: how many files are examined side by side.
        progress: told ``check``, then ``null``, and how much of it is done.
        set_checks: what is checked about the set.
        corrected: what keeps a set from nulling and is put right without asking, by file.

    Raises:
        AudioError: if a file cannot be decoded to its end.

    """
    known = identities or identify_editions(facts, name=name, mix=mix)
    files = examine_all(facts, known, check, threads=threads, progress=progress)
    findings = [finding for each in files for finding in each.findings]
    nulls = []
    for own in by_edition(files):
        for set_check in set_checks:
            findings += _of_edition(set_check(own, check), own)
        null = null_set(own, check, progress=progress)
        if null is not None:
            nulls.append(null)
            findings += _of_edition(null_findings(null, own, check, corrected), own)
    return Checkup(files, worst_first(findings), tuple(nulls))


def by_edition(files: Sequence[Examined]) -> list[list[Examined]]:
    """Sort files into the sets that belong together: each song, each version of it."""
    sets: dict[Edition, list[Examined]] = {}
    for each in files:
        sets.setdefault(each.edition, []).append(each)
    return list(sets.values())


def _of_edition(findings: Iterable[Finding], own: Sequence[Examined]) -> Iterator[Finding]:
    """Say of which song or version a finding about a set is; a mix alone lacks no stems."""
    label = own[0].edition.label
    is_set = any(each.identity.role is not None and not each.identity.is_mix for each in own)
    for finding in findings:
        if label and finding.path is None:
            if is_set:
                yield replace(finding, message=f"{label}: {finding.message}")
        else:
            yield finding


def check_sources(plan: Plan, *, threads: int, progress: Progress) -> Plan:
    """Check the sources of a plan before anything is made of them, where the preset wants that.

    Returns:
        The plan, with what was found.

    Raises:
        RejectedByChecks: naming every reason, if the delivery is rejected and the rules do not only report.

    """
    check = plan.preset.check
    if check is None:
        return plan
    done = check_up(
        plan.sources,
        check,
        identities=_identities(plan),
        threads=threads,
        progress=progress,
        corrected=corrections_of(plan),
    )
    is_told = any(finding.code == TOLD_BY_ALIGNMENT for finding in plan.findings)
    found = [finding for finding in done.findings if not (is_told and finding.code == NO_MIX)]
    findings = worst_first([*settled(plan.findings, done.nulls), *as_done(found, plan)])
    if done.verdict is Verdict.REJECTED and not check.report_only:
        raise RejectedByChecks(done, findings)
    return replace(plan, findings=findings, nulls=tuple(null.entry() for null in done.nulls))


def _identities(plan: Plan) -> list[tuple[Edition, Identity]]:
    """Say what each source is: as planned, which its sound may have said, where one stem is made of it as it is."""
    planned = {
        stem.facts.source.path: stem.identity
        for stem in plan.stems
        if stem.identity.role is not None and stem.separated is None and stem.beside is None
    }
    named = identify_editions(plan.sources, name=plan.song)
    return [
        (edition, planned.get(one.source.path, identity))
        for one, (edition, identity) in zip(plan.sources, named, strict=True)
    ]
