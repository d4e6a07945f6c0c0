"""The verdict on a delivery, in one line; pure."""

from collections.abc import Iterable
from enum import StrEnum

from stembridge.session.manifest import FindingEntry


class Verdict(StrEnum):
    """Ready, ready with notes, or rejected."""

    READY = "ready"
    NOTES = "notes"
    REJECTED = "rejected"


def verdict_of(findings: Iterable[FindingEntry]) -> Verdict:
    """Judge by the gravest finding: an error rejects, a warning is a note, information changes nothing."""
    severities = {finding.severity for finding in findings}
    if "error" in severities:
        return Verdict.REJECTED
    return Verdict.NOTES if "warning" in severities else Verdict.READY


def headline(findings: Iterable[FindingEntry]) -> str:
    """Say the verdict in one line, like ``Rejected: 2 things to ask the vendor``."""
    severities = [finding.severity for finding in findings]
    errors, warnings = severities.count("error"), severities.count("warning")
    if errors:
        return f"Rejected: {errors} {'thing' if errors == 1 else 'things'} to ask the vendor"
    return "Ready with notes" if warnings else "Ready"
