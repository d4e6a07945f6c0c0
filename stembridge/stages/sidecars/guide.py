"""Guide: what the sidecars of a delivery say about its time: tempo maps, and cue sheets of markers.

A sidecar that cannot be read never stops a delivery: it is carried along as it is.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import PurePosixPath

from stembridge.errors import PlanError
from stembridge.session.tempo import TempoMap, read_tempo_map
from stembridge.stages.finding import Finding, Severity
from stembridge.stages.position import timecode_seconds
from stembridge.stages.probe import Facts, Source
from stembridge.stages.sidecars.checksum_lists import is_checksum_list
from stembridge.stages.sidecars.cue_lists import Listed, SampleCount, Time, Timecode, read_cue_list
from stembridge.stages.sidecars.texts import read_text
from stembridge.units import Hertz

MIDI_SUFFIXES = frozenset({".mid", ".midi", ".smf"})
TEXT_SUFFIXES = frozenset({".csv", ".txt", ".tsv"})
CARRIED = "It is carried along as it is."


@dataclass(frozen=True)
class SheetCue:
    """A line of a cue sheet in seconds, as the sheet counts them; no length for a point."""

    seconds: Fraction
    name: str
    length: Fraction | None = None


@dataclass(frozen=True)
class CueSheet:
    """A file of markers; its seconds count from midnight or from the start of the delivery."""

    name: PurePosixPath
    cues: tuple[SheetCue, ...]


@dataclass(frozen=True)
class NamedMap:
    """A tempo map; its first tick is the start of what it is for."""

    name: PurePosixPath
    tempo: TempoMap


@dataclass(frozen=True)
class Guide:
    """What the sidecars of a delivery say about its time.

    Attributes:
        maps: the tempo maps.
        sheets: the cue sheets.
        findings: what a person should know.

    """

    maps: tuple[NamedMap, ...] = ()
    sheets: tuple[CueSheet, ...] = ()
    findings: tuple[Finding, ...] = ()


def read_guide(sidecars: Sequence[Source], facts: Sequence[Facts], *, frame_rate: float | None) -> Guide:
    """Read the tempo maps and the cue sheets of a delivery.

    Args:
        sidecars: the files beside the sound.
        facts: what the sound files are, for sheets that count their samples.
        frame_rate: frames a second of time codes; None when unknown.

    Raises:
        OSError: if a sheet cannot be read from disk.

    """
    maps, found = _tempo_maps(sidecars)
    rate = Counter(one.sound.format.rate for one in facts).most_common(1)[0][0]
    sheets: list[CueSheet] = []
    for source in sidecars:
        if source.name.suffix.lower() in TEXT_SUFFIXES and not is_checksum_list(source.name):
            listed = read_cue_list(read_text(source.path) or "")
            cues = [_cue(one, rate, frame_rate) for one in listed]
            known = tuple(cue for cue in cues if cue is not None)
            if len(known) < len(cues):
                found.append(_frames_unknown(source.name))
            elif known:
                sheets.append(CueSheet(source.name, known))
    return Guide(tuple(maps), tuple(sheets), tuple(found))


def _tempo_maps(sidecars: Sequence[Source]) -> tuple[list[NamedMap], list[Finding]]:
    maps, found = [], []
    for source in sidecars:
        if source.name.suffix.lower() not in MIDI_SUFFIXES:
            continue
        try:
            tempo_map = read_tempo_map(source.path)
        except PlanError as error:
            hint = f"{error.hint} {CARRIED}"
            found.append(Finding(error.code, Severity.WARNING, error.message, path=source.name, hint=hint))
            continue
        maps.append(NamedMap(source.name, tempo_map))
        found += [
            Finding("midi", Severity.WARNING, problem, path=source.name, hint=CARRIED)
            for problem in tempo_map.problems
        ]
    return maps, found


def _cue(listed: Listed, rate: Hertz, frame_rate: float | None) -> SheetCue | None:
    start = _seconds(listed.start, rate, frame_rate)
    if start is None:
        return None
    lengths = (one for one in _lengths(listed, start, rate, frame_rate) if one is not None and one > 0)
    return SheetCue(start, listed.name, next(lengths, None))


def _lengths(
    listed: Listed, start: Fraction, rate: Hertz, frame_rate: float | None
) -> Iterator[Fraction | None]:
    if listed.end is not None:
        end = _seconds(listed.end, rate, frame_rate)
        yield None if end is None else end - start
    if listed.length is not None:
        yield _seconds(listed.length, rate, frame_rate)


def _seconds(time: Time, rate: Hertz, frame_rate: float | None) -> Fraction | None:
    if isinstance(time, Timecode):
        return timecode_seconds(time.text, frame_rate)
    return Fraction(time.count, rate) if isinstance(time, SampleCount) else Fraction(time)


def _frames_unknown(name: PurePosixPath) -> Finding:
    return Finding(
        "cue-frame-rate",
        Severity.WARNING,
        "Its time codes count frames, but the frame rate is not known; its markers are left out.",
        path=name,
        hint=f"Set align.frame_rate in the preset. {CARRIED}",
    )
