"""A message to the vendor, ready to be copied into a mail: plain text, one request a finding; pure."""

from collections.abc import Iterable, Iterator

from stembridge.report import words
from stembridge.report.page import Note, Page
from stembridge.report.requests import is_asked, request
from stembridge.session.manifest import FindingEntry

LEFT = frozenset({"does-not-null"})
"""Findings whose figure is what is left of the mix."""


def letter(page: Page) -> str | None:
    """Write the message; None when there is nothing to ask."""
    asked = [note for note in page.notes if is_asked(note.finding)]
    if not asked:
        return None
    rejected = any(note.finding.severity == "error" for note in asked)
    return "\n".join((_opening(page, rejected=rejected), "", *_requests(asked), "Thank you!"))


def _opening(page: Page, *, rejected: bool) -> str:
    song = words.plain(page.song)
    if rejected:
        return f'We cannot use the delivery "{song}" as it is. Could you help us with this?'
    return f'Thank you for the delivery "{song}". Could you help us with this?'


def _requests(asked: Iterable[Note]) -> Iterator[str]:
    for number, note in enumerate(asked, start=1):
        finding = note.finding
        yield f"{number}. {_place(finding)}"
        yield f"{_fact(finding)} {words.plain(request(finding))}"
        yield ""


def _place(finding: FindingEntry) -> str:
    where = words.plain(finding.path or "The whole set")
    return where if finding.at is None else f"{where}, at {words.clock(finding.at)}"


def _fact(finding: FindingEntry) -> str:
    message = words.plain(finding.message)
    if finding.measured is None:
        return message
    limit = "" if finding.limit is None else f", limit {words.measured(finding.limit, finding.unit)}"
    what = "Left in the worst second" if finding.code in LEFT else "Measured"
    figures = f"{what}: {words.measured(finding.measured, finding.unit)}{limit}."
    return f"{message} {words.plain(figures)}".replace("\N{MINUS SIGN}", "-")
