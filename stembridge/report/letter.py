"""A message to the vendor, ready to be copied into a mail: plain text, one request a thing; pure."""

from collections.abc import Iterable, Iterator, Sequence

from stembridge.report import words
from stembridge.report.page import Page
from stembridge.report.requests import asked, request
from stembridge.session.manifest import FindingEntry

LEFT = frozenset({"does-not-null"})
"""Findings whose figure is what is left of the mix."""


def letter(page: Page) -> str | None:
    """Write the message; None when there is nothing to ask."""
    things = asked(note.finding for note in page.notes)
    if not things:
        return None
    rejected = any(finding.severity == "error" for thing in things for finding in thing)
    return "\n".join((_opening(page, rejected=rejected), "", *_requests(things), "Thank you!"))


def _opening(page: Page, *, rejected: bool) -> str:
    song = words.plain(page.song)
    if rejected:
        return f'We cannot use the delivery "{song}" as it is. Could you help us with this?'
    return f'Thank you for the delivery "{song}". Could you help us with this?'


def _requests(things: Iterable[Sequence[FindingEntry]]) -> Iterator[str]:
    for number, thing in enumerate(things, start=1):
        finding = thing[0]
        yield f"{number}. {_place(thing)}"
        yield f"{_fact(finding)} {words.plain(request(finding))}"
        yield ""


def _place(thing: Sequence[FindingEntry]) -> str:
    where = words.listed([words.plain(finding.path or "The whole set") for finding in thing])
    at = thing[0].at
    return where if at is None else f"{where}, at {words.clock(at)}"


def _fact(finding: FindingEntry) -> str:
    message = words.plain(finding.message)
    if finding.measured is None:
        return message
    limit = "" if finding.limit is None else f", limit {words.measured(finding.limit, finding.unit)}"
    what = "Left in the worst second" if finding.code in LEFT else "Measured"
    figures = f"{what}: {words.measured(finding.measured, finding.unit)}{limit}."
    return f"{message} {words.plain(figures)}".replace("\N{MINUS SIGN}", "-")
