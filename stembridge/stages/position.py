"""Where each source stands in time, from what the file itself says; pure.

A bext TimeReference counts samples since midnight. A time code in the name counts frames, so it needs the
frame rate of the preset. Positions are exact fractions of a second, so that files of different rates compare.
"""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import PurePosixPath

from stembridge.stages.finding import Finding, Severity
from stembridge.stages.identify import Identity
from stembridge.stages.probe import Facts

TIMECODE_TOLERANCE = Fraction(1, 20)


@dataclass(frozen=True)
class Position:
    """Where a source starts, in seconds since midnight; None when nothing says so."""

    seconds: Fraction | None
    findings: tuple[Finding, ...] = ()


def find_position(facts: Facts, identity: Identity, *, frame_rate: float | None) -> Position:
    """Find where a source starts.

    A TimeReference of zero says nothing: it is what tools write that know no position.

    Args:
        facts: what the source is.
        identity: what its name says.
        frame_rate: frames a second of time codes in names; None when unknown.

    """
    stamped = _bext_seconds(facts)
    if identity.timecode is None:
        return Position(stamped)
    named = timecode_seconds(identity.timecode, frame_rate)
    name = facts.source.name
    if named is None:
        return Position(stamped, (_unknown_frame_rate(name, identity.timecode),))
    if stamped is None:
        return Position(named)
    if abs(stamped - named) > TIMECODE_TOLERANCE:
        return Position(stamped, (_disagreement(name, stamped, named),))
    return Position(stamped)


def _bext_seconds(facts: Facts) -> Fraction | None:
    bext = facts.metadata.bext
    if bext is None or bext.time_reference == 0:
        return None
    return Fraction(bext.time_reference, facts.sound.format.rate)


def timecode_seconds(timecode: str, frame_rate: float | None) -> Fraction | None:
    """Convert a time code to seconds since midnight, by the real duration of its frames (SMPTE ST 12-1).

    At 29.97 an hour of time code lasts 3603.6 s, unless its frame numbers are dropped (``;``).
    """
    hours, minutes, seconds, frames = (int(part) for part in timecode.replace(";", ":").split(":"))
    whole_minutes = hours * 60 + minutes
    if frame_rate is None:
        return None if frames else Fraction(whole_minutes * 60 + seconds)
    counted = round(frame_rate)
    number = (whole_minutes * 60 + seconds) * counted + frames
    if ";" in timecode:
        number -= 2 * (counted // 30) * (whole_minutes - whole_minutes // 10)
    return number / _exact(frame_rate)


def _exact(frame_rate: float) -> Fraction:
    """Return the rate that a decimal number means: 29.97 is 30000/1001."""
    counted = round(frame_rate)
    return Fraction(frame_rate) if frame_rate == counted else Fraction(counted * 1000, 1001)


def _unknown_frame_rate(name: PurePosixPath, timecode: str) -> Finding:
    return Finding(
        "timecode-frame-rate",
        Severity.WARNING,
        f"The time code {timecode} in the name counts frames, but the frame rate is not known.",
        path=name,
        hint="Set align.frame_rate in the preset.",
    )


def _disagreement(name: PurePosixPath, stamped: Fraction, named: Fraction) -> Finding:
    return Finding(
        "timecode-disagrees",
        Severity.WARNING,
        "The time code in the name and the bext time stamp disagree; the time stamp was used.",
        path=name,
        measured=float(stamped - named),
        limit=float(TIMECODE_TOLERANCE),
        unit="s",
        hint="Ask the sender which one is right.",
    )
