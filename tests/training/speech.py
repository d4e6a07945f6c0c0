"""Voices of people, as the speech synthesizer Flite has them (``ffmpeg`` brings it): spoken, and made to sing.

To sing, speech is taken apart by linear prediction (J. Makhoul, 1975) into what the mouth does and what the larynx
does; each syllable is stretched to a note, and a glottal pulse at the melody's pitch goes through the mouth.
"""

import subprocess
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from composer import Piece, melody
from gm_player import RATE, Note
from numpy.typing import NDArray
from scipy.linalg import solve_toeplitz
from scipy.signal import butter, find_peaks, lfilter, resample_poly, sosfilt

Signal = NDArray[np.float64]
Rng = np.random.Generator

VOICES = ("slt", "kal16")
SLOW = 16_000
STEP = 80
"""Frames between two analyses: 5 ms at ``SLOW``."""

WINDOW, ORDER = 400, 18
TEXT = """
river light morning hold me until the stars are gone never say a word about this town we used to know
every summer shadow follows where you go and all I want is one more night under open sky tell him she
was waiting by the door with seven pieces of silver paper on fire please remember how it felt before
they came back home again thinking of nothing but your voice calling across wide water heavy machines
break easily in cold weather though people seldom notice what is missing just around another corner
something beautiful begins
"""


@dataclass(frozen=True)
class Mouth:
    """Speech taken apart, every 5 ms.

    Attributes:
        filters: prediction coefficients, shape (times, ``ORDER``).
        gains: the level of what is not predicted, shape (times,).
        voiced: how periodic it is, 0 to 1, shape (times,).
        syllables: first time, loudest time and the time behind the last of each.

    """

    filters: Signal
    gains: Signal
    voiced: Signal
    syllables: tuple[tuple[int, int, int], ...]


def say(rng: Rng, seconds: float, voice: str) -> Signal:
    """Speak words drawn at random, in phrases; mono at 16 kHz, as long as it takes."""
    phrases, count = [], 0
    while count < 4.0 * seconds:
        size = int(rng.integers(3, 10))
        phrases.append(" ".join(rng.choice(TEXT.split(), size)))
        count += size
    return _synthesize(". ".join(phrases), voice)


@cache
def _synthesize(text: str, voice: str) -> Signal:
    command = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-f", "lavfi", "-i"]
    command += [f"flite=text='{text}':voice={voice}", "-ac", "1", "-ar", str(SLOW), "-f", "f32le", "-"]
    done = subprocess.run(command, check=True, capture_output=True)
    return np.frombuffer(done.stdout, np.float32).astype(np.float64)


def spoken(seconds: float, rng: Rng) -> Signal:
    """Speak with a larger or smaller mouth and pitch; mono at ``RATE``."""
    size = rng.uniform(0.85, 1.2)
    slow = say(rng, seconds * max(1.0, size), VOICES[rng.integers(len(VOICES))])
    return _as_recorded(slow, size, rng)[: int(seconds * RATE)]


def sung(piece: Piece, rng: Rng) -> Signal:
    """Sing a melody with words; mono at ``RATE``."""
    low = int(rng.integers(43, 67))
    return sung_notes(melody(piece, rng, low, int(rng.integers(7, 13))), piece.seconds, rng, low=low)


def sung_notes(notes: tuple[Note, ...], seconds: float, rng: Rng, *, low: int) -> Signal:
    """Sing notes: one syllable each, or the last one on."""
    mouth = _take_apart(say(rng, 6.0, VOICES[rng.integers(len(VOICES))]))
    size = float(np.interp(low, (43, 67), (0.9, 1.2)) * rng.uniform(0.95, 1.05))
    times, hertz, levels = _score(notes, seconds * size, mouth, rng, size)
    return _as_recorded(_play(mouth, times, hertz, levels, rng), size, rng)[: int(seconds * RATE)]


def choir(piece: Piece, rng: Rng) -> Signal:
    """Sing the same words in chords, by several people to the left and the right; stereo at ``RATE``."""
    out, bar = np.zeros((int(piece.seconds * RATE), 2)), 4 * piece.beat
    low, words = int(rng.integers(50, 64)), int(rng.choice((1, 2, 4)))
    for voice in range(int(rng.integers(2, 6))):
        notes = tuple(
            (bar * (number + part / words), 0.92 * bar / words, piece.chord(number, low)[voice % 3], 85)
            for number in range(piece.bars)
            for part in range(words)
        )
        sound = sung_notes(notes, piece.seconds, rng, low=low)
        sound, angle = sound[: len(out)] / (np.abs(sound).max() + 1e-9), rng.uniform(0, np.pi / 2)
        out[: len(sound)] += sound[:, None] * [np.cos(angle), np.sin(angle)]
    return out


