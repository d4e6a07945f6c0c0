"""The sections of a report, in their order; one with nothing to say is left out.

A new section is a function that takes the page and returns what its template draws, a template of the section's
name, and a line in ``SECTIONS``.
"""

from collections.abc import Callable
from dataclasses import dataclass

from stembridge.report.letter import letter
from stembridge.report.loudness import chart
from stembridge.report.null_chart import null_charts
from stembridge.report.page import Page
from stembridge.report.timeline import lay_out


@dataclass(frozen=True)
class Section:
    """A part of the report.

    Attributes:
        id: its anchor, and the name of its template.
        title: its heading.
        view: makes what the template draws, as ``view``; None leaves the section out.

    """

    id: str
    title: str
    view: Callable[[Page], object | None]


SECTIONS = (
    Section("findings", "Findings", lambda page: page.notes or None),
    Section("letter", "Message to the vendor", letter),
    Section("stems", "Stems", lambda page: page.stems or None),
    Section("timeline", "Time line", lay_out),
    Section("loudness", "Loudness over time", chart),
    Section("null", "Sum of the stems against the mix", null_charts),
    Section("separation", "Separation", lambda page: page.separation),
    Section("changes", "What was changed", lambda page: page.stems or None),
    Section("sources", "Sources and files", lambda page: page),
)
