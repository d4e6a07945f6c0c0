"""What happens to a take on its way to a stem: room, tone, compression, saturation, width, noise."""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, sosfilt

Signal = NDArray[np.float64]
Rng = np.random.Generator


def produce(dry: Signal, rng: Rng, rate: int) -> Signal:
    """Treat a stereo take at random, as different studios would; shape (frames, 2)."""
    wet = dry / (np.abs(dry).max() + 1e-9)
    if rng.random() < 0.5:
        wet = tone(wet, rng, rate)
    if rng.random() < 0.35:
        wet = compress(wet, rng, rate)
    if rng.random() < 0.2:
        drive = rng.uniform(1.0, 4.0)
        wet = np.tanh(drive * wet) / np.tanh(drive)
    if rng.random() < 0.6:
        wet = room(wet, rng, rate)
    if rng.random() < 0.3:
        cutoff = rng.uniform(5_000, 15_000)
        wet = sosfilt(butter(4, cutoff, "low", fs=rate, output="sos"), wet, axis=0)
    wet = place(wet, rng)
    wet += 10 ** (rng.uniform(-95, -62) / 20) * rng.normal(size=wet.shape)
    return wet / (np.abs(wet).max() + 1e-9)


def tone(sound: Signal, rng: Rng, rate: int) -> Signal:
    """Boost or cut two broad regions, and tilt the rest."""
    for low, high in ((90, 300), (400, 1500), (2000, 8000)):
        centre, width = rng.uniform(low, high), rng.uniform(0.4, 1.2)
        edges = (centre * 2**-width, min(0.45 * rate, centre * 2**width))
        part = sosfilt(butter(1, edges, "band", fs=rate, output="sos"), sound, axis=0)
        sound = sound + (10 ** (rng.uniform(-5, 5) / 20) - 1) * part
    return sound


def compress(sound: Signal, rng: Rng, rate: int) -> Signal:
    level = np.sqrt(_smoothed(np.square(sound).mean(axis=1), rng.uniform(0.005, 0.05), rate)) + 1e-6
    threshold = np.percentile(level, 60)
    ratio = rng.uniform(1.5, 6.0)
    return sound * np.minimum(1.0, (level / threshold) ** (1 / ratio - 1))[:, None]


def _smoothed(values: Signal, seconds: float, rate: int) -> Signal:
    window = max(1, int(seconds * rate))
    sums = np.cumsum(np.concatenate([np.zeros(window), values]))
    return np.maximum(0.0, sums[window:] - sums[:-window]) / window


def room(sound: Signal, rng: Rng, rate: int) -> Signal:
    """Add a room of decaying noise, darker the longer it rings."""
    ring = float(rng.choice((rng.uniform(0.15, 0.5), rng.uniform(0.5, 2.0))))
    time = np.arange(int(1.2 * ring * rate)) / rate
    response = rng.normal(size=(len(time), 2)) * (np.exp(-6.9 * time / ring) * (time > 0.008))[:, None]
    response = sosfilt(butter(1, rng.uniform(2000, 7000), "low", fs=rate, output="sos"), response, axis=0)
    wet = np.stack([fftconvolve(sound[:, c], response[:, c])[: len(sound)] for c in (0, 1)], axis=1)
    amount = 10 ** (rng.uniform(-26, -8) / 20)
    return sound + amount * wet * np.sqrt(np.mean(sound**2) / (np.mean(wet**2) + 1e-12)) * 2


def place(sound: Signal, rng: Rng) -> Signal:
    kind = rng.integers(3)
    if kind == 0:
        return np.repeat(sound.mean(axis=1, keepdims=True), 2, axis=1)
    if kind == 1:
        angle = rng.uniform(0, np.pi / 2)
        return sound * np.array([np.cos(angle), np.sin(angle)]) * np.sqrt(2)
    return sound


def doubled(sound: Signal, rng: Rng, rate: int) -> Signal:
    """Play a stereo take through a chorus, an echo or a tremolo, or beside a second take of itself, at times."""
    kind, time = rng.random(), np.arange(len(sound)) / rate
    if kind < 0.15:
        swing = 0.5 + 0.5 * np.sin(2 * np.pi * rng.uniform(0.3, 3.0) * time + rng.uniform(0, 6))
        return sound + rng.uniform(0.4, 1.0) * _late(sound, 0.008 + rng.uniform(0.001, 0.006) * swing, rate)
    if kind < 0.3:
        lag = rng.uniform(0.012, 0.035) + np.cumsum(rng.normal(0.0, 1e-7, len(time)))
        return sound + rng.uniform(0.5, 1.0) * _late(sound, np.clip(lag, 0.002, 0.1), rate)
    if kind < 0.4:
        return sound + rng.uniform(0.15, 0.6) * _late(sound, np.full(len(time), rng.uniform(0.15, 0.6)), rate)
    if kind < 0.47:
        swing = 0.5 + 0.5 * np.sin(2 * np.pi * rng.uniform(3.0, 8.0) * time)
        return sound * (1.0 - rng.uniform(0.2, 0.7) * swing)[:, None]
    return sound


def _late(sound: Signal, lag: Signal, rate: int) -> Signal:
    at = np.arange(len(sound)) - lag * rate
    return np.stack([np.interp(at, np.arange(len(sound)), column, left=0.0) for column in sound.T], axis=1)
