import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from unit.report.pages import finding, marked, notes, overview, page, stem

from stembridge.report.html import render
from stembridge.report.page import Page
from stembridge.report.sections import SECTIONS, Section
from stembridge.session.manifest import SeparationEntry
from stembridge.units import Decibels, Seconds

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</style></title></pre><script>alert(1)</script>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "\udcff\u202egpj.wav",
)


class Outline(HTMLParser):
    """What a browser sees of a page: its elements, their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def outline(made: Page) -> Outline:
    return Outline(render(made).decode("utf-8"))


def full_page(name: str = "drums") -> Page:
    found = finding(
        "error", "offset", message=name, path=f"{name} in.wav", at=1.0, unit=name, measured=1.0, hint=name
    )
    all_notes = notes(found, finding("warning"), finding("info", path=name))
    first = marked(stem(name, evidence=name, changes=(name,), notes=all_notes), (all_notes[0], 1.0))
    made = page(first, stem("mix", is_mix=True), notes=all_notes, song=name, session=name, preset=name)
    return replace(made, separation=SeparationEntry(name, None, "cpu", null_dbfs=Decibels(-141.2)))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_shown_and_never_obeyed(name):
    plain, hostile = outline(full_page()), outline(full_page(name))
    assert [tag for tag, _ in hostile.elements] == [tag for tag, _ in plain.elements]
    assert [sorted(had) for _, had in hostile.elements] == [sorted(had) for _, had in plain.elements]
    assert name.encode("utf-8", "backslashreplace").decode() in hostile.text


def test_a_page_asks_for_nothing_outside_itself():
    seen = outline(full_page())
    assert not {"script", "iframe", "object", "img", "base", "form"} & {tag for tag, _ in seen.elements}
    addresses = [
        str(value) for _, had in seen.elements for key, value in had.items() if key in ("href", "src")
    ]
    assert addresses
    assert all(address.startswith(("./", "#", "data:,")) for address in addresses)
    assert not re.search(r"url\(|@import", render(full_page()).decode())


def test_a_page_forbids_itself_everything_but_its_own_style():
    policy = next(had["content"] for _, had in outline(full_page()).elements if had.get("http-equiv"))
    assert str(policy).startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")


def test_the_same_page_gives_the_same_bytes():
    assert render(full_page()) == render(full_page())


def test_every_reference_on_a_page_has_its_target():
    seen = outline(full_page())
    targets = {had["id"] for _, had in seen.elements if "id" in had}
    named = {
        str(had[key]).split()[0]
        for _, had in seen.elements
        for key in ("aria-labelledby", "aria-describedby")
        if key in had
    }
    local = {str(had["href"])[1:] for tag, had in seen.elements if tag == "a" and str(had["href"])[0] == "#"}
    assert local == {"finding-1", "finding-2", "finding-3"}
    assert named | local <= targets


def test_a_delivery_without_findings_has_no_findings_and_no_letter():
    text = outline(page(stem())).text
    assert "Ready" in text
    assert "Findings" not in text
    assert "Message to the vendor" not in text


def test_a_page_without_a_date_a_session_or_a_role_is_still_a_page():
    silent = stem(
        role=None, confidence=None, loudness=replace(stem().loudness, integrated=None, sample_peak=None)
    )
    text = outline(page(silent, created=None, session=None, carried=())).text
    assert "not known" in text
    assert "silent" in text


def test_a_delivery_of_no_files_is_still_a_page():
    assert "Night Drive" in outline(page()).text


def test_a_section_is_added_with_a_function_and_left_out_when_it_has_nothing_to_say():
    hidden = Section("stems", "Null depth", lambda _page: None)
    shown = Section("stems", "Null depth", lambda made: made.stems)
    assert b"Null depth" not in render(page(stem()), (*SECTIONS, hidden))
    assert b"Null depth" in render(page(stem()), (*SECTIONS, shown))


def test_nine_files_of_five_minutes_stay_under_three_megabytes():
    wild = [stem(f"stem {n}", seconds=300.0, overview=overview(2.0, level=0.4)) for n in range(8)]
    made = render(page(*wild, stem("mix", seconds=300.0, is_mix=True, overview=overview(2.0, level=0.9))))
    assert len(made) < 500_000


def test_a_stem_that_starts_later_says_where():
    assert "at 0:02.000" in outline(page(stem(start=Seconds(2.0)))).text
