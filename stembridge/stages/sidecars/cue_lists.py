"""Cue sheets as text: what REAPER exports as regions and markers, Audacity's labels, and lists of time and name; pure.

Read are tables with a header (commas, semicolons or tabs; columns are found by their names), and lines of a time
and a name, or of a time, an end and a name. A text that is mostly something else is no cue sheet.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from stembridge.units import Seconds

NAME, START, END, LENGTH = "name", "start", "end", "length"
COLUMNS: Mapping[str, tuple[str, ...]] = {
    NAME: ("name", "marker name", "marker", "label", "title", "cue", "description", "comment", "notes"),
    START: ("start", "in", "position", "time", "timecode", "tc", "tc in", "start time", "in point", "at"),
    END: ("end", "out", "tc out", "end time", "out point"),
    LENGTH: ("length", "duration"),
}
"""What columns are called, each by its likeliest name first."""

FEWEST = 2 / 3
"""The share of the lines that must be cues."""

_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{1,2}(?:[.,]\d{1,9})?)")
_TIMECODE = re.compile(r"(\d{1,2}):(\d{2}):(\d{2})([:;])(\d{2})")
_DECIMAL = re.compile(r"\d{1,6}\.\d{1,12}")
_SHOWN = r"\d{1,3}(?::\d{1,2}){1,2}(?:[.,]\d{1,9}|[:;]\d{2})?"
_TIME_FIRST = re.compile(rf"({_SHOWN})(?:\s*(?:-+|\u2013|to|[,;\t])\s*({_SHOWN}))?[\s,;|\u2013-]+(\S.*)")
_TIME_LAST = re.compile(rf"(\S.*?)[\s,;|\u2013-]+({_SHOWN})")
_LABELS = re.compile(r"(\d+\.\d+)\t(\d+\.\d+)(?:\t(.*))?")


@dataclass(frozen=True)
class Timecode:
    """A time that counts frames: nothing but a frame rate turns it into seconds.

    Attributes:
        text: ``HH:MM:SS:FF``, with ``;`` before the frames of a drop-frame code.

    """

    text: str


@dataclass(frozen=True)
class SampleCount:
    """A time that counts samples, at the rate of the delivery."""

    count: int


Time = Seconds | Timecode | SampleCount


@dataclass(frozen=True)
class Listed:
    """A line of a cue sheet.

    Attributes:
        start: when.
        name: what.
        end: when it ends; None for a point.
        length: how long it is, where that stands instead of its end.

    """

    start: Time
    name: str
    end: Time | None = None
    length: Time | None = None


def read_cue_list(text: str) -> tuple[Listed, ...]:
    """Read a cue sheet; empty when the text is none, or is one with times that cannot be understood."""
    lines = [line for line in text.split("\n") if line.strip()]
    return tuple(_table(lines) or _lines(lines))


def read_time(text: str, *, in_samples: bool = False) -> Time | None:
    """Read a time as DAWs write it; None where it is none, or counts bars and beats."""
    word = text.strip()
    if found := _TIMECODE.fullmatch(word):
        return Timecode(word.zfill(11)) if int(found[2]) < 60 and int(found[3]) < 60 else None
    if found := _CLOCK.fullmatch(word):
        seconds = float(found[3].replace(",", "."))
        return Seconds(int(found[1] or 0) * 3600 + int(found[2]) * 60 + seconds) if seconds < 60 else None
    if _DECIMAL.fullmatch(word):
        return Seconds(float(word))
    return SampleCount(int(word)) if in_samples and re.fullmatch(r"\d{1,12}", word) else None


def _table(lines: Sequence[str]) -> list[Listed]:
    """Read a table by the names of its columns."""
    if not lines:
        return []
    delimiter = max(",;\t", key=lines[0].count)
    rows = list(csv.reader(lines, delimiter=delimiter, skipinitialspace=True))
    places = _columns(rows[0])
    if NAME not in places or START not in places:
        return []
    found = [listed for row in rows[1:] for listed in _row(row, places)]
    return found if len(found) >= FEWEST * (len(rows) - 1) else []


def _columns(header: Sequence[str]) -> dict[str, int]:
    words = [word.strip().lower() for word in header]
    return {
        column: words.index(name)
        for column, names in COLUMNS.items()
        for name in reversed(names)
        if name in words
    }


def _row(row: Sequence[str], places: Mapping[str, int]) -> Iterator[Listed]:
    def at(column: str) -> Time | None:
        place = places.get(column)
        return read_time(row[place], in_samples=True) if place is not None and place < len(row) else None

    start, name = at(START), row[places[NAME]].strip() if places[NAME] < len(row) else ""
    if start is not None:
        yield Listed(start, name, at(END), at(LENGTH))


def _lines(lines: Iterable[str]) -> list[Listed]:
    """Read lines of times and names."""
    texts = [line.strip() for line in lines if not line.lstrip().startswith("#")]
    found = [listed for text in texts for listed in _line(text)]
    return found if len(found) >= FEWEST * len(texts) else []


def _line(text: str) -> Iterator[Listed]:
    if label := _LABELS.fullmatch(text):
        start, end = Seconds(float(label[1])), Seconds(float(label[2]))
        yield Listed(start, label[3] or "", end if end > start else None)
    elif first := _TIME_FIRST.fullmatch(text):
        yield from _timed(first[1], first[3], first[2])
    elif last := _TIME_LAST.fullmatch(text):
        yield from _timed(last[2], last[1], None)


def _timed(start: str, name: str, end: str | None) -> Iterator[Listed]:
    at = read_time(start)
    if at is not None:
        yield Listed(at, name.strip().strip('"').strip(), read_time(end) if end else None)
