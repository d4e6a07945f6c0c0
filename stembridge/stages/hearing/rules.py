"""What needs no model: silence, and the regular, unchanging strokes of a click track."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stembridge.audio.sound import Block
from stembridge.stages.hearing.levels import Levels
from stembridge.stages.hearing.spectra import Figures, as_mono
from stembridge.units import Hertz, amplitude_to_decibels

SILENT_DBFS = -75.0
"""The peak below which a file counts as silent: the noise of converters and dither."""

STEP_S = 0.005
STROKE_SHARE = 0.1
QUIET_SHARE = 0.003
"""Of the peak: what begins a stroke, and what may be left between strokes (-50 dB)."""

LONGEST_STROKE_S = 0.2
GAPS_S = (0.22, 1.5)
UNEVEN_S = 0.011
LEAST_STROKES = 6
ALIKE = 0.9
KINDS = 2
LOW_HZ, HIGH_HZ = 300.0, 5000.0

Places = NDArray[np.intp]


def is_silent(levels: Levels) -> bool:
    """Say whether nothing is louder than a converter's noise."""
    return levels.peak == 0.0 or amplitude_to_decibels(levels.peak) < SILENT_DBFS


def is_click(stretches: Sequence[Block], rate: Hertz) -> bool:
    """Say whether all there is are short strokes of at most two kinds, evenly apart, with silence between."""
    heard = [as_mono(stretch) for stretch in stretches if len(stretch) > rate]
    if not heard:
        return False
    found = [_strokes(sound, rate) for sound in heard]
    strokes = [(sound, places) for sound, places in zip(heard, found, strict=True) if places is not None]
    if len(strokes) < len(heard):
        return False
    gaps = np.concatenate([np.diff(places) for _, places in strokes])
    if len(gaps) < LEAST_STROKES - 1 or not _is_even(gaps * STEP_S):
        return False
    spectra = [_spectrum(sound, rate, int(place)) for sound, places in strokes for place in places]
    return _is_midrange(spectra, rate) and _count_kinds(spectra) <= KINDS


def _strokes(sound: Figures, rate: Hertz) -> Places | None:
    """Find where strokes begin, in steps; None if something sounds between them."""
    step = max(1, round(STEP_S * rate))
    peaks = np.abs(sound[: len(sound) // step * step]).reshape(-1, step).max(axis=1)
    loud = peaks > STROKE_SHARE * peaks.max(initial=1e-9)
    longest = round(LONGEST_STROKE_S / STEP_S)
    starts = [place for place in np.flatnonzero(loud) if not loud[max(0, place - longest // 2) : place].any()]
    between = np.ones(len(peaks), bool)
    for place in starts:
        between[place : place + longest] = False
    if peaks[between].max(initial=0.0) > QUIET_SHARE * peaks.max(initial=1e-9):
        return None
    return np.array(starts, np.intp)


def _is_even(gaps: NDArray[np.float64]) -> bool:
    usual = float(np.median(gaps))
    return GAPS_S[0] <= usual <= GAPS_S[1] and bool(np.abs(gaps - usual).max() <= UNEVEN_S)


def _spectrum(sound: Figures, rate: Hertz, place: int) -> Figures:
    """Return the magnitudes of the 60 ms from a stroke on, smoothed so that a step's jitter plays no part."""
    start = place * max(1, round(STEP_S * rate))
    frames = round(0.06 * rate)
    part = np.pad(sound[start : start + frames], (0, max(0, frames - len(sound[start:]))))
    magnitudes = np.abs(np.fft.rfft(part * np.hanning(frames)))
    return np.asarray(np.convolve(magnitudes, np.ones(3), "same"), np.float32)


def _is_midrange(spectra: Sequence[Figures], rate: Hertz) -> bool:
    power = np.square(np.sum(spectra, axis=0))
    hertz = np.arange(len(power)) / 0.06
    inside = (hertz > LOW_HZ) & (hertz < min(HIGH_HZ, rate / 2))
    return float(power[inside].sum()) > 0.6 * float(power.sum())


def _count_kinds(spectra: Sequence[Figures]) -> int:
    """Count strokes that are like none before them."""
    kinds: list[Figures] = []
    for spectrum in spectra:
        scaled = spectrum / (np.linalg.norm(spectrum) + 1e-12)
        if not any(float(np.dot(scaled, kind)) > ALIKE for kind in kinds):
            kinds.append(scaled)
    return len(kinds)
