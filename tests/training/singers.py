"""Singing by the sum of its harmonics, each weighted as a mouth would: unlike ``voices``, which filters a pulse.

The source falls by so many decibels an octave; resonances (after X. Rodet, "Time-domain formant-wave-function
synthesis", 1984) are drawn for each singer; how much is sung legato, with words or on one vowel, is drawn as well.
"""

from dataclasses import dataclass

import numpy as np
from composer import Piece, melody
from gm_player import RATE, Note
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

Signal = NDArray[np.float64]
Rng = np.random.Generator

STEP = 220
"""Frames between two settings of the mouth: 5 ms."""

TOP_HZ = 8_000.0
OPEN, ROUND, FRONT = (750.0, 1200.0, 2600.0), (380.0, 800.0, 2400.0), (330.0, 2100.0, 2800.0)


@dataclass(frozen=True)
class Mouth:
    """What one singer is like: vowels (hertz of three resonances), size, slope of the source, resonance widths."""

    vowels: Signal
    widths: Signal
    higher: Signal
    slope: float
    depth: float
    words: float
    consonants: float


def draw_mouth(rng: Rng, low: int) -> Mouth:
    size = float(np.interp(low, (41, 70), (0.9, 1.22)) * rng.uniform(0.94, 1.06))
    mixed = rng.dirichlet((0.7, 0.7, 0.7), size=7) @ np.array([OPEN, ROUND, FRONT])
    vowels = size * mixed * rng.uniform(0.92, 1.08, size=(7, 3))
    widths = rng.uniform(50, 160) * np.array([0.8, 1.0, 1.4, 1.8, 2.2])
    higher = size * np.array([rng.uniform(3000, 3600), rng.uniform(4000, 4800)])
    words = float(rng.choice((0.0, 0.25, 0.8, 1.0)))
    return Mouth(vowels, widths, higher, rng.uniform(6, 15), rng.uniform(0, 90), words, rng.uniform(0.0, 1.0))


def sung(piece: Piece, rng: Rng) -> Signal:
    """Sing a melody; mono."""
    low = int(rng.integers(41, 70))
    return sung_notes(melody(piece, rng, low, int(rng.integers(6, 14))), piece.seconds, rng, low)


def choir(piece: Piece, rng: Rng) -> Signal:
    """Sing chords by several singers, on the same rhythm; stereo."""
    out, bar = np.zeros((int(piece.seconds * RATE), 2)), 4 * piece.beat
    low, parts = int(rng.integers(46, 64)), int(rng.choice((1, 1, 2, 4)))
    for voice in range(int(rng.integers(3, 8))):
        notes = tuple(
            (bar * (n + part / parts), 0.95 * bar / parts, piece.chord(n, low)[voice % 3], 85)
            for n in range(piece.bars)
            for part in range(parts)
        )
        sound, angle = sung_notes(notes, piece.seconds, rng, low), rng.uniform(0, np.pi / 2)
        out += sound[:, None] * [np.cos(angle), np.sin(angle)]
    return out


def sung_notes(notes: tuple[Note, ...], seconds: float, rng: Rng, low: int) -> Signal:
    mouth, steps = draw_mouth(rng, low), int(seconds * RATE / STEP) + 2
    hertz, level, hiss, shape = _score(notes, steps, mouth, rng)
    frames = int(seconds * RATE)
    at = np.arange(frames) / STEP
    turn = 2 * np.pi * np.cumsum(np.interp(at, np.arange(steps), hertz)) / RATE
    first = np.exp(1j * turn).astype(np.complex64)
    wave, out = np.full(frames, 1.0 + 0.0j, np.complex64), np.zeros(frames, np.float32)
    for number in range(1, int(TOP_HZ / hertz.min()) + 1):
        wave *= first
        gain = level * _gain(mouth, shape, number * hertz) * number ** (-mouth.slope / 6.02)
        gain *= number * hertz < TOP_HZ
        if gain.max() > 1e-4:
            out += _between(gain, frames) * (wave * np.complex64(np.exp(1j * rng.uniform(0, 6)))).real
    out /= np.abs(out).max() + 1e-9
    return out + _air(at, level, hiss, shape, rng)


