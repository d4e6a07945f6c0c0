"""A message to the vendor, ready to be copied into a mail: plain text, one request a finding; pure.

A hint tells the house what to do; the request tells the sender. An error is always asked about. A warning is
asked about when only the sender can settle it.
"""

from collections.abc import Iterable, Iterator, Mapping

from stembridge.report import words
from stembridge.report.page import Note, Page
from stembridge.session.manifest import FindingEntry

REQUESTS: Mapping[str, str] = {
    "does-not-null": "Please send stems that sum to the mix, exported from its session.",
    "fake-depth": "Please export it again at the depth of the session.",
    "lossy-origin": "Please send the export that was never an MP3 or AAC.",
    "lossy-source": "Please send it as WAV or FLAC, from the original session.",
    "metadata": "Please export it again, so that its metadata is whole.",
    "no-time-stamp": "Please tell us where it starts, or send it with a time stamp.",
    "timecode-disagrees": "Please tell us which of the two is right.",
    "timecode-frame-rate": "Please tell us the frame rate.",
    "upsampled": "Please export it again at the rate of the session.",
}
"""What is asked of the sender, by the code of the finding."""

ANYTHING = "Please check this and send it again."


def letter(page: Page) -> str | None:
    """Write the message; None when there is nothing to ask."""
    asked = [note for note in page.notes if _is_asked(note)]
    if not asked:
        return None
    rejected = any(note.finding.severity == "error" for note in asked)
    return "\n".join((_opening(page, rejected=rejected), "", *_requests(asked), "Thank you!"))


def _is_asked(note: Note) -> bool:
    finding = note.finding
    return finding.severity == "error" or (finding.severity == "warning" and finding.code in REQUESTS)


def _opening(page: Page, *, rejected: bool) -> str:
    song = words.plain(page.song)
    if rejected:
        return f'We cannot use the delivery "{song}" as it is. Could you help us with this?'
    return f'Thank you for the delivery "{song}". Could you help us with this?'


def _requests(asked: Iterable[Note]) -> Iterator[str]:
    for number, note in enumerate(asked, start=1):
        finding = note.finding
        yield f"{number}. {_place(finding)}"
        yield f"{_fact(finding)} {REQUESTS.get(finding.code, ANYTHING)}"
        yield ""


def _place(finding: FindingEntry) -> str:
    where = words.plain(finding.path or "The whole set")
    return where if finding.at is None else f"{where}, at {words.clock(finding.at)}"


def _fact(finding: FindingEntry) -> str:
    message = words.plain(finding.message)
    if finding.measured is None:
        return message
    limit = "" if finding.limit is None else f", limit {words.measured(finding.limit, finding.unit)}"
    figures = f"Measured: {words.measured(finding.measured, finding.unit)}{limit}."
    return f"{message} {words.plain(figures)}".replace("\N{MINUS SIGN}", "-")
