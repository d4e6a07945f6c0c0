"""The verdict on a delivery, in one line; pure."""

from collections.abc import Iterable

from stembridge.session.manifest import FindingEntry
from stembridge.stages.finding import Verdict, verdict_of


def verdict_on(findings: Iterable[FindingEntry]) -> Verdict:
    """Judge by the gravest finding, as the checks do."""
    return verdict_of(finding.severity for finding in findings)


def headline(findings: Iterable[FindingEntry]) -> str:
    """Say the verdict in one line, like ``Rejected: 2 things to ask the vendor``."""
    severities = [finding.severity for finding in findings]
    errors, warnings = severities.count("error"), severities.count("warning")
    if errors:
        return f"Rejected: {errors} {'thing' if errors == 1 else 'things'} to ask the vendor"
    return "Ready with notes" if warnings else "Ready"
