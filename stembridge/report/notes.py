"""Findings as notes with numbers, the gravest first, and their marks on the time line; pure."""

from collections.abc import Iterable

from stembridge.report.page import Mark, Note
from stembridge.session.manifest import FindingEntry
from stembridge.units import Seconds

GRAVEST_FIRST = ("error", "warning", "info")


def numbered(findings: Iterable[FindingEntry]) -> tuple[Note, ...]:
    """Give each finding its number on the page."""
    ordered = sorted(findings, key=lambda finding: GRAVEST_FIRST.index(finding.severity))
    return tuple(Note(number, finding) for number, finding in enumerate(ordered, start=1))


def marks_of(placed: Iterable[tuple[Note, float]], *, start: Seconds, length: Seconds) -> tuple[Mark, ...]:
    """Mark notes on the time line; one that lies outside its file has no place in the picture.

    Args:
        placed: each note, and where in the file it is, in seconds.
        start: where the file starts in the session.
        length: how long it is.

    """
    return tuple(Mark(note, Seconds(start + inside)) for note, inside in placed if 0.0 <= inside <= length)
