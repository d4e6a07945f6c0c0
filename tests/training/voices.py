"""Singing and speech from formulas: a glottal pulse through resonators one after the other (D. Klatt, 1980)."""

import numpy as np
from composer import Piece, melody
from gm_player import RATE
from numpy.typing import NDArray
from scipy.signal import butter, lfilter, sosfilt

Signal = NDArray[np.float64]
Rng = np.random.Generator

VOWELS = (
    (710, 1230, 2700),
    (400, 2000, 2600),
    (290, 2250, 2900),
    (450, 900, 2400),
    (320, 850, 2300),
    (640, 1700, 2500),
    (500, 1400, 2450),
)
STEP = 220
"""Frames between two settings of the resonators: 5 ms."""


def _track(seconds: float) -> tuple[Signal, Signal, Signal, Signal]:
    steps = int(seconds * RATE / STEP) + 2
    return np.zeros(steps), np.zeros(steps), np.zeros(steps), np.zeros((steps, 3))


def _speak(pitch: Signal, voiced: Signal, hiss: Signal, formants: Signal, size: float, rng: Rng) -> Signal:
    """Make sound from tracks, by the pulse of A. Rosenberg (1971,
    type C): pitch in hertz, levels of voice and of hiss, formants in hertz.

    How rough, breathy, dark, nasal and sharp of consonant a voice is, is drawn at random.
    """
    rough, dark, blur = rng.uniform(0.05, 1.0), rng.uniform(0.0, 0.75), rng.uniform(0.5, 1.8)
    sharp = 10 ** rng.uniform(-2.0, -0.4)
    frames, steps = (len(pitch) - 1) * STEP, np.arange(len(pitch))
    at = np.arange(frames) / STEP
    jitter = 1 + 0.006 * lfilter([0.05], [1, -0.95], rng.normal(size=frames)) * 4 * rough
    turn = np.cumsum(np.interp(at, steps, pitch) * jitter) / RATE
    place = turn % 1.0
    rise, fall = rng.uniform(0.35, 0.5), rng.uniform(0.1, 0.2)
    opening = 0.5 - 0.5 * np.cos(np.pi * place / rise)
    closing = np.cos(0.5 * np.pi * np.clip((place - rise) / fall, 0, 1))
    pulse = np.where(place < rise, opening, closing)
    source = lfilter([1 - dark], [1, -dark], np.diff(pulse, prepend=0.0) * 12)
    breath = rng.normal(size=frames) * (0.006 + 0.02 * pulse) * rng.uniform(0.3, 2.0)
    source = (source + breath) * np.interp(at, steps, voiced)
    out = np.zeros(frames)
    states = [np.zeros(2) for _ in range(5)]
    higher = ((3500.0 * size, 200.0), (4500.0 * size, 260.0))
    for step in range(len(pitch) - 1):
        part = source[step * STEP : (step + 1) * STEP]
        wanted = [
            (f * size, w)
            for f, w in zip(formants[step], (70.0 * blur, 100.0 * blur, 140.0 * blur), strict=True)
        ]
        for index, (hertz, width) in enumerate((*wanted, *higher)):
            radius = np.exp(-np.pi * width / RATE)
            a1, a2 = -2 * radius * np.cos(2 * np.pi * hertz / RATE), radius**2
            part, states[index] = lfilter([1 + a1 + a2], [1, a1, a2], part, zi=states[index])
        out[step * STEP : (step + 1) * STEP] = part
    low, high = rng.uniform(2500, 4000), rng.uniform(7000, 10_000)
    teeth = sosfilt(butter(2, (low, high), "band", fs=RATE, output="sos"), rng.normal(size=frames))
    out = out / (np.abs(out).max() + 1e-9) + sharp * teeth * np.interp(at, steps, hiss)
    return sosfilt(butter(1, 90, "high", fs=RATE, output="sos"), out)


def _smooth(values: Signal, width: int) -> Signal:
    kernel = np.hanning(width + 2)[1:-1]
    edge = ((width, width),) + ((0, 0),) * (values.ndim - 1)
    padded = np.pad(values, edge, mode="edge")
    if values.ndim == 1:
        return np.convolve(padded, kernel / kernel.sum(), "same")[width:-width]
    return np.stack([_smooth(column, width) for column in values.T], axis=1)


def sung(piece: Piece, rng: Rng, *, low: int | None = None) -> Signal:
    """Sing a melody: glides, a late vibrato, a new vowel on most notes, consonants before most; mono."""
    low = int(rng.integers(43, 62)) if low is None else low
    notes = melody(piece, rng, low, 10)
    return sung_notes(notes, piece.seconds, rng, low=low, word=float(rng.choice((0.3, 0.7, 1.0))))


