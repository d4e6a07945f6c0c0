"""Loudness over time: the mix before the stems it is made of, on the common time line; pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from stembridge.report.page import Page, Stem
from stembridge.report.timeline import Tick, share, ticks_of
from stembridge.units import Seconds

TOP_LUFS, BOTTOM_LUFS = 0, -60
GRID = (0, -12, -24, -36, -48, -60)
WIDTH, HEIGHT = 1_000, 240
WINDOW_S = 3
"""The first short-term figure belongs to the third second."""


@dataclass(frozen=True)
class Curve:
    """One stem's short-term loudness as SVG path data."""

    label: str
    path: str


@dataclass(frozen=True)
class LoudnessChart:
    """The curves, and what stands beside them."""

    main: Curve
    others: tuple[Curve, ...]
    ticks: tuple[Tick, ...]
    grid: tuple[Tick, ...]


def chart(page: Page) -> LoudnessChart | None:
    """Draw loudness over time; None unless one file leads the set: the mix, or the only one.

    Sound shorter than a few windows has no course worth drawing.
    """
    leading = [stem for stem in page.stems if stem.is_mix or len(page.stems) == 1]
    if len(leading) != 1 or len(leading[0].short_term) < 2:
        return None
    others = (_curve(stem, page.duration) for stem in page.stems if stem is not leading[0])
    grid = (Tick(share(TOP_LUFS - level, TOP_LUFS - BOTTOM_LUFS), str(level)) for level in GRID)
    return LoudnessChart(
        _curve(leading[0], page.duration),
        tuple(curve for curve in others if curve.path),
        ticks_of(page.duration),
        tuple(grid),
    )


def _curve(stem: Stem, duration: Seconds) -> Curve:
    return Curve(stem.label, "".join(_lines(_points(stem, duration))))


def _points(stem: Stem, duration: Seconds) -> Iterable[tuple[int, int | None]]:
    """Return one point for each unit of width: the loudest there; None where it is silent."""
    by_column: dict[int, int | None] = {}
    for second, level in enumerate(stem.short_term, start=WINDOW_S):
        x = round(WIDTH * (stem.start + second) / duration)
        y = None if level is None or level < BOTTOM_LUFS else _height(level)
        known = by_column.get(x)
        by_column[x] = y if known is None else known if y is None else min(known, y)
    return by_column.items()


def _height(level: float) -> int:
    inside = min(TOP_LUFS, level)
    return round(HEIGHT * (TOP_LUFS - inside) / (TOP_LUFS - BOTTOM_LUFS))


def _lines(points: Iterable[tuple[int, int | None]]) -> Iterable[str]:
    """Draw each stretch of sound as one line."""
    for sounding, stretch in groupby(points, key=lambda point: point[1] is not None):
        if sounding:
            yield "M" + "L".join(f"{x} {y}" for x, y in stretch)
