"""A singing voice from formulas: a gliding, trembling pitch through moving formants, and consonant noise.

Formant frequencies after Peterson and Barney (1952); glottal slope and vibrato as in the textbooks of
singing synthesis.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, sosfilt

VOWELS = {
    "a": (730, 1090, 2440),
    "e": (530, 1840, 2480),
    "i": (270, 2290, 3010),
    "o": (570, 840, 2410),
    "u": (300, 870, 2240),
}
BANDWIDTHS = (80.0, 100.0, 140.0, 200.0, 250.0)
CONTROL_HZ = 200

Signal = NDArray[np.float64]
Note = tuple[float, float, int, int]


@dataclass(frozen=True)
class Singer:
    """A voice: lowest MIDI pitch, size of the vocal tract, vibrato, breath, reverb, and doubling."""

    low: int = 57
    tract: float = 1.0
    vibrato_cents: float = 45.0
    vibrato_hz: float = 5.5
    breath: float = 0.02
    reverb: float = 0.25
    doubled: float = 0.0


def sing(singer: Singer, notes: list[Note], beat_s: float, frames: int, rate: int, seed: int) -> Signal:
    """Sing notes (start, length in beats, pitch, velocity): stereo, centre, with a wide reverb."""
    rng = np.random.default_rng([seed, 7])
    dry = _take(singer, notes, beat_s, frames, rate, rng)
    out = np.stack([dry, dry], axis=1)
    if singer.doubled:
        for side in (0, 1):
            out[:, side] += singer.doubled * _take(singer, notes, beat_s, frames, rate, rng)
    return out + singer.reverb * _reverb(dry, rate, rng)


def _take(
    singer: Singer, notes: list[Note], beat_s: float, frames: int, rate: int, rng: np.random.Generator
) -> Signal:
    ticks = frames * CONTROL_HZ // rate + 2
    pitch, level, formants, hiss = _controls(singer, notes, beat_s, ticks, rng)
    at = np.arange(frames) * CONTROL_HZ / rate
    grid = np.arange(ticks)
    hertz = np.interp(at, grid, pitch)
    phase = 2 * np.pi * np.cumsum(hertz) / rate
    voiced = np.zeros(frames)
    for number in range(1, int(min(12_000.0, rate / 2.2) / pitch.min())):
        voiced += np.interp(at, grid, level * _gain(number, pitch, formants, singer)) * np.sin(number * phase)
    noise = rng.normal(size=frames)
    air = sosfilt(butter(2, 1500, "high", fs=rate, output="sos"), noise)
    teeth = sosfilt(butter(2, (2500, 9000), "band", fs=rate, output="sos"), noise)
    return voiced + singer.breath * np.interp(at, grid, level) * air + np.interp(at, grid, hiss) * teeth


def _controls(
    singer: Singer, notes: list[Note], beat_s: float, ticks: int, rng: np.random.Generator
) -> tuple[Signal, Signal, Signal, Signal]:
    """Draw pitch in hertz, level, formants (ticks, 5) and consonant noise, at ``CONTROL_HZ``."""
    midi, level, hiss = np.full(ticks, float(notes[0][2])), np.zeros(ticks), np.zeros(ticks)
    formants, vowels = np.zeros((ticks, 5)), sorted(VOWELS)
    formants[:] = (500, 1500, 2500, 3500, 4500)
    tremble = np.zeros(ticks)
    for start, length, pitch, _ in notes:
        first, count = round(start * beat_s * CONTROL_HZ), max(8, round(length * beat_s * CONTROL_HZ))
        if first >= ticks:
            break
        span = slice(first, min(ticks, first + count))
        age = np.arange(span.stop - span.start) / CONTROL_HZ
        midi[first:] = pitch
        tremble[span] = np.clip((age - 0.15) / 0.25, 0, 1)
        attack, decay = np.clip(age / 0.05, 0, 1), np.clip((count / CONTROL_HZ - age) / 0.06, 0, 1)
        level[span] = attack * decay * (0.75 + 0.25 * rng.random())
        formants[first:, :3] = VOWELS[vowels[rng.integers(5)]]
        if rng.random() < 0.7:
            hiss[max(0, first - 14) : first] = rng.uniform(0.03, 0.15) * np.hanning(min(14, first) or 1)
    drift = _smooth(rng.normal(size=ticks), 40) * 0.6
    time = np.arange(ticks) / CONTROL_HZ
    wave = np.sin(2 * np.pi * singer.vibrato_hz * time + _smooth(rng.normal(size=ticks), 60) * 3)
    cents = singer.vibrato_cents * tremble * wave / 100.0
    return 440.0 * 2 ** ((_smooth(midi, 12) + drift + cents - 69) / 12), level, _glide(formants), hiss


def _smooth(values: Signal, width: int) -> Signal:
    kernel = np.hanning(width + 2)[1:-1]
    return np.convolve(np.pad(values, width, mode="edge"), kernel / kernel.sum(), "same")[width:-width]


def _glide(formants: Signal) -> Signal:
    return np.stack([_smooth(column, 16) for column in formants.T], axis=1)


def _gain(number: int, pitch: Signal, formants: Signal, singer: Singer) -> Signal:
    """Say how loud a harmonic is: the glottal slope times five resonances."""
    hertz = number * pitch
    resonances = sum(
        weight / (1.0 + ((hertz - singer.tract * formants[:, index]) / (0.7 * BANDWIDTHS[index])) ** 2)
        for index, weight in enumerate((1.0, 0.7, 0.5, 0.35, 0.2))
    )
    return (0.04 + resonances) * number**-0.7


def _reverb(dry: Signal, rate: int, rng: np.random.Generator) -> Signal:
    """Put a voice in a plate: 1.4 s of decaying noise, different left and right, 20 ms late."""
    time = np.arange(int(1.4 * rate)) / rate
    plates = rng.normal(size=(len(time), 2)) * np.exp(-4.5 * time / 1.4)[:, None]
    plates[: rate // 50] = 0.0
    plates /= np.sqrt(np.sum(plates**2, axis=0))
    return np.stack([fftconvolve(dry, plates[:, side])[: len(dry)] for side in (0, 1)], axis=1)
