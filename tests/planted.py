"""Faults planted in good sound, and good sound that looks faulty, for the checks of a delivery."""

import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from stembridge.audio.resample import resample_blocks
from stembridge.units import Hertz, Samples

Sound = NDArray[np.float32]
Random = np.random.Generator

CODECS: Mapping[str, tuple[str, ...]] = {
    "mp3 128": ("mp3", "libmp3lame", "-b:a", "128k"),
    "mp3 160": ("mp3", "libmp3lame", "-b:a", "160k"),
    "mp3 192": ("mp3", "libmp3lame", "-b:a", "192k"),
    "mp3 V2": ("mp3", "libmp3lame", "-q:a", "2"),
    "aac 128": ("m4a", "aac", "-b:a", "128k"),
    "aac 192": ("m4a", "aac", "-b:a", "192k"),
    "vorbis q3": ("ogg", "libvorbis", "-q:a", "3"),
    "vorbis q6": ("ogg", "libvorbis", "-q:a", "6"),
    "opus 96": ("opus", "libopus", "-b:a", "96k"),
    "opus 160": ("opus", "libopus", "-b:a", "160k"),
    "mp3 256": ("mp3", "libmp3lame", "-b:a", "256k"),
    "mp3 320": ("mp3", "libmp3lame", "-b:a", "320k"),
    "aac 256": ("m4a", "aac", "-b:a", "256k"),
}
"""What ffmpeg can encode; the last three are above 192 kbit/s."""

ABOVE_192 = ("mp3 256", "mp3 320", "aac 256")


def through_codec(sound: Sound, rate: int, name: str, *, gain: float = 1.0, to: int | None = None) -> Sound:
    """Encode and decode a sound with ffmpeg, change its gain and, if wanted, its rate."""
    suffix, encoder, *options = CODECS[name]
    with tempfile.TemporaryDirectory() as folder:
        plain, coded = Path(folder) / "a.wav", Path(folder) / f"a.{suffix}"
        soundfile.write(plain, sound, rate, "PCM_24")
        _ffmpeg("-i", str(plain), "-c:a", encoder, *options, str(coded))
        out = ["-af", f"volume={gain}", "-ar", str(to or rate), "-f", "f32le", "-"]
        decoded = _ffmpeg("-i", str(coded), *out)
    return np.frombuffer(decoded, np.float32).reshape(-1, sound.shape[1])


def _ffmpeg(*arguments: str) -> bytes:
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", *arguments]
    return subprocess.run(command, stdin=subprocess.DEVNULL, check=True, capture_output=True).stdout


def resampled(sound: Sound, source: int, target: int) -> Sound:
    """Bring a sound to another rate."""
    frames = Samples(len(sound))
    channels = sound.shape[1]
    return np.concatenate(
        list(resample_blocks(iter([sound]), Hertz(source), Hertz(target), channels=channels, frames=frames))
    )


def clipped(sound: Sound, rng: Random) -> Sound:
    """Drive a sound 1 to 6 dB over a ceiling, then lower it."""
    peak = float(np.abs(sound).max())
    driven = sound / peak * 10 ** (rng.uniform(1.0, 6.0) / 20)
    return (np.clip(driven, -1.0, 1.0) * rng.uniform(0.5, 0.999)).astype(np.float32)


def clipped_in_sixteen_bits(sound: Sound, rng: Random) -> Sound:
    """Drive a sound 1 to 6 dB over full scale, dither it to 16 bits, then lower it."""
    driven = sound / np.abs(sound).max() * 10 ** (rng.uniform(1.0, 6.0) / 20)
    dither = rng.random(sound.shape) - rng.random(sound.shape)
    stored = np.clip(np.round(driven * 32_768 + dither), -32_768, 32_767) / 32_768
    return (stored * 10 ** (rng.uniform(-12.0, 0.0) / 20)).astype(np.float32)


def sixteen_bits(sound: Sound, rng: Random) -> Sound:
    """Dither to 16 bits, then change the gain by a constant."""
    dither = rng.random(sound.shape) - rng.random(sound.shape)
    gain = 10 ** (rng.choice((0.0, -6.0, rng.uniform(-12.0, 3.0))) / 20)
    return (np.round(sound * 32_767 + dither) / 32_768 * gain).astype(np.float32)


