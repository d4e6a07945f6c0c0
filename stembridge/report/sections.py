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
from stembridge.report.spectrogram import spectrogram_views
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


_FINDINGS = Section("findings", "Findings", lambda page: page.notes or None)
_LETTER = Section("letter", "Message to the vendor", letter)
_TIMELINE = Section("timeline", "Time line", lay_out)
_LOUDNESS = Section("loudness", "Loudness over time", chart)
_NULL = Section("null", "Sum of the stems against the mix", null_charts)
_SPECTROGRAMS = Section("spectrograms", "Spectrograms", spectrogram_views)
_SOURCES = Section("sources", "Sources and files", lambda page: page)

SECTIONS = (
    _FINDINGS,
    _LETTER,
    Section("stems", "Stems", lambda page: page.stems or None),
    _TIMELINE,
    _LOUDNESS,
    _NULL,
    _SPECTROGRAMS,
    Section("separation", "Separation", lambda page: page.separation),
    Section("changes", "What was changed", lambda page: page.stems or None),
    _SOURCES,
)
"""The report of a delivery."""

CHECK_SECTIONS = (
    _FINDINGS,
    _LETTER,
    Section("files", "Files", lambda page: page.stems or None),
    _TIMELINE,
    _LOUDNESS,
    _NULL,
    _SPECTROGRAMS,
    _SOURCES,
)
"""The report of a check: what came in; nothing was made of it."""