def sung_notes(notes, seconds: float, rng: Rng, *, low: int, word: float) -> Signal:
    pitch, voiced, hiss, formants = _track(seconds)
    pitch += 440 * 2 ** ((low + 5 - 69) / 12)
    formants += VOWELS[0]
    size = np.interp(low, (43, 62), (0.92, 1.18)) * rng.uniform(0.95, 1.05)
    depth, speed, scoop = rng.uniform(0, 70), rng.uniform(4.8, 6.6), rng.uniform(0, 150)
    stops, teeth = rng.uniform(0.0, 1.0), rng.uniform(0.0, 0.9)
    for start, length, key, velocity in notes:
        first, count = round(start * RATE / STEP), max(12, round(length * RATE / STEP))
        if first >= len(pitch) - 1:
            break
        span = slice(first, min(len(pitch), first + count))
        age = np.arange(span.stop - span.start) * STEP / RATE
        late = np.clip((age - rng.uniform(0.1, 0.5)) / 0.3, 0, 1)
        cents = late * depth * np.sin(2 * np.pi * speed * age) - scoop * np.exp(-age / 0.05)
        pitch[first:] = 440 * 2 ** ((key - 69) / 12)
        pitch[span] *= 2 ** (cents / 1200)
        swell = np.clip(age / 0.06, 0, 1) * np.clip((count * STEP / RATE - age) / 0.08, 0, 1)
        voiced[span] = swell * velocity / 100 * rng.uniform(0.7, 1.0)
        if rng.random() < word:
            formants[first:] = VOWELS[rng.integers(len(VOWELS))]
            back = int(rng.integers(6, 26))
            if rng.random() < teeth:
                hiss[max(0, first - back) : first + 2] = rng.uniform(0.1, 1.0)
            if rng.random() < stops:
                voiced[max(0, first - 4) : first + 3] *= 0.3
    drift = _smooth(rng.normal(size=len(pitch)), 40) * 30
    return _speak(
        _smooth(pitch, 9) * 2 ** (drift / 1200), voiced, _smooth(hiss, 4), _smooth(formants, 13), size, rng
    )


def spoken(seconds: float, rng: Rng, *, beat: float | None = None) -> Signal:
    """Speak: phrases of syllables with a falling melody and pauses; ``beat`` makes it a rap; mono."""
    pitch, voiced, hiss, formants = _track(seconds)
    base = rng.uniform(85, 230)
    size = np.interp(base, (85, 230), (0.92, 1.18)) * rng.uniform(0.94, 1.06)
    pitch += base
    formants += VOWELS[6]
    second, rate = 0.2, rng.uniform(3.3, 6.0)
    liveliness, teeth, gap = rng.uniform(0.05, 0.35), rng.uniform(0.2, 0.8), rng.uniform(0.05, 0.45)
    soft, fade = int(rng.integers(3, 10)), rng.uniform(0.0, 1.0)
    while second < seconds:
        count = int(rng.integers(3, 14))
        for syllable in range(count):
            length = (beat / 4 if beat else rng.gamma(6, 1 / 6) / rate) * float(rng.choice((1, 1, 1, 1.7)))
            first, last = int(second * RATE / STEP), int((second + length) * RATE / STEP)
            if last >= len(pitch):
                break
            share = syllable / count
            accent = np.exp(liveliness * rng.normal() + 0.25 * (0.5 - share))
            pitch[first:] = base * accent
            lead = int((last - first) * gap * rng.uniform(0.3, 1.0))
            shape = 1 - fade * np.linspace(0, 1, max(0, last - first - lead)) ** 2
            voiced[first + lead : last] = rng.uniform(0.4, 1.0) * shape
            formants[first:] = VOWELS[rng.integers(len(VOWELS))]
            if rng.random() < teeth:
                hiss[first : first + lead] = rng.uniform(0.1, 1.0)
            second += length
        else:
            second += rng.uniform(0.15, 1.1) if beat is None else beat * float(rng.choice((0.5, 1.0)))
            continue
        break
    return _speak(
        _smooth(pitch, 18), _smooth(voiced, soft), _smooth(hiss, 5), _smooth(formants, 15), size, rng
    )


def choir(piece: Piece, rng: Rng) -> Signal:
    """Sing chords of held vowels, or words together, by several voices to the left and the right; stereo."""
    out = np.zeros((int(piece.seconds * RATE) + 4 * STEP, 2))
    words = 0.2 if rng.random() < 0.6 else 0.9
    low = int(rng.integers(50, 64))
    for voice in range(int(rng.integers(3, 7))):
        notes, bar = [], 4 * piece.beat
        for number in range(piece.bars):
            tones = piece.chord(number, low)
            if words > 0.5:
                notes += [
                    (number * bar + b * piece.beat, 0.9 * piece.beat, tones[voice % 3], 85) for b in (0, 1, 2)
                ]
            else:
                notes.append((number * bar, 0.95 * bar, tones[voice % 3], 80))
        sound = sung_notes(tuple(notes), piece.seconds, rng, low=low - 5, word=words)
        angle = rng.uniform(0, np.pi / 2)
        out[: len(sound)] += sound[: len(out), None] * [np.cos(angle), np.sin(angle)]
    return out[: int(piece.seconds * RATE)]