def dual_mono(sound: Sound, rng: Random) -> Sound:
    """Make both channels one, at slightly different gains."""
    mono = sound.mean(axis=1)
    return np.stack((mono, mono * rng.uniform(0.7, 1.0)), axis=1).astype(np.float32)


def loud_place(sound: Sound, rng: Random, around: int = 2_400) -> int:
    """Choose a frame with sound before and after it."""
    power = np.square(sound).mean(axis=1)
    sums = np.concatenate(([0.0], np.cumsum(power, dtype=np.float64)))
    means = (sums[around:] - sums[:-around]) / around
    enough = max(0.2 * float(means.max()), 1e-5)
    both = np.flatnonzero((means[around:] > enough) & (means[:-around] > enough)) + around
    return int(rng.choice(both))


def gap(sound: Sound, rng: Random, rate: int) -> Sound:
    """Lose a few milliseconds."""
    broken = sound.copy()
    at = loud_place(sound, rng)
    broken[at : at + round(rng.uniform(0.001, 0.03) * rate)] = 0.0
    return broken


def repeated(sound: Sound, rng: Random) -> Sound:
    """Play a buffer twice."""
    broken = sound.copy()
    at, length = loud_place(sound, rng, 4_800), int(rng.choice((64, 128, 256, 512, 1024, 441, 480)))
    broken[at : at + length] = broken[at - length : at]
    return broken


def clicked(sound: Sound, rng: Random) -> Sound:
    """Add a sample that does not belong, as loud as the sound there can be."""
    broken = sound.copy()
    at = loud_place(sound, rng)
    broken[at] += np.float32(rng.choice((-1, 1)) * np.abs(sound).max())
    return broken


def square_wave(rate: int, seconds: float = 4.0, frequency: float = 110.0) -> Sound:
    """A naive square wave from a synthesiser, with notes and rests."""
    time = np.arange(round(seconds * rate)) / rate
    notes = frequency * 2.0 ** (np.floor(time * 2) % 5 / 12)
    wave = 0.6 * np.sign(np.sin(2 * np.pi * np.cumsum(notes) / rate)) * (time % 0.5 < 0.4)
    return np.repeat(wave[:, np.newaxis], 2, axis=1).astype(np.float32)


def gated_drums(rate: int, seconds: float = 6.0, *, fade_s: float = 0.004) -> Sound:
    """Hits of noise, cut by a gate to digital silence: a fast attack, a short fade."""
    rng = np.random.default_rng(4)
    sound = np.zeros((round(seconds * rate), 2), np.float32)
    length, fade = round(0.12 * rate), max(1, round(fade_s * rate))
    for start in range(round(0.1 * rate), len(sound) - length, round(0.21 * rate)):
        hit = rng.standard_normal((length, 2)) * np.exp(-np.arange(length) / (0.05 * rate))[:, np.newaxis]
        hit[-fade:] *= np.linspace(1.0, 0.0, fade)[:, np.newaxis]
        sound[start : start + length] = 0.3 * hit
    return sound


def tape_stop(rate: int, seconds: float = 3.0) -> Sound:
    """A tone that slows down to nothing, then digital silence, then goes on."""
    time = np.arange(round(seconds * rate)) / rate
    speed = np.clip(1.0 - (time % 1.5) / 1.2, 0.0, 1.0)
    wave = 0.4 * np.sin(2 * np.pi * 220 * np.cumsum(speed) / rate) * np.minimum(1.0, 4 * speed)
    wave *= np.minimum(1.0, (time % 1.5) / 0.01)
    return np.repeat(wave[:, np.newaxis], 2, axis=1).astype(np.float32)


def dark(rate: int, corner: float, order: float, seed: int, seconds: float = 6.0) -> Sound:
    """Noise that falls gently above a corner, as a dark recording does, over the noise of a converter."""
    rng = np.random.default_rng(seed)
    frames = round(seconds * rate)
    frequency = np.fft.rfftfreq(frames, 1 / rate)[:, np.newaxis]
    spectrum = np.fft.rfft(rng.standard_normal((frames, 2)), axis=0)
    spectrum *= 1.0 / np.sqrt(1.0 + (frequency / corner) ** (2 * order))
    sound = np.fft.irfft(spectrum, frames, axis=0)
    return (0.1 * sound / sound.std() + 10 ** (-105 / 20) * rng.standard_normal((frames, 2))).astype(
        np.float32
    )


Plant = Callable[[Sound, Random], Sound]
