"""report.html: a page as one self-contained file, for a browser or a printer.

Everything that comes from a delivery is escaped, and the page forbids itself scripts and the network, so that a
file's name can do no harm.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from stembridge.presets import Preset
from stembridge.report import words
from stembridge.report.checked import checked_page
from stembridge.report.delivery import delivery_page
from stembridge.report.lossy_pictures import lossy_pictures
from stembridge.report.page import Page
from stembridge.report.sections import CHECK_SECTIONS, SECTIONS, Section
from stembridge.report.verdict import headline, verdict_on
from stembridge.session.manifest import Manifest
from stembridge.stages.conform import Conformed

if TYPE_CHECKING:
    from stembridge.stages.checkup import Checkup

_FILTERS = (
    *(words.clock, words.counted, words.date, words.decimal, words.depth, words.form, words.layout),
    *(words.link, words.measured, words.percent, words.rate, words.signed, words.storage, words.difference),
)


def delivery_report(manifest: Manifest, conformed: Sequence[Conformed]) -> bytes:
    """Write the report of a delivery; its sources are read again where their spectrum is shown.

    Args:
        manifest: everything about the delivery.
        conformed: its outputs, in the manifest's order.

    """
    page = delivery_page(manifest, conformed)
    sounds = {facts.source.name.as_posix(): facts.sound for done in conformed for facts in done.plan.sources}
    return render(replace(page, spectrograms=lossy_pictures(page.notes, sounds)))


def check_report(done: "Checkup", preset: Preset, *, song: str, created: str | None) -> bytes:
    """Write the report of a check; the files are read again where their spectrum is shown.

    Args:
        done: what was found.
        preset: whose rules counted.
        song: what the delivery is called.
        created: when it was checked, ISO 8601; None leaves it out.

    """
    page = checked_page(done, preset, song=song, created=created)
    sounds = {each.facts.source.name.as_posix(): each.facts.sound for each in done.files}
    return render(replace(page, spectrograms=lossy_pictures(page.notes, sounds)), CHECK_SECTIONS)


def render(page: Page, sections: Sequence[Section] = SECTIONS) -> bytes:
    """Write a page as HTML; the same page gives the same bytes.

    Args:
        page: what is shown.
        sections: the parts of the page, in order; one whose view is None is left out.

    """
    findings = [note.finding for note in page.notes]
    shown = [(section, view) for section in sections if (view := section.view(page)) is not None]
    text = (
        _templates()
        .get_template("report.html")
        .render(page=page, sections=shown, verdict=verdict_on(findings).value, headline=headline(findings))
    )
    # A name on disk that is not Unicode holds lone surrogates, which UTF-8 cannot.
    return text.encode("utf-8", "backslashreplace")


@cache
def _templates() -> Environment:
    """Keep the compiled templates: compiling them takes longer than all else of a short delivery."""
    environment = Environment(
        loader=PackageLoader("stembridge.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update({one.__name__: one for one in _FILTERS})
    return environment
