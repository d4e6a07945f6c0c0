"""Levels: true peak, headroom and loudness, from the meter's reading."""

from collections.abc import Iterator

from stembridge.audio.meter import Measurement
from stembridge.stages.checks.subject import Subject
from stembridge.stages.finding import Finding


def level_findings(subject: Subject, read: Measurement) -> Iterator[Finding]:
    """Hold a file's levels against the preset's."""
    yield from _true_peak(subject, read)
    yield from _headroom(subject, read)
    yield from _loudness(subject, read)


def _true_peak(subject: Subject, read: Measurement) -> Iterator[Finding]:
    rule = subject.check.true_peak
    if rule.severity == "off" or rule.limit is None or read.true_peak is None or not subject.covers(rule.of):
        return
    if read.true_peak > rule.limit:
        yield subject.finding(
            rule,
            "true-peak",
            f"The true peak is {read.true_peak - rule.limit:.1f} dB over the limit.",
            measured=read.true_peak,
            limit=rule.limit,
            unit="dBTP",
            hint="Lower the whole set by one gain, or ask for an export with a lower ceiling.",
        )


def _headroom(subject: Subject, read: Measurement) -> Iterator[Finding]:
    rule = subject.check.headroom
    if (
        rule.severity == "off"
        or rule.limit is None
        or read.sample_peak is None
        or not subject.covers(rule.of)
    ):
        return
    if read.sample_peak > rule.limit:
        yield subject.finding(
            rule,
            "headroom",
            f"There are only {-read.sample_peak:.1f} dB of headroom.",
            measured=read.sample_peak,
            limit=rule.limit,
            unit="dBFS",
            hint="Ask for an export without limiter, lower by one gain for the whole set.",
        )


def _loudness(subject: Subject, read: Measurement) -> Iterator[Finding]:
    rule = subject.check.loudness
    if (
        rule.severity == "off"
        or rule.target is None
        or read.integrated is None
        or not subject.covers(rule.of)
    ):
        return
    off_by = read.integrated - rule.target
    if abs(off_by) > rule.within:
        yield subject.finding(
            rule,
            "loudness",
            f"It is {abs(off_by):.1f} LU {'louder' if off_by > 0 else 'quieter'} than the target;"
            f" {rule.within:g} LU are allowed.",
            measured=read.integrated,
            limit=rule.target,
            unit="LUFS",
            hint=f"A gain of {-off_by:+.1f} dB for the whole set would meet it.",
        )
