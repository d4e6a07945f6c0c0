"""A tempo map in ticks, as MIDI files count, and its conversion to and from the seconds of a session; pure.

Times are whole numbers until the last division, so nothing drifts, however many changes there are.
Source: Standard MIDI Files 1.0 (RP-001).
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from stembridge.session.project import Marker, TempoPoint
from stembridge.units import Seconds

DIVISION = 960
DEFAULT_TEMPO = 500_000
_SLOWEST = 0xFFFFFF


@dataclass(frozen=True)
class TempoChange:
    """From a tick on, a quarter note takes so many microseconds."""

    tick: int
    microseconds: int


@dataclass(frozen=True)
class MeterChange:
    """A bar starts at a tick, and has so many beats of one ``denominator``-th note."""

    tick: int
    numerator: int
    denominator: int


@dataclass(frozen=True)
class TextMarker:
    """What a file says about a tick: a verse, a cue."""

    tick: int
    text: str


@dataclass(frozen=True)
class TempoMap:
    """Tempo, meter and markers, each in order of time, at most one change of a kind at a tick.

    Attributes:
        division: ticks in a quarter note; negative for time-code ticks, as the file stores it (the high byte
            is minus the frames a second, the low byte the ticks in a frame): there tempo does not move time.
        tempos: 120 a minute until the first.
        meters: 4/4 until the first.
        markers: any number at a tick.
        problems: what was wrong with the file, in sentences for the report.

    """

    division: int = DIVISION
    tempos: tuple[TempoChange, ...] = ()
    meters: tuple[MeterChange, ...] = ()
    markers: tuple[TextMarker, ...] = ()
    problems: tuple[str, ...] = field(default=(), compare=False)


class _Clock:
    """Converts between ticks and seconds; tempo changes are added in order of time."""

    def __init__(self, division: int, tempos: Iterable[TempoChange] = ()) -> None:
        self._per_second = 1_000_000 * division
        self._ticks, self._elapsed, self._tempos = [0], [0], [DEFAULT_TEMPO]
        for tempo in tempos:
            self.change(tempo)

    def change(self, tempo: TempoChange) -> None:
        """Let a tempo hold from its tick on."""
        passed = (tempo.tick - self._ticks[-1]) * self._tempos[-1]
        self._elapsed.append(self._elapsed[-1] + passed)
        self._ticks.append(tempo.tick)
        self._tempos.append(tempo.microseconds)

    def seconds_at(self, tick: int) -> Seconds:
        """Return the time of a tick, exact to the last division."""
        place = bisect_right(self._ticks, tick) - 1
        passed = (tick - self._ticks[place]) * self._tempos[place]
        return Seconds((self._elapsed[place] + passed) / self._per_second)

    def tick_at(self, seconds: float) -> int:
        """Return the tick nearest to a time; a time before the start is at the start."""
        wanted = Fraction(seconds) * self._per_second
        place = max(0, bisect_right(self._elapsed, wanted) - 1)
        ticks = round((wanted - self._elapsed[place]) / self._tempos[place])
        return max(0, self._ticks[place] + ticks)


def seconds_at(tempo_map: TempoMap, ticks: Iterable[int]) -> tuple[Seconds, ...]:
    """Convert ticks to seconds."""
    if tempo_map.division < 0:
        rate = ticks_per_second(tempo_map.division)
        return tuple(Seconds(float(tick / rate)) for tick in ticks)
    clock = _Clock(tempo_map.division, tempo_map.tempos)
    return tuple(clock.seconds_at(tick) for tick in ticks)


def ticks_per_second(division: int) -> Fraction:
    """Return how many time-code ticks a second has; 29 frames a second stand for 30000/1001."""
    frames, ticks = -(division >> 8), division & 0xFF
    return ticks * (Fraction(30_000, 1001) if frames == 29 else Fraction(frames))


def tempo_points(tempo_map: TempoMap) -> tuple[TempoPoint, ...]:
    """Convert a map to the points of a session: one at the start, one wherever tempo or meter change."""
    tempos = {tempo.tick: tempo.microseconds for tempo in tempo_map.tempos}
    meters = {meter.tick: meter for meter in tempo_map.meters}
    ticks = sorted({0, *tempos, *meters})
    microseconds, meter = DEFAULT_TEMPO, MeterChange(0, 4, 4)
    points = []
    for tick, seconds in zip(ticks, seconds_at(tempo_map, ticks), strict=True):
        microseconds, meter = tempos.get(tick, microseconds), meters.get(tick, meter)
        sets_meter = tick == 0 or tick in meters
        bpm = 60_000_000 / microseconds
        points.append(TempoPoint(seconds, bpm, meter.numerator, meter.denominator, sets_meter=sets_meter))
    return tuple(points)


def session_markers(tempo_map: TempoMap) -> tuple[Marker, ...]:
    """Convert the markers of a map to those of a session."""
    times = seconds_at(tempo_map, (marker.tick for marker in tempo_map.markers))
    return tuple(Marker(at, marker.text) for at, marker in zip(times, tempo_map.markers, strict=True))


def map_of(points: Sequence[TempoPoint], markers: Sequence[Marker] = ()) -> TempoMap:
    """Make a map of a session's points and markers, each at the tick that is nearest to its time.

    MIDI counts a tempo in whole microseconds a quarter note; what that takes from one stretch is made good at
    the next change, so nothing adds up. Regions become markers at their start.
    """
    clock = _Clock(DIVISION)
    tempos: dict[int, TempoChange] = {}
    meters: dict[int, MeterChange] = {}
    for point in sorted(points, key=lambda point: point.seconds):
        tick = clock.tick_at(point.seconds)
        tempos[tick] = TempoChange(tick, _microseconds(point.bpm))
        clock.change(tempos[tick])
        if point.sets_meter:
            meters[tick] = MeterChange(tick, point.numerator, point.denominator)
    ordered = sorted(markers, key=lambda marker: marker.position)
    placed = (TextMarker(clock.tick_at(marker.position), marker.name) for marker in ordered)
    return TempoMap(DIVISION, tuple(tempos.values()), tuple(meters.values()), tuple(placed))


def _microseconds(bpm: float) -> int:
    return min(max(1, round(60_000_000 / bpm)), _SLOWEST)
