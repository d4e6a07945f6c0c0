"""Figures of strokes: what an onset is like within a tenth of a second, finer than a spectrum's window can tell.

A struck string starts at once, a strummed chord string by string, a bow or a breath in its own time.
"""

from collections.abc import Sequence

import numpy as np

from stembridge.stages.hearing.motion import Places, find_onsets
from stembridge.stages.hearing.spectra import Figures, Spectra
from stembridge.stages.hearing.timbre import Named
from stembridge.units import Hertz

STEP_S = 0.002
BEFORE_S, AFTER_S = 0.05, 0.13
RANGE_DB = 40.0
PEAK_DB = 2.0


def stroke_figures(sounds: Sequence[Figures], spectra: Sequence[Spectra], rate: Hertz) -> Named:
    """Measure the onsets of all stretches together.

    Args:
        sounds: the stretches, each of shape (frames,).
        spectra: what ``analyse`` makes of them.
        rate: frames a second.

    """
    cut = [_cut_onsets(sound, each, rate) for sound, each in zip(sounds, spectra, strict=True)]
    rises = np.maximum(0.0, np.diff(np.concatenate(cut), axis=1))
    total = rises.sum(axis=1)
    rises = rises[total > PEAK_DB]
    if not len(rises):
        rises = np.ones((1, rises.shape[1]), np.float32)
    shares = rises / rises.sum(axis=1, keepdims=True)
    times = 1000.0 * STEP_S * np.arange(shares.shape[1])
    middle = shares @ times
    spread = np.sqrt(np.maximum(0.0, shares @ np.square(times) - np.square(middle)))
    for share in (25, 50, 75):
        yield f"onset length, {share} %", float(np.percentile(spread, share))
    largest = shares.max(axis=1)
    yield "onset in one step", float(np.median(largest))
    yield "rises in an onset", float(np.mean((rises > PEAK_DB).sum(axis=1)))


def _cut_onsets(sound: Figures, spectra: Spectra, rate: Hertz) -> Figures:
    """Cut the level of the upper spectrum around each onset, in decibels, shape (onsets, steps)."""
    step = max(1, round(STEP_S * rate))
    bright = np.diff(sound, prepend=sound[:1])
    count = len(bright) // step
    energy = np.square(bright[: count * step]).reshape(count, step).mean(axis=1)
    smooth = np.convolve(energy, np.full(3, 1 / 3, np.float32), "same")
    level = np.asarray(10 * np.log10(smooth + 1e-12), np.float32)
    level = np.maximum(level, level.max(initial=-120.0) - RANGE_DB)
    before, after = round(BEFORE_S / STEP_S), round(AFTER_S / STEP_S)
    places = _in_steps(find_onsets(spectra)[0], spectra, rate, step)
    inside = places[(places >= before) & (places + after <= count)]
    return np.asarray(level[inside[:, None] + np.arange(-before, after)])


def _in_steps(onsets: Places, spectra: Spectra, rate: Hertz, step: int) -> Places:
    """Convert the times of spectra to steps, at the middle of their windows."""
    middle = 0.5 * rate / spectra.bin_hz
    return np.asarray((onsets * (rate / spectra.frame_rate) + middle) / step, np.intp)
