"""Figures of motion: onsets, what comes after them, and how the level swings."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stembridge.stages.hearing.spectra import Figures, Spectra
from stembridge.stages.hearing.timbre import Named, active_times, decibels

RANGE_DB = 50.0
LEAST_RISE_DB = 3.0
APART_S = 0.05
BRIGHT = 16
"""The first band above 2 kHz."""

SWINGS_HZ = ((0.5, 2.0), (2.0, 4.0), (4.0, 8.0), (8.0, 16.0), (16.0, 40.0))

Places = NDArray[np.intp]


def motion_figures(stretches: Sequence[Spectra]) -> Named:
    """Measure how the sound moves, over all stretches together."""
    yield from _onsets(stretches)
    yield from _contour(stretches)
    yield from _swings(stretches)
    yield from _together(stretches)


def find_onsets(spectra: Spectra) -> tuple[Places, Figures]:
    """Find where notes and strokes begin: the times, and by how many decibels the bands rise on average."""
    levels = decibels(spectra.bands)
    levels = np.maximum(levels, levels.max(initial=-120.0) - RANGE_DB)
    rise = np.zeros(len(levels), np.float32)
    rise[2:] = np.maximum(0.0, levels[2:] - levels[:-2]).mean(axis=1)
    reach = max(1, round(APART_S * spectra.frame_rate))
    around = np.lib.stride_tricks.sliding_window_view(np.pad(rise, reach), 2 * reach + 1)
    places = np.flatnonzero((rise >= around.max(axis=1)) & (rise > LEAST_RISE_DB))
    return places, rise[places]


def _onsets(stretches: Sequence[Spectra]) -> Named:
    found = [find_onsets(each) for each in stretches]
    seconds = sum(len(each.level) / each.frame_rate for each in stretches)
    rises = np.concatenate([rise for _, rise in found])
    gaps = np.concatenate(
        [np.diff(places) / each.frame_rate for each, (places, _) in zip(stretches, found, strict=True)]
    )
    yield "onsets a second", len(rises) / seconds
    yield "onset rise", _mean(rises)
    yield "onset rise spread", _spread(rises)
    yield "onset gap", float(np.log2(np.median(gaps))) if len(gaps) else 2.0
    yield "onset gap spread", _spread(gaps) / _mean(gaps) if len(gaps) else 0.0
    pairs = list(zip(stretches, (places for places, _ in found), strict=True))
    falls = np.concatenate([_falls(each, places, each.level) for each, places in pairs])
    bright = np.concatenate(
        [_falls(each, places, each.bands[:, BRIGHT:].sum(axis=1)) for each, places in pairs]
    )
    attacks = np.concatenate([_attacks(each, places) for each, places in pairs])
    for share in (25, 50, 75):
        yield f"fall after onset, {share} %", float(np.percentile(falls, share)) if len(falls) else 0.0
    yield "bright fall after onset", float(np.median(bright)) if len(bright) else 0.0
    yield "attack", float(np.median(attacks)) if len(attacks) else 0.0
    for name, low, high in (("low", 100, 1000), ("middle", 1000, 4000), ("high", 4000, 10_000)):
        noise = np.concatenate([_noise(each, places, low, high) for each, places in pairs])
        yield f"noise of onset, {name}", float(np.median(noise)) if len(noise) else 0.0


def _falls(spectra: Spectra, onsets: Places, power: Figures) -> Figures:
    """Measure by how many decibels a second power falls from 60 to 230 ms after each onset."""
    first, last = round(0.06 * spectra.frame_rate), round(0.23 * spectra.frame_rate)
    ends = np.append(onsets[1:], len(spectra.level) - 1)
    long = (ends - onsets > last) & (onsets + last < len(spectra.level))
    level = decibels(power)
    started = onsets[long]
    fall = (level[started + first] - level[started + last]) / np.float32(0.17)
    return np.asarray(np.clip(fall, -100.0, 300.0))


def _attacks(spectra: Spectra, onsets: Places) -> Figures:
    """Measure by how many decibels the level rises from 25 ms before each onset to 50 ms after it."""
    before = np.maximum(0, onsets - round(0.035 * spectra.frame_rate))
    after = np.minimum(len(spectra.level) - 1, onsets + round(0.05 * spectra.frame_rate))
    level = decibels(spectra.level)
    return np.asarray(np.clip(level[after] - level[before], -20.0, 60.0))


def _noise(spectra: Spectra, onsets: Places, low: int, high: int) -> Figures:
    """Measure how much flatter the spectrum is at each onset than 140 ms later, in decibels."""
    later = round(0.14 * spectra.frame_rate)
    part = spectra.power[:, int(low / spectra.bin_hz) : int(high / spectra.bin_hz)] + np.float32(1e-12)
    kept = onsets[onsets + later < len(part)]
    if part.shape[1] == 0 or not len(kept):
        return np.zeros(0, np.float32)
    early, late = (
        decibels(each).mean(axis=1) - decibels(each.mean(axis=1)) for each in (part[kept], part[kept + later])
    )
    return np.asarray(early - late, np.float32)


def _contour(stretches: Sequence[Spectra]) -> Named:
    levels, slopes = [], []
    for each, active in zip(stretches, active_times(stretches), strict=True):
        level = decibels(each.level)
        levels.append(level[active])
        slope = (level[4:] - level[:-4]) * each.frame_rate / 4
        slopes.append(slope[active[2 : len(active) - 2]] if len(level) > 4 else slope[:0])
    level, slope = np.concatenate(levels), np.concatenate(slopes)
    seconds = sum(len(each.level) for each in stretches)
    yield "sounding share", len(level) / seconds
    yield "level spread", _spread(level)
    yield "steady share", _mean(np.abs(slope) < 12.0)
    yield "falling share", _mean((slope <= -12.0) & (slope > -90.0))
    yield "dropping share", _mean(slope <= -90.0)
    yield "rising share", _mean(slope >= 12.0)


def _swings(stretches: Sequence[Spectra]) -> Named:
    """Measure how the level's swings are shared between slow and fast ones, in the low and the upper bands."""
    for name, low, high in (("low", 0, 6), ("upper", 6, 20)):
        sums = np.zeros(len(SWINGS_HZ))
        for each in stretches:
            level = np.sqrt(each.bands[:, low:high].sum(axis=1))
            swing = np.abs(np.fft.rfft((level - level.mean()) * np.hanning(len(level)))) ** 2
            hertz = np.fft.rfftfreq(len(level), 1.0 / each.frame_rate)
            sums += [swing[(hertz >= start) & (hertz < stop)].sum() for start, stop in SWINGS_HZ]
        for (start, stop), part in zip(SWINGS_HZ, sums / (sums.sum() + 1e-12), strict=True):
            yield f"swing of {start:g}-{stop:g} Hz, {name}", float(part)


def _together(stretches: Sequence[Spectra]) -> Named:
    """Measure whether low, middle and high rise and fall together, as one instrument does."""
    parts = np.concatenate(
        [
            np.stack([decibels(each.bands[:, a:b].sum(axis=1)) for a, b in ((0, 5), (8, 15), (18, 26))])
            for each in stretches
        ],
        axis=1,
    )
    parts = np.maximum(parts, parts.max(axis=1, keepdims=True) - RANGE_DB)
    for name, one, other in (("low and middle", 0, 1), ("middle and high", 1, 2), ("low and high", 0, 2)):
        spread = float(parts[one].std() * parts[other].std())
        together = float(np.mean((parts[one] - parts[one].mean()) * (parts[other] - parts[other].mean())))
        yield f"{name} together", together / spread if spread > 1e-6 else 1.0


def _mean(values: NDArray[np.float32] | NDArray[np.bool_] | NDArray[np.float64]) -> float:
    return float(np.mean(values)) if len(values) else 0.0


def _spread(values: NDArray[np.float32] | NDArray[np.float64]) -> float:
    return float(np.std(values)) if len(values) else 0.0
