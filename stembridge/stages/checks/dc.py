"""DC: a channel whose mean is not zero."""

from collections.abc import Iterator

from stembridge.audio.meter import Measurement
from stembridge.stages.checks.subject import Subject, decibels
from stembridge.stages.finding import Finding


def dc_findings(subject: Subject, read: Measurement) -> Iterator[Finding]:
    """Hold the mean of each channel against the preset's limit."""
    rule = subject.check.dc
    level = decibels(abs(read.dc))
    if rule.severity == "off" or level <= rule.limit:
        return
    channel = max(range(read.channels), key=lambda each: abs(read.channel_dc[each])) + 1
    yield subject.finding(
        rule,
        "dc",
        f"Channel {channel} has a DC offset of {100 * read.dc:+.2f} % of full scale.",
        measured=level,
        limit=rule.limit,
        unit="dBFS",
        hint="Ask for an export with a DC filter, or high-pass it at 5 Hz.",
    )
