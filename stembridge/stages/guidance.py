"""Guidance: the tempo map and the cue sheets of a song on the timeline of its delivery; pure.

The first tick of a tempo map is the start of its song. A cue sheet counts from midnight, as the time stamps of the
files do, or from the start of the song: whichever puts all its cues inside.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from stembridge.audio.metadata import Cue
from stembridge.session.project import Marker, TempoPoint
from stembridge.session.tempo_map import session_markers, tempo_points
from stembridge.stages.finding import Finding, Severity
from stembridge.stages.sidecars.guide import CueSheet, SheetCue
from stembridge.stages.sidecars.song_guide import SongGuide
from stembridge.units import Hertz, Samples, Seconds, seconds_to_samples


@dataclass(frozen=True)
class Guidance:
    """Tempo and markers of a song or version.

    Attributes:
        start: where it starts, in seconds since midnight: the earliest start of a source.
        tempo: in seconds from there; empty when the tempo is not known.
        markers: in seconds from there.
        findings: what a person should know.

    """

    start: Fraction = Fraction(0)
    tempo: tuple[TempoPoint, ...] = ()
    markers: tuple[Marker, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Told:
    """What a file is told of the tempo and the markers.

    Attributes:
        bpm: quarter notes a minute at its first frame; None when not known.
        meter: the meter there, like ``4/4``; empty when not known.
        cues: the markers inside it, in samples from its first frame.

    """

    bpm: float | None = None
    meter: str = ""
    cues: tuple[Cue, ...] = ()


def lay_out(guide: SongGuide, start: Fraction, end: Fraction, *, bpm: float | None) -> Guidance:
    """Put what the sidecars say of a song on the timeline of its delivery.

    Args:
        guide: what they say.
        start: where the first source starts, in seconds since midnight.
        end: where the last one ends.
        bpm: the tempo that all names agree on, for a song without a tempo map.

    """
    tempo = tempo_points(guide.tempo) if guide.tempo else ()
    if not tempo and bpm:
        tempo = (TempoPoint(Seconds(0.0), bpm),)
    markers = list(session_markers(guide.tempo)) if guide.tempo else []
    findings = list(guide.findings)
    for sheet in guide.sheets:
        origin = _origin(sheet, start, end)
        if origin is None:
            findings.append(_outside(sheet, end - start))
        else:
            markers += [_marker(cue, origin) for cue in sheet.cues]
    return Guidance(start, tempo, tuple(_once(markers)), tuple(findings))


def from_start(guidance: Guidance, start: Fraction) -> Guidance:
    """Count tempo and markers from another start; what lies before it is left out, but the tempo that holds there."""
    by = Seconds(float(guidance.start - start))
    markers = (replace(marker, position=Seconds(marker.position + by)) for marker in guidance.markers)
    return Guidance(
        start,
        tuple(_moved(guidance.tempo, by)),
        tuple(marker for marker in markers if marker.position + (marker.length or 0.0) >= 0.0),
        guidance.findings,
    )


def told_of(guidance: Guidance, position: Samples, frames: Samples, rate: Hertz) -> Told:
    """Return what concerns one file, whose first frame is at ``position`` samples since midnight."""
    own = from_start(guidance, Fraction(position, rate))
    first = own.tempo[0] if own.tempo else None
    cues = (_cue(marker, rate) for marker in own.markers)
    return Told(
        first.bpm if first else None,
        f"{first.numerator}/{first.denominator}" if first else "",
        tuple(cue for cue in cues if 0 <= cue.position <= frames),
    )


def _cue(marker: Marker, rate: Hertz) -> Cue:
    length = None if marker.length is None else seconds_to_samples(marker.length, rate)
    return Cue(seconds_to_samples(marker.position, rate), marker.name, length=length)


def _moved(points: Sequence[TempoPoint], by: Seconds) -> Iterator[TempoPoint]:
    moved = [replace(point, seconds=Seconds(point.seconds + by)) for point in points]
    before = [point for point in moved if point.seconds <= 0.0] or moved[:1]
    yield from (replace(point, seconds=Seconds(0.0), sets_meter=True) for point in before[-1:])
    yield from (point for point in moved if point.seconds > 0.0 and point not in before[-1:])


def _origin(sheet: CueSheet, start: Fraction, end: Fraction) -> Fraction | None:
    """Return what the sheet counts from, in seconds since midnight less ``start``; None if its cues lie outside."""
    for origin in (start, Fraction(0)):
        if all(origin <= cue.seconds <= origin + (end - start) for cue in sheet.cues):
            return origin
    return None


def _marker(cue: SheetCue, origin: Fraction) -> Marker:
    length = None if cue.length is None else Seconds(float(cue.length))
    return Marker(Seconds(float(cue.seconds - origin)), cue.name, length=length)


def _once(markers: Sequence[Marker]) -> list[Marker]:
    """Keep one of those that several sidecars have: the same name within a millisecond."""
    kept: dict[tuple[int, str], Marker] = {}
    for marker in markers:
        kept.setdefault((round(marker.position * 1000), marker.name), marker)
    return sorted(kept.values(), key=lambda marker: marker.position)


def _outside(sheet: CueSheet, length: Fraction) -> Finding:
    last = max(sheet.cues, key=lambda cue: cue.seconds)
    return Finding(
        "cues-outside",
        Severity.WARNING,
        "Its cues lie outside the sound, counted from its start or by its time stamps; they are left out.",
        path=sheet.name,
        measured=float(last.seconds),
        limit=float(length),
        unit="s",
        hint="Ask the sender what the sheet counts from. It is carried along as it is.",
    )
