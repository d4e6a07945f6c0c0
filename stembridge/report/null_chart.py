"""What the stems leave of their mix: over time and by octave, with the limit, on one scale of levels; pure."""

from dataclasses import dataclass

from stembridge.report.page import Page
from stembridge.report.timeline import Tick, share, ticks_of
from stembridge.session.manifest import NullEntry
from stembridge.units import Seconds

TOP_DBFS, BOTTOM_DBFS = 0, -140
GRID = (0, -20, -40, -60, -80, -100, -120, -140)
WIDTH, HEIGHT = 1_000, 240
FILLED = 0.7
"""The share of its place that a bar fills."""


@dataclass(frozen=True)
class Bar:
    """The level that is left in an octave, in percent of the picture."""

    label: str
    left: float
    width: float
    top: float
    level: float


@dataclass(frozen=True)
class NullChart:
    """The pictures of one set.

    Attributes:
        entry: its figures.
        path: the level over time as SVG path data.
        limit: where the limit is, in percent from the top.
        ticks: the times.
        grid: the levels.
        bars: one an octave.

    """

    entry: NullEntry
    path: str
    limit: float
    ticks: tuple[Tick, ...]
    grid: tuple[Tick, ...]
    bars: tuple[Bar, ...]

    @property
    def nulls(self) -> bool:
        """True when every second is below the limit."""
        return self.entry.worst_dbfs <= self.entry.limit_dbfs


def null_charts(page: Page) -> tuple[NullChart, ...] | None:
    """Draw the null of each set; None where none was measured."""
    return tuple(_chart(entry) for entry in page.nulls) or None


def _chart(entry: NullEntry) -> NullChart:
    duration = Seconds(len(entry.levels) * entry.step_s)
    grid = tuple(Tick(_down(level), str(level)) for level in GRID)
    return NullChart(
        entry,
        _path(entry),
        _down(entry.limit_dbfs),
        ticks_of(duration) if duration else (),
        grid,
        _bars(entry),
    )


def _path(entry: NullEntry) -> str:
    """Draw a step for each level."""
    count = max(1, len(entry.levels))
    points = [
        f"{round(WIDTH * place / count)} {round(HEIGHT * _down(level) / 100.0)}"
        for index, level in enumerate(entry.levels)
        for place in (index, index + 1)
    ]
    return "M" + "L".join(points) if points else ""


def _bars(entry: NullEntry) -> tuple[Bar, ...]:
    place = 100.0 / max(1, len(entry.bands))
    return tuple(
        Bar(
            f"{band.hz / 1000:g}k" if band.hz >= 1000 else f"{band.hz:g}",
            round((index + (1.0 - FILLED) / 2.0) * place, 2),
            round(FILLED * place, 2),
            _down(band.null_dbfs),
            band.null_dbfs,
        )
        for index, band in enumerate(entry.bands)
    )


def _down(level: float) -> float:
    inside = min(TOP_DBFS, max(BOTTOM_DBFS, level))
    return share(TOP_DBFS - inside, TOP_DBFS - BOTTOM_DBFS)
