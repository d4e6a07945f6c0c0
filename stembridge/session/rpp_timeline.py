"""The timeline of a REAPER session as text: markers, regions and the tempo envelope; pure."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from stembridge.session.project import Marker, TempoPoint
from stembridge.session.rpp_text import colour, guid, number, quoted

_SQUARE = 1
_SETS_METER, _PARTIAL_BAR = 1, 4
_BAR_TOLERANCE = 1e-6


def marker_lines(markers: Sequence[Marker], seed: str) -> list[str]:
    """Write markers and regions, numbered in order of time; a region is two lines with one number."""
    lines = []
    ordered = sorted(markers, key=lambda marker: marker.position)
    for index, marker in enumerate(ordered, start=1):
        shade = colour(marker.colour) if marker.colour is not None else 0
        start, name = number(marker.position), quoted(marker.name)
        identity = guid(seed, "marker", index)
        if marker.length is None:
            lines.append(f"MARKER {index} {start} {name} 0 {shade} 1 B {identity} 0")
        else:
            lines.append(f"MARKER {index} {start} {name} 1 {shade} 1 R {identity} 0")
            lines.append(f'MARKER {index} {number(marker.position + marker.length)} "" 1')
    return lines


def tempo_lines(points: Sequence[TempoPoint], seed: str) -> list[str]:
    """Write the tempo at the start, and the envelope of all tempo and meter changes."""
    if not points:
        return ["TEMPO 120 4 4"]
    first = points[0]
    return [
        f"TEMPO {number(first.bpm)} {first.numerator} {first.denominator}",
        "<TEMPOENVEX",
        f"  EGUID {guid(seed, 'tempo')}",
        "  ACT 1 -1",
        "  VIS 1 0 1",
        "  LANEHEIGHT 0 0",
        "  ARM 0",
        f"  DEFSHAPE {_SQUARE} -1 -1",
        *(f"  {line}" for line in _points(points)),
        ">",
    ]


def _points(points: Sequence[TempoPoint]) -> Iterator[str]:
    """Write each point; one whose meter cuts a bar short is marked so, or REAPER would move it."""
    yield _point(points[0], whole_bar=True)
    bars = 0.0
    for before, point in pairwise(points):
        quarters_in_bar = before.numerator * 4 / before.denominator
        bars += (point.seconds - before.seconds) * before.bpm / 60 / quarters_in_bar
        yield _point(point, whole_bar=abs(bars - round(bars)) < _BAR_TOLERANCE)
        bars = 0.0 if point.sets_meter else bars


def _point(point: TempoPoint, *, whole_bar: bool) -> str:
    place = f"PT {number(point.seconds)} {number(point.bpm)} {_SQUARE}"
    if not point.sets_meter:
        return place
    flags = _SETS_METER if whole_bar else _SETS_METER | _PARTIAL_BAR
    return f"{place} {point.denominator * 65536 + point.numerator} 0 {flags}"
