"""The common time line of a set: every stem at its place in the session, findings at their time; pure.

Places are shares of the whole width in percent, so that the page may be as wide as it likes.
"""

from dataclasses import dataclass

from stembridge.report import words
from stembridge.report.page import Note, Page, Stem
from stembridge.report.waveform import Waveform, draw
from stembridge.units import Seconds

COLUMNS = 1_000
"""Columns of a waveform that fills the whole time line."""

MOST_TICKS = 7

_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400)


@dataclass(frozen=True)
class Tick:
    """A labelled time."""

    at: float
    label: str


@dataclass(frozen=True)
class LaneMark:
    """A finding on a lane."""

    at: float
    note: Note


@dataclass(frozen=True)
class Lane:
    """A stem on the time line."""

    stem: Stem
    left: float
    width: float
    waveform: Waveform
    marks: tuple[LaneMark, ...]


@dataclass(frozen=True)
class Timeline:
    """All stems, and the times above them."""

    ticks: tuple[Tick, ...]
    lanes: tuple[Lane, ...]
    starts_at: str


def lay_out(page: Page) -> Timeline | None:
    """Lay the stems of a page out on one time line; None when there is nothing to draw."""
    if not page.duration:
        return None
    starts_at = words.clock(page.starts_at) if page.starts_at else ""
    return Timeline(
        ticks_of(page.duration), tuple(_lane(stem, page.duration) for stem in page.stems), starts_at
    )


def ticks_of(duration: Seconds) -> tuple[Tick, ...]:
    """Choose round times, seven at most, from the start on."""
    return ticks_between(Seconds(0.0), duration)


def ticks_between(start: Seconds, end: Seconds) -> tuple[Tick, ...]:
    """Choose round times of a stretch, seven or so at most."""
    duration = end - start
    step = next((step for step in _STEPS if duration / step <= MOST_TICKS), _STEPS[-1])
    first = -int(-start // step) * step
    return tuple(
        Tick(share(time - start, duration), words.tick(Seconds(time)))
        for time in range(first, int(end) + 1, step)
    )


def share(part: float, whole: float) -> float:
    """Return a part in percent, to a hundredth."""
    return round(100.0 * part / whole, 2)


def _lane(stem: Stem, duration: Seconds) -> Lane:
    columns = max(1, round(COLUMNS * stem.after.seconds / duration))
    marks = tuple(LaneMark(share(mark.at, duration), mark.note) for mark in stem.marks)
    return Lane(
        stem,
        share(stem.start, duration),
        share(stem.after.seconds, duration),
        draw(stem.overview, columns=columns),
        marks,
    )
