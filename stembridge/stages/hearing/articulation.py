"""Figures of articulation: how the timbre moves beyond what pitch and level explain.

An instrument's spectrum follows from the note it plays and from how loud that is; a voice has a mouth that shapes
each note anew. What a linear fit on pitch and level leaves over tells them apart.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stembridge.stages.hearing.pitch import CLEAR, FRAMES_A_SECOND, WINDOW_S, Track
from stembridge.stages.hearing.spectra import WINDOW_S as SPECTRUM_S
from stembridge.stages.hearing.spectra import Figures, Spectra
from stembridge.stages.hearing.timbre import Named, cepstrum, decibels

LOUD_DB = -25.0
LEAST_TIMES = 40
STEP = 4
"""Times between which the speed of the mouth is measured: 50 ms."""

GROUPS = {"broad": slice(1, 4), "middle": slice(4, 7), "fine": slice(7, 11)}

Matrix = NDArray[np.float64]


def articulation_figures(stretches: Sequence[Spectra], tracks: Sequence[Track]) -> Named:
    """Measure all stretches together, at the loud times that have a clear pitch."""
    loudest = max(float(each.level.max(initial=0.0)) for each in stretches)
    parts = [_clear_times(each, track, loudest) for each, track in zip(stretches, tracks, strict=True)]
    places, known, shapes = (np.concatenate(column) for column in zip(*parts, strict=True))
    if len(known) < LEAST_TIMES:
        known, shapes, places = np.ones((1, 4)), np.zeros((1, 11)), np.zeros(1)
    left = shapes - known @ np.linalg.lstsq(known, shapes, rcond=None)[0]
    lasting = places[STEP:] - places[:-STEP] == STEP
    moved = np.abs(left[STEP:] - left[:-STEP])[lasting]
    for name, group in GROUPS.items():
        yield f"articulation, {name}", float(left[:, group].std(axis=0).mean())
        whole = float(shapes[:, group].var(axis=0).mean())
        share = float(left[:, group].var(axis=0).mean()) / whole if whole > 1e-6 else 0.0
        yield f"articulation share, {name}", share
        yield f"articulation speed, {name}", float(moved[:, group].mean()) if len(moved) else 0.0


def _clear_times(spectra: Spectra, track: Track, loudest: float) -> tuple[Matrix, Matrix, Matrix]:
    """Return the places of the times, what is known of them (one, pitch, level, its square), and their shapes."""
    seconds = np.arange(len(spectra.level)) / spectra.frame_rate + SPECTRUM_S / 2
    nearest = np.round((seconds - WINDOW_S / 2) * FRAMES_A_SECOND).astype(int)
    inside = (nearest >= 0) & (nearest < len(track.hertz))
    nearest = np.clip(nearest, 0, len(track.hertz) - 1)
    loud = spectra.level > loudest * 10 ** (LOUD_DB / 10)
    kept = np.flatnonzero(inside & loud & (track.clarity[nearest] > CLEAR))
    level: Figures = decibels(spectra.level[kept] / np.float32(loudest + 1e-12)) / np.float32(10.0)
    pitch = np.log2(track.hertz[nearest[kept]]) - 8.0
    known = np.stack([np.ones(len(kept)), pitch, level, np.square(level)], axis=1)
    return kept.astype(np.float64), known, cepstrum(spectra.bands[kept])[:, :11].astype(np.float64)