def _as_recorded(slow: Signal, size: float, rng: Rng) -> Signal:
    """Bring speech to ``RATE``, played faster by ``size``, with the breath above 7 kHz that it lacks."""
    fast = resample_poly(slow, round(RATE / size / 100), SLOW // 100)
    teeth = np.abs(sosfilt(butter(2, (3500, 7000), "band", fs=RATE, output="sos"), fast))
    course = lfilter([0.01], [1, -0.99], teeth)
    air = sosfilt(butter(4, 6500, "high", fs=RATE, output="sos"), rng.normal(size=len(fast)))
    return fast + rng.uniform(0.2, 1.5) * course * air


def _take_apart(speech: Signal) -> Mouth:
    speech = speech / (np.abs(speech).max() + 1e-9)
    raised = lfilter([1, -0.95], [1], speech) + 1e-5
    windows = np.lib.stride_tricks.sliding_window_view(raised, WINDOW)[::STEP] * np.hanning(WINDOW)
    power = np.abs(np.fft.rfft(windows, 1024, axis=1)) ** 2
    alike = np.fft.irfft(power, axis=1)[:, :WINDOW]
    lagged = alike[:, : ORDER + 1] * np.exp(-0.5 * (2 * np.pi * 60 / SLOW * np.arange(ORDER + 1)) ** 2)
    lagged[:, 0] = lagged[:, 0] * 1.0005 + 1e-7
    filters = np.stack([solve_toeplitz(row[:-1], row[1:]) for row in lagged])
    gains = np.sqrt(np.maximum(1e-12, lagged[:, 0] - np.einsum("to,to->t", filters, lagged[:, 1:])))
    best = (alike[:, 50:230] / (alike[:, :1] + 1e-6)).max(axis=1)
    voiced = np.clip((best - 0.25) / 0.25, 0.0, 1.0)
    return Mouth(filters, gains, voiced, _find_syllables(np.sqrt(alike[:, 0]) * voiced))


def _find_syllables(level: Signal) -> tuple[tuple[int, int, int], ...]:
    smooth = np.convolve(level, np.hanning(13) / 6.0, "same")
    peaks, _ = find_peaks(smooth, height=0.15 * smooth.max(), distance=20, prominence=0.05 * smooth.max())
    edges = [0, *(int(a + smooth[a:b].argmin()) for a, b in pairwise(peaks)), len(level)]
    return tuple(
        (max(first, int(peak) - 40), int(peak), min(last, int(peak) + 40))
        for first, peak, last in zip(edges[:-1], peaks, edges[1:], strict=True)
    )


def _score(
    notes: tuple[Note, ...], seconds: float, mouth: Mouth, rng: Rng, size: float
) -> tuple[NDArray[np.intp], Signal, Signal]:
    """Say for every 5 ms where the mouth is, the pitch in hertz, and how loud it is."""
    steps = int(seconds * SLOW / STEP)
    times, levels = np.zeros(steps, np.intp), np.zeros(steps)
    keys = np.full(steps, float(notes[0][2]))
    depth, speed, scoop = rng.uniform(0, 0.7), rng.uniform(4.5, 6.6), rng.uniform(0, 2.0)
    slur, place, cents = (
        rng.choice((0.0, 0.15, 0.4)),
        int(rng.integers(len(mouth.syllables))),
        np.zeros(steps),
    )
    for start, length, key, velocity in notes:
        opened, loudest, closed = mouth.syllables[place % len(mouth.syllables)]
        at, count = int(start * size * SLOW / STEP), max(14, int(length * size * SLOW / STEP))
        before = min(loudest - opened, 24)
        first, last = max(0, at - before), min(steps, at + count)
        if first >= steps - 2:
            break
        tail = min(closed - loudest, count // 3)
        held = np.clip(loudest + 2 * np.sin(np.arange(max(0, last - at - tail)) / 9.0), opened, closed - 1)
        course = np.concatenate([np.arange(loudest - (at - first), loudest), held, loudest + np.arange(tail)])
        course = course[: last - first].astype(np.intp)
        times[first : first + len(course)] = np.clip(course, 0, len(mouth.gains) - 1)
        levels[first : first + len(course)] = velocity / 100 * rng.uniform(0.7, 1.0)
        age = np.arange(last - first) * STEP / SLOW
        keys[first:] = key
        late = np.clip((age - rng.uniform(0.15, 0.5)) / 0.3, 0, 1)
        cents[first:last] = late * depth * np.sin(2 * np.pi * speed * age) - scoop * np.exp(-age / 0.06)
        if rng.random() >= slur:
            place += 1
    ease = np.hanning(11)
    keys = np.convolve(np.pad(keys, 5, mode="edge"), ease / ease.sum(), "valid")
    drift = np.convolve(rng.normal(size=steps + 60), np.hanning(61) / 30, "valid")[:steps]
    levels = np.convolve(levels, np.hanning(9) / 4, "same")
    return times, 440 * 2 ** ((keys + cents + 0.25 * drift - 69) / 12) / size, levels


def _play(mouth: Mouth, times: NDArray[np.intp], hertz: Signal, levels: Signal, rng: Rng) -> Signal:
    frames = len(times) * STEP
    at = np.arange(frames) / STEP
    rough = 1 + rng.uniform(0.0, 0.05) * lfilter([0.1], [1, -0.99], rng.normal(size=frames))
    turn = np.cumsum(np.interp(at, np.arange(len(hertz)), hertz) * rough) / SLOW
    pulse = _pulse(turn % 1.0, rng.uniform(0.4, 0.6))
    breath = rng.normal(size=frames) * rng.uniform(0.02, 0.2)
    source = pulse / (pulse.std() + 1e-9) + breath
    out, state = np.zeros(frames), np.zeros(ORDER)
    for step, time in enumerate(times):
        span = slice(step * STEP, (step + 1) * STEP)
        voiced = mouth.voiced[time]
        part = voiced * source[span] + (1 - voiced) * rng.normal(size=STEP)
        part, state = lfilter(
            [mouth.gains[time] * levels[step]], np.r_[1.0, -mouth.filters[time]], part, zi=state
        )
        out[span] = part
    return lfilter([1], [1, -0.95], out)


def _pulse(place: Signal, opened: float) -> Signal:
    """Open and close the larynx (A. Rosenberg, 1971, type B), differentiated and raised as the speech was."""
    share = np.clip(place / opened, 0, 1)
    flow = share**2 * (1 - share) * 6.75
    raised = np.diff(flow, prepend=0.0)
    return np.diff(raised, prepend=0.0)