def _between(values: Signal, frames: int) -> Signal:
    """Draw straight lines between the settings of all steps."""
    rising = np.arange(STEP, dtype=np.float32) / STEP
    ends = values.astype(np.float32)
    return (ends[:-1, None] + np.diff(ends)[:, None] * rising).ravel()[:frames]


def _score(notes: tuple[Note, ...], steps: int, mouth: Mouth, rng: Rng) -> tuple[Signal, ...]:
    """Return pitch in hertz, loudness, hiss and resonances for every step."""
    pitch, level, hiss = np.full(steps, float(notes[0][2])), np.zeros(steps), np.zeros(steps)
    shape = np.repeat(mouth.vowels[:1], steps, axis=0)
    glide, rate, late = rng.uniform(0.01, 0.12), rng.uniform(4.3, 6.8), rng.uniform(0.0, 0.4)
    scoop, swell = float(rng.choice((0.0, rng.uniform(0.2, 2.5)))), rng.uniform(0.02, 0.15)
    time = np.arange(steps) * STEP / RATE
    for start, length, key, velocity in notes:
        first, last = int(start * RATE / STEP), min(steps, int((start + length) * RATE / STEP) + 1)
        if first >= steps or last - first < 8:
            continue
        age = time[first:] - time[first]
        before = pitch[max(0, first - 1)] - (scoop if level[max(0, first - 3)] < 0.05 else 0.0)
        pitch[first:] = key + (before - key) * np.exp(-age / (0.4 * glide + 1e-3))
        wave = mouth.depth / 100 * np.clip((age - late) / 0.3, 0, 1) * np.sin(2 * np.pi * rate * age)
        pitch[first:last] += wave[: last - first]
        rise = np.clip(age / swell, 0, 1) * np.clip((length - age) / 0.06, 0, 1)
        louder = 1 + 0.15 * rng.uniform(0, 1) * wave
        level[first:last] = np.maximum(level[first:last], (rise * louder)[: last - first] * velocity / 100)
        if rng.random() < mouth.words:
            shape[first:] = mouth.vowels[rng.integers(len(mouth.vowels))]
            back = int(rng.integers(5, 28))
            kind = rng.random()
            if kind < 0.5 * mouth.consonants:
                hiss[max(0, first - back) : first + 1] = rng.uniform(0.05, 0.8)
            elif kind < mouth.consonants:
                level[max(0, first - back // 3) : first + 2] *= 0.1
    wander = _smooth(rng.normal(size=steps), 60) * rng.uniform(0.2, 1.5)
    rough = rng.normal(size=steps) * rng.uniform(0.0, 0.06)
    hertz = 440.0 * 2 ** ((pitch + wander + rough - 69) / 12)
    formants = np.stack([_smooth(column, int(rng.integers(6, 24))) for column in shape.T], axis=1)
    return np.maximum(60.0, hertz), _smooth(level, 5), _smooth(hiss, 5), formants


def _gain(mouth: Mouth, shape: Signal, hertz: Signal) -> Signal:
    """Weigh a harmonic by five resonances side by side."""
    centres = np.concatenate([shape, np.repeat(mouth.higher[None], len(shape), axis=0)], axis=1)
    tall = np.array([1.0, 0.6, 0.35, 0.3, 0.15])
    away = (hertz[:, None] - centres) / mouth.widths
    return (tall / np.sqrt(1 + np.square(away))).sum(axis=1)


def _air(at: Signal, level: Signal, hiss: Signal, shape: Signal, rng: Rng) -> Signal:
    """Add breath that is coloured by the mouth on average, and hissed consonants."""
    noise, steps = rng.normal(size=len(at)), np.arange(len(level))
    centre = float(np.median(shape[:, 1]))
    mouthed = sosfilt(butter(1, (0.7 * centre, 2.6 * centre), "band", fs=RATE, output="sos"), noise)
    edge = rng.uniform(3000, 5500)
    teeth = sosfilt(butter(2, (edge, 10_000), "band", fs=RATE, output="sos"), noise)
    breath = 10 ** rng.uniform(-3.2, -1.2) * mouthed * np.interp(at, steps, level)
    return breath + 10 ** rng.uniform(-1.6, -0.4) * teeth * np.interp(at, steps, hiss)


def _smooth(values: Signal, width: int) -> Signal:
    kernel = np.hanning(width + 2)[1:-1]
    return np.convolve(np.pad(values, width, mode="edge"), kernel / kernel.sum(), "same")[width:-width]
