"""What a mix goes through after its stems: equaliser, compressor, limiter; and what is sent beside them."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter1d, uniform_filter1d
from scipy.signal import fftconvolve, lfilter

Sound = NDArray[np.float32]
Random = np.random.Generator
STEP = 16
"""Frames at which followers move."""


def reverberated(sound: Sound, seconds: float, rate: int, rng: Random, *, before_s: float = 0.02) -> Sound:
    """Send a sound through a hall of noise that falls by 60 dB in some seconds; stereo from its middle."""
    frames = round(seconds * rate)
    hall = rng.standard_normal((frames, 2)) * 10.0 ** (-3.0 * np.arange(frames) / frames)[:, None]
    hall /= np.linalg.norm(hall, axis=0)
    wet = np.stack([fftconvolve(sound.mean(axis=1), side)[: len(sound)] for side in hall.T], axis=1)
    return _later(wet.astype(np.float32), round(before_s * rate))


def echoes(sound: Sound, every_s: float, rate: int, *, feedback: float = 0.5, count: int = 6) -> Sound:
    """Repeat a sound, each time more quietly."""
    apart = round(every_s * rate)
    repeats = [feedback**turn * _later(sound, apart * (turn + 1)) for turn in range(count)]
    return np.sum(repeats, axis=0, dtype=np.float32)


def equalised(sound: Sound, rate: int, rng: Random) -> Sound:
    """Put a sound through a low shelf and a bell, as a mix bus has them."""
    low = float(rng.choice((-3.0, -2.0, 2.0, 3.0)))
    bell = float(rng.choice((-3.0, -1.5, 1.5, 3.0)))
    shelved = lfilter(*_shelf(rng.uniform(60.0, 250.0), low, rate), sound, axis=0)
    both = lfilter(*_bell(rng.uniform(800.0, 8_000.0), bell, 0.8, rate), shelved, axis=0)
    return np.asarray(both, np.float32)


def compressed(sound: Sound, rate: int, rng: Random) -> Sound:
    """Put a sound through a compressor with both channels linked: 2:1 to 4:1, usual times."""
    peaks = 20.0 * np.log10(_blocks(np.abs(sound).max(axis=1)).max(axis=1) + 1e-9)
    threshold = peaks.max() - rng.uniform(8.0, 16.0)
    wanted = np.minimum(0.0, (threshold - peaks) * (1.0 - 1.0 / float(rng.choice((2.0, 3.0, 4.0)))))
    attack, release = float(rng.choice((0.003, 0.01, 0.03))), float(rng.choice((0.06, 0.1, 0.3)))
    return _applied(sound, _followed(wanted, attack, release, rate))


def limited(sound: Sound, rate: int, over_db: float) -> Sound:
    """Put a sound through a limiter that looks ahead, some dB over its ceiling."""
    level = np.abs(sound).max(axis=1)
    ceiling = level.max() * 10.0 ** (-over_db / 20.0)
    ahead = 2 * round(0.0015 * rate) + 1
    needed = minimum_filter1d(np.minimum(1.0, ceiling / (level + 1e-9)), ahead)
    wanted = 20.0 * np.log10(_blocks(needed).min(axis=1))
    released = 10.0 ** (np.repeat(_followed(wanted, 0.0, 0.06, rate), STEP) / 20.0)
    reached = np.minimum(
        needed, np.pad(released, (0, max(0, len(sound) - len(released))), "edge")[: len(sound)]
    )
    return np.asarray(sound * uniform_filter1d(reached, ahead)[:, None], np.float32)


def _later(sound: Sound, frames: int) -> Sound:
    return np.pad(sound, ((frames, 0), (0, 0)))[: len(sound)]


def _blocks(values: NDArray[np.floating]) -> NDArray[np.floating]:
    count = -(-len(values) // STEP)
    return np.pad(values, (0, count * STEP - len(values)), "edge").reshape(count, STEP)


def _followed(
    wanted: NDArray[np.floating], attack_s: float, release_s: float, rate: int
) -> NDArray[np.float64]:
    """Let a gain in dB fall with one time and rise with another."""
    keep = [np.exp(-STEP / rate / time) if time else 0.0 for time in (attack_s, release_s)]
    out, now = np.empty(len(wanted)), 0.0
    for at, aim in enumerate(wanted.tolist()):
        kept = keep[0] if aim < now else keep[1]
        now = kept * now + (1.0 - kept) * aim
        out[at] = now
    return out


def _applied(sound: Sound, gain_db: NDArray[np.float64]) -> Sound:
    places = np.arange(len(gain_db)) * STEP + STEP / 2
    gain = 10.0 ** (np.interp(np.arange(len(sound)), places, gain_db) / 20.0)
    return np.asarray(sound * gain[:, None], np.float32)


def _shelf(hz: float, decibels: float, rate: int) -> tuple[list[float], list[float]]:
    """Return a low shelf of slope 1 (Bristow-Johnson)."""
    size, turn = 10.0 ** (decibels / 40.0), 2.0 * np.pi * hz / rate
    cos, wide = np.cos(turn), 2.0 * np.sqrt(size) * np.sin(turn) / np.sqrt(2.0)
    up, down = size + 1.0, size - 1.0
    above = [size * (up - down * cos + wide), 2 * size * (down - up * cos), size * (up - down * cos - wide)]
    return above, [up + down * cos + wide, -2 * (down + up * cos), up + down * cos - wide]


def _bell(hz: float, decibels: float, quality: float, rate: int) -> tuple[list[float], list[float]]:
    """Return a bell (Bristow-Johnson)."""
    size, turn = 10.0 ** (decibels / 40.0), 2.0 * np.pi * hz / rate
    cos, wide = np.cos(turn), np.sin(turn) / (2.0 * quality)
    return [1 + wide * size, -2 * cos, 1 - wide * size], [1 + wide / size, -2 * cos, 1 - wide / size]
