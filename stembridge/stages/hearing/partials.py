"""Figures of partials: how many sound at once, how steadily they last, and how they fade.

A string fades from its top, each partial by itself; two strings of one piano note beat; a key's notes start and stop
together; a voice moves all its partials at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from stembridge.stages.hearing.spectra import Figures, cut_windows
from stembridge.stages.hearing.timbre import Named, decibels
from stembridge.units import Hertz

WINDOW_S = 0.14
HOP_S = 0.035
LOW_HZ, HIGH_HZ = 50.0, 5000.0
MOST = 32
"""Peaks of a moment that are looked at, the loudest ones."""

LOUD_DB = -35.0
"""Peaks and moments count down to this, below the loudest of the moment, or of all."""

STRONG_DB = -20.0
NEAR = 50 / 1200
"""A peak that moved farther than this, in octaves, is another one."""

REGIONS = {"low": (LOW_HZ, 400.0), "middle": (400.0, 1200.0), "high": (1200.0, HIGH_HZ)}


@dataclass(frozen=True, eq=False)
class Peaks:
    """The loudest peaks of each moment; where there are fewer, the level is not finite.

    Attributes:
        octaves: the binary logarithm of the frequency in hertz, shape (times, ``MOST``).
        level: in decibels, same shape.
        loud: whether the moment is loud enough, shape (times,).

    """

    octaves: Figures
    level: Figures
    loud: NDArray[np.bool_]


def partial_figures(sounds: Sequence[Figures], rate: Hertz) -> Named:
    """Measure the partials of all stretches together, each of shape (frames,)."""
    found = _find_peaks(sounds, rate)
    yield from _crowd(found)
    yield from _fates(found)


def _find_peaks(sounds: Sequence[Figures], rate: Hertz) -> list[Peaks]:
    found = [_peaks_and_tops(sound, rate) for sound in sounds]
    loudest = max(float(tops.max(initial=-120.0)) for _, _, tops in found)
    return [Peaks(octaves, level, tops > loudest + LOUD_DB) for octaves, level, tops in found]


def _peaks_and_tops(sound: Figures, rate: Hertz) -> tuple[Figures, Figures, Figures]:
    """Return the octaves and levels of the peaks, and the highest level of each moment."""
    folds = max(1, int(rate // 12_000))
    slow = rate / folds
    low = sound[: len(sound) // folds * folds].reshape(-1, folds).mean(axis=1)
    window, hop = round(WINDOW_S * slow), max(1, round(HOP_S * slow))
    windows = cut_windows(low, window, hop) * np.hanning(window).astype(np.float32)
    size = int(fft.next_fast_len(2 * window, real=True))
    spectra = fft.rfft(windows, size, axis=1)
    level = decibels(np.asarray(np.square(np.abs(spectra)), np.float32))
    first, last = int(LOW_HZ * size / slow), min(level.shape[1] - 1, int(HIGH_HZ * size / slow))
    before, at, after = level[:, first - 1 : last - 1], level[:, first:last], level[:, first + 1 : last + 1]
    top = at.max(axis=1, keepdims=True)
    is_peak = (at > before) & (at >= after) & (at > top + LOUD_DB)
    height = np.where(is_peak, at, -np.inf)
    place = np.argpartition(height, -MOST, axis=1)[:, -MOST:]
    chosen = [np.take_along_axis(each, place, axis=1) for each in (before, at, after)]
    bend = np.minimum(-1e-3, chosen[0] - 2 * chosen[1] + chosen[2])
    shift = np.clip(0.5 * (chosen[0] - chosen[2]) / bend, -0.5, 0.5)
    octaves = np.log2((place + first + shift) * slow / size)
    return octaves, np.take_along_axis(height, place, axis=1), top[:, 0]


def _crowd(found: Sequence[Peaks]) -> Named:
    """Count the peaks by region, and measure where the lowest strong one is and how well all are in tune."""
    octaves = np.concatenate([each.octaves[each.loud] for each in found])
    level = np.concatenate([each.level[each.loud] for each in found])
    there = np.isfinite(level)
    for name, (low, high) in REGIONS.items():
        inside = there & (octaves >= np.log2(low)) & (octaves < np.log2(high))
        counts = inside.sum(axis=1)
        yield f"peaks, {name}", float(counts.mean())
        turns = np.exp(2j * np.pi * 12.0 * octaves[inside])
        yield f"peaks in tune, {name}", float(np.abs(turns.mean())) if len(turns) > 8 else 0.0
    strong = there & (level > level.max(axis=1, keepdims=True) + STRONG_DB)
    yield "strong peaks", float(strong.sum(axis=1).mean())
    lowest = np.where(strong, octaves, np.inf).min(axis=1)
    spots = (
        np.percentile(lowest[np.isfinite(lowest)], (10, 50, 90)) if np.isfinite(lowest).any() else (5.6,) * 3
    )
    for share, spot in zip((10, 50, 90), spots, strict=True):
        yield f"lowest peak, {share} %", float(spot)


def _fates(found: Sequence[Peaks]) -> Named:
    """Follow peaks from one moment to the next: how many last, how they fade, and how they tremble."""
    parts = [_follow(each) for each in found]
    octaves, fades, moves, lasts = (np.concatenate(column) for column in zip(*parts, strict=True))
    yield "lasting peaks", float(lasts.mean()) if len(lasts) else 0.0
    for name, (low, high) in REGIONS.items():
        inside = (octaves >= np.log2(low)) & (octaves < np.log2(high))
        fade, move = (fades[inside], moves[inside]) if inside.sum() > 8 else (np.zeros(1), np.zeros(1))
        spots = np.percentile(fade, (10, 30, 50, 70, 90)) / HOP_S
        for share, spot in zip((10, 30, 50, 70, 90), spots, strict=True):
            yield f"fade of peaks, {name}, {share} %", float(spot)
        yield f"movement of peaks, {name}", float(1200 * np.median(np.abs(move)))
        yield f"steady peaks, {name}", float(np.mean((fade / HOP_S > -6.0) & (fade / HOP_S < 6.0)))
        yield f"fading peaks, {name}", float(np.mean((fade / HOP_S <= -6.0) & (fade / HOP_S > -60.0)))


def _follow(peaks: Peaks) -> tuple[Figures, ...]:
    """Pair the peaks of successive loud moments: octaves, rise of level, move, and whether each peak lasts."""
    both = peaks.loud[:-1] & peaks.loud[1:]
    here, there = peaks.octaves[:-1][both], peaks.octaves[1:][both]
    level, next_level = peaks.level[:-1][both], peaks.level[1:][both]
    away = np.where(np.isfinite(next_level)[:, None, :], np.abs(here[:, :, None] - there[:, None, :]), np.inf)
    nearest = away.argmin(axis=2)
    distance = np.take_along_axis(away, nearest[:, :, None], axis=2)[:, :, 0]
    is_peak = np.isfinite(level)
    lasts = is_peak & (distance < NEAR)
    rise = np.take_along_axis(next_level, nearest, axis=1)[lasts] - level[lasts]
    moved = np.take_along_axis(there, nearest, axis=1)[lasts] - here[lasts]
    return here[lasts], rise, moved, lasts[is_peak].astype(np.float32)
