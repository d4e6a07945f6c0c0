import pytest
from unit.report.pages import finding, notes, page

from stembridge.report.letter import letter
from stembridge.report.verdict import headline, verdict_on


@pytest.mark.parametrize(
    ("severities", "verdict", "line"),
    [
        ([], "ready", "Ready"),
        (["info"], "ready", "Ready"),
        (["info", "warning"], "notes", "Ready with notes"),
        (["error"], "rejected", "Rejected: 1 thing to ask the vendor"),
        (["warning", "error", "error"], "rejected", "Rejected: 2 things to ask the vendor"),
    ],
)
def test_the_gravest_finding_decides(severities, verdict, line):
    findings = [finding(severity) for severity in severities]
    assert verdict_on(findings) == verdict
    assert headline(findings) == line


def test_what_the_headline_counts_is_what_the_message_asks():
    asked = [finding("error"), finding("warning", "silent"), finding("warning", "clipping")]
    asked += [finding("error", "lossy-origin", path=name) for name in ("a.wav", "b.wav")]
    assert headline(asked) == "Rejected: 3 things to ask the vendor"
    assert "\n3. a.wav and b.wav\n" in str(letter(page(notes=notes(*asked))))
