"""Figures of intonation: how each note is reached, held and left.

A singer slides into a note and trembles five to seven times a second; a key or a fret has its pitch at once.
"""

from collections.abc import Sequence

import numpy as np

from stembridge.stages.hearing.pitch import CLEAR, FRAMES_A_SECOND, LEAP_CENTS, Track, runs
from stembridge.stages.hearing.spectra import Figures
from stembridge.stages.hearing.timbre import Named

LEAST_FRAMES = 10
LONG_FRAMES = 26
"""Six tenths of a second: three turns of a slow vibrato."""

EDGE = 3
TREMBLE_HZ = (4.0, 7.5)


def intonation_figures(tracks: Sequence[Track]) -> Named:
    """Measure the notes of all stretches together: rows of clear pitches without a leap."""
    notes = [note for track in tracks for note in _notes(track)]
    starts = [float(np.mean(note[:EDGE] - np.median(note))) for note in notes]
    ends = [float(np.mean(note[-EDGE:] - np.median(note))) for note in notes]
    rough = [float(np.median(np.abs(np.diff(note, 2)))) for note in notes]
    for name, values in (("start", starts), ("end", ends)):
        yield f"{name} of notes, size", float(np.log2(1.0 + np.median(np.abs(values)))) if values else 0.0
        yield f"{name} of notes, mean", float(np.clip(np.mean(values), -100.0, 100.0)) if values else 0.0
    yield "roughness of notes", float(np.log2(1.0 + np.median(rough))) if rough else 0.0
    drift = [float(np.std(note)) for note in notes]
    yield "drift of notes", float(np.log2(1.0 + np.median(drift))) if drift else 0.0
    trembles = [_tremble_share(note) for note in notes if len(note) >= LONG_FRAMES]
    yield "share of trembling", float(np.mean(trembles)) if trembles else 0.0
    sizes = [float(np.std(_bent(note))) for note in notes if len(note) >= LONG_FRAMES]
    yield "size of trembling", float(np.log2(1.0 + np.median(sizes))) if sizes else 0.0
    pitches = [float(np.median(note)) for note in notes]
    yield "range of notes", float(np.std(pitches)) / 1200.0 if pitches else 0.0
    yield "notes a second", len(notes) * FRAMES_A_SECOND / max(1, sum(len(each.hertz) for each in tracks))


def _notes(track: Track) -> list[Figures]:
    """Cut the pitch in cents into notes."""
    cents = np.asarray(1200.0 * np.log2(track.hertz), np.float32)
    keep = track.active & (track.clarity > CLEAR)
    joined = keep[1:] & keep[:-1] & (np.abs(np.diff(cents)) < LEAP_CENTS)
    return [cents[first : last + 1] for first, last in runs(joined) if last - first >= LEAST_FRAMES]


def _bent(note: Figures) -> Figures:
    """Take the straight line off."""
    place = np.linspace(-1.0, 1.0, len(note), dtype=np.float32)
    return np.asarray(note - note.mean() - place * np.float32((note @ place) / (place @ place)))


def _tremble_share(note: Figures) -> float:
    swing = np.square(np.abs(np.fft.rfft(_bent(note) * np.hanning(len(note)))))
    hertz = np.fft.rfftfreq(len(note), 1.0 / FRAMES_A_SECOND)
    inside = (hertz >= TREMBLE_HZ[0]) & (hertz <= TREMBLE_HZ[1])
    return float(swing[inside].sum() / (swing[1:].sum() + 1.0))
