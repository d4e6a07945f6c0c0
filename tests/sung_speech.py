"""Singing made of recorded voices: speech by Flite (which ``ffmpeg`` brings), its periods laid out anew on a melody.

The method is E. Moulines' and F. Charpentier's (PSOLA, 1990); the voices are none of those in ``training``.
"""

import shutil
import subprocess
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, find_peaks, resample_poly, sosfilt

SLOW = 16_000
HOP = 80
TEXT = """
window closes slowly over golden fields and every engine sleeps while children dance around their father's house
nobody knew which road would lead into such strange country yet we walked until dawn broke upon mountains far away
give back what you took from my hands last winter because love has no use for promises made in darkness
"""

Signal = NDArray[np.float64]
Note = tuple[float, float, float]
"""Start and length in seconds, MIDI pitch."""


def missing() -> str:
    """Say what is not installed, or nothing."""
    if shutil.which("ffmpeg") is None:
        return "ffmpeg is not installed"
    listed = subprocess.run(
        ["ffmpeg", "-hide_banner", "-filters"], capture_output=True, text=True, check=True
    )
    return "" if "flite" in listed.stdout else "ffmpeg has no flite filter"


def speak(rng: np.random.Generator, voice: str, phrases: int, rate: int, size: float = 1.0) -> Signal:
    """Speak phrases of words drawn at random; mono."""
    return _brought_to(_speech(rng, voice, phrases), rate, size, rng)


def sing(
    rng: np.random.Generator, voice: str, notes: Sequence[Note], seconds: float, rate: int, size: float = 1.0
) -> Signal:
    """Sing notes, a syllable each; mono. ``size`` above 1 makes the mouth smaller."""
    speech = _speech(rng, voice, 3)
    periods = _periods(speech)
    syllables = _syllables(speech, periods)
    out, first = np.zeros(int(seconds * size * SLOW) + SLOW), int(rng.integers(len(syllables)))
    depth, speed = rng.uniform(0.0, 0.6), rng.uniform(4.8, 6.2)
    for number, (start, length, key) in enumerate(notes):
        if start < seconds:
            span = syllables[(first + number) % len(syllables)]
            _lay_out(
                out,
                speech,
                periods,
                span,
                (start * size, length * size),
                lambda age, key=key: 440 / size * 2 ** ((key - 69 + _bend(age, depth, speed)) / 12),
            )
    return _brought_to(out, rate, size, rng)[: int(seconds * rate)]


def _bend(age: float, depth: float, speed: float) -> float:
    trembling = depth * min(1.0, max(0.0, (age - 0.25) / 0.3)) * np.sin(2 * np.pi * speed * age)
    return float(trembling - 1.5 * np.exp(-age / 0.04))


def _speech(rng: np.random.Generator, voice: str, phrases: int) -> Signal:
    words = TEXT.replace("'", "").split()
    text = ". ".join(" ".join(rng.choice(words, int(rng.integers(4, 9)))) for _ in range(phrases))
    command = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-f", "lavfi", "-i"]
    command += [f"flite=text='{text}':voice={voice}", "-ac", "1", "-ar", str(SLOW), "-f", "f32le", "-"]
    done = subprocess.run(command, check=True, capture_output=True)
    sound = np.frombuffer(done.stdout, np.float32).astype(np.float64)
    return sound / np.abs(sound).max()


def _periods(speech: Signal) -> Signal:
    """Return the period at each hop, in frames; 0 where there is none."""
    windows = np.lib.stride_tricks.sliding_window_view(speech, 640)[::HOP] * np.hanning(640)
    alike = np.fft.irfft(np.abs(np.fft.rfft(windows, 2048, axis=1)) ** 2, axis=1)
    part = alike[:, 55:240] / (alike[:, :1] + 1e-6)
    return np.where(part.max(axis=1) > 0.35, 55.0 + part.argmax(axis=1), 0.0)


def _syllables(speech: Signal, periods: Signal) -> list[tuple[int, int, int]]:
    """Find first frame, loudest frame, and frame behind the last of each."""
    level = np.sqrt([np.mean(speech[i * HOP : i * HOP + 640] ** 2) for i in range(len(periods))]) * (
        periods > 0
    )
    smooth = np.convolve(level, np.hanning(11) / 5, "same")
    peaks, _ = find_peaks(smooth, height=0.2 * smooth.max(), distance=18)
    middles = [0, *((peaks[1:] + peaks[:-1]) // 2), len(periods) - 1]
    spans = zip(middles[:-1], peaks, middles[1:], strict=True)
    return [(HOP * max(a, p - 30), HOP * int(p), HOP * min(b, p + 30)) for a, p, b in spans]


def _lay_out(out: Signal, speech: Signal, periods: Signal, span, when, hertz_at) -> None:
    """Add one note to ``out``, period by period: the syllable's beginning, its middle held, its end."""
    opened, loudest, closed = span
    start, length = int(when[0] * SLOW), int(when[1] * SLOW)
    at, ahead = start - min(loudest - opened, start), 0.0
    last = start + length
    while at < min(last, len(out) - 1000):
        inside = at - start
        if inside < 0:
            source = loudest + inside
        elif last - at < closed - loudest and length > 2 * (closed - loudest):
            source = closed - (last - at)
        else:
            source = loudest + int(160 * np.sin(at / 2400))
        period = periods[min(len(periods) - 1, max(0, source // HOP))]
        wide = int(period) or HOP
        if period:
            around = speech[max(0, source - wide // 2) : source + wide // 2]
            source = max(0, source - wide // 2) + int(np.argmax(around)) if len(around) else source
        grain = speech[max(0, source - wide) : source + wide]
        place = at - min(source, wide)
        if len(grain) == 2 * wide and place >= 0:
            fade = min(1.0, (last - at) / 600)
            out[place : place + len(grain)] += fade * np.hanning(len(grain)) * grain
        ahead += SLOW / hertz_at(max(0.0, inside / SLOW)) if period else HOP
        at, ahead = at + int(ahead), ahead % 1.0


def _brought_to(slow: Signal, rate: int, size: float, rng: np.random.Generator) -> Signal:
    """Resample, ``size`` times as fast, and add the sibilance that recordings have above 8 kHz."""
    fast = resample_poly(slow, round(rate / size / 100), SLOW // 100)
    bright = sosfilt(butter(2, 4000, "high", fs=rate, output="sos"), fast)
    edge = sosfilt(butter(4, 7200, "high", fs=rate, output="sos"), bright * rng.normal(size=len(fast)) * 2)
    return fast + edge
