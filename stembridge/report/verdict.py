"""The verdict on a delivery, in one line; pure."""

from collections.abc import Iterable

from stembridge.report import words
from stembridge.report.requests import asked
from stembridge.session.manifest import FindingEntry
from stembridge.stages.finding import Verdict, verdict_of


def verdict_on(findings: Iterable[FindingEntry]) -> Verdict:
    """Judge by the gravest finding, as the checks do."""
    return verdict_of(finding.severity for finding in findings)


def headline(findings: Iterable[FindingEntry]) -> str:
    """Say the verdict in one line, like ``Rejected: 2 things to ask the vendor``."""
    told = tuple(findings)
    verdict = verdict_on(told)
    if verdict is Verdict.REJECTED:
        return f"Rejected: {words.counted(len(asked(told)), 'thing')} to ask the vendor"
    return "Ready with notes" if verdict is Verdict.NOTES else "Ready"
