"""Figures of pitch: how clear it is, how it moves, and how the harmonics above it are weighted.

The pitch of a window is the first high peak of its normalised autocorrelation (after P. McLeod, G. Wyvill,
"A smarter way to find pitch", 2005).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from stembridge.stages.hearing.spectra import Figures, cut_windows
from stembridge.stages.hearing.timbre import Named
from stembridge.units import Hertz

WINDOW_S = 0.093
FRAMES_A_SECOND = 43.0
LOW_HZ, HIGH_HZ = 38.0, 1400.0
NEAR_BEST = 0.85
CLEAR = 0.7
ACTIVE = 1e-4
"""A window counts down to this share of the loudest one's energy."""

HARMONICS = 8
LEAP_CENTS = 80.0
STEADY_CENTS = 8.0
TREMBLE_FRAMES = 13
"""A third of a second: as long as a pitch must last to be looked at for vibrato."""


@dataclass(frozen=True, eq=False)
class Track:
    """The pitch over time.

    Attributes:
        hertz: shape (times,).
        clarity: how alike one period and the next are, 0 to 1.
        harmonics: the share of the energy at each multiple of the pitch, shape (times, ``HARMONICS``).
        active: whether something sounds.

    """

    hertz: Figures
    clarity: Figures
    harmonics: Figures
    active: np.ndarray[tuple[int], np.dtype[np.bool_]]


def track_pitch(sound: Figures, rate: Hertz) -> Track:
    """Follow the pitch of a stretch, shape (frames,)."""
    folds = max(1, int(rate // 20_000))
    low = sound[: len(sound) // folds * folds].reshape(-1, folds).mean(axis=1)
    slow = rate / folds
    window, hop = round(WINDOW_S * slow), max(1, round(slow / FRAMES_A_SECOND))
    windows = cut_windows(low, window, hop) * np.hanning(window).astype(np.float32)
    size = int(fft.next_fast_len(2 * window, real=True))
    spectra = fft.rfft(windows, size, axis=1)
    power = np.asarray(np.square(spectra.real) + np.square(spectra.imag), np.float32)
    alike = fft.irfft(power, size, axis=1)[:, : window // 2]
    shape = fft.irfft(np.square(np.abs(fft.rfft(np.hanning(window), size))), size)[: window // 2]
    alike = alike / (alike[:, :1] + 1e-12) / (shape / shape[0]).astype(np.float32)
    lag, clarity = _first_high_peak(alike, int(slow / HIGH_HZ), int(slow / LOW_HZ))
    hertz = np.asarray(slow / lag, np.float32)
    energy = np.einsum("tw,tw->t", windows, windows)
    return Track(hertz, clarity, _harmonic_shares(power, hertz, slow / size), energy > ACTIVE * energy.max())


def pitch_figures(tracks: Sequence[Track]) -> Named:
    """Measure the pitch in all stretches together."""
    clarity = np.concatenate([each.clarity[each.active] for each in tracks])
    clear = [each.active & (each.clarity > CLEAR) for each in tracks]
    hertz = np.concatenate([each.hertz[keep] for each, keep in zip(tracks, clear, strict=True)])
    weights = np.concatenate([each.harmonics[keep] for each, keep in zip(tracks, clear, strict=True)])
    yield "clarity", float(clarity.mean()) if len(clarity) else 0.0
    yield "clarity spread", float(clarity.std()) if len(clarity) else 0.0
    yield "clear share", len(hertz) / max(1, len(clarity))
    yield from _range(hertz)
    yield from _movement(tracks, clear)
    yield from _weights(weights)


def _first_high_peak(alike: Figures, least: int, most: int) -> tuple[Figures, Figures]:
    """Find the shortest period whose peak is nearly the highest, between samples."""
    least, most = max(2, least), min(most, alike.shape[1] - 2)
    inner = alike[:, least : most + 1]
    is_peak = (inner >= alike[:, least - 1 : most]) & (inner > alike[:, least + 1 : most + 2])
    peaks = np.where(is_peak, inner, 0.0)
    first = (peaks >= NEAR_BEST * np.maximum(1e-6, peaks.max(axis=1, keepdims=True))).argmax(axis=1)
    place = first + least
    rows = np.arange(len(alike))
    before, at, after = alike[rows, place - 1], alike[rows, place], alike[rows, place + 1]
    bend = before - 2 * at + after
    shift = np.where(np.abs(bend) > 1e-9, 0.5 * (before - after) / np.where(bend == 0, 1, bend), 0.0)
    return place + np.clip(shift, -0.5, 0.5), np.clip(peaks[rows, first], 0.0, 1.0).astype(np.float32)


def _harmonic_shares(power: Figures, hertz: Figures, bin_hz: float) -> Figures:
    """Share out the energy among the multiples of the pitch, two bins to either side of each."""
    sums: NDArray[np.float64] = np.cumsum(np.pad(power, ((0, 0), (1, 0))), axis=1, dtype=np.float64)
    rows = np.arange(len(power))
    shares = np.zeros((len(power), HARMONICS), np.float32)
    for number in range(HARMONICS):
        middle = np.round((number + 1) * hertz / bin_hz).astype(int)
        high = np.minimum(middle + 3, power.shape[1])
        low = np.minimum(np.maximum(middle - 2, 0), high)
        shares[:, number] = sums[rows, high] - sums[rows, low]
    return np.asarray(shares / (sums[:, -1:] + 1e-12), np.float32)


def _range(hertz: Figures) -> Named:
    octaves = np.log2(hertz) if len(hertz) > 4 else np.full(1, np.log2(LOW_HZ))
    low, middle, high = np.percentile(octaves, (10, 50, 90))
    yield "pitch", float(middle)
    yield "lowest pitch", float(low)
    yield "pitch range", float(high - low)
    cents = 1200.0 * octaves
    tuning = np.angle(np.exp(2j * np.pi * cents / 100.0).mean()) / (2 * np.pi) * 100.0
    yield "off the scale", float(np.abs((cents - tuning + 50.0) % 100.0 - 50.0).mean())


def _movement(tracks: Sequence[Track], clear: Sequence[np.ndarray[tuple[int], np.dtype[np.bool_]]]) -> Named:
    """Measure how the pitch goes from frame to frame, and how it trembles while it lasts."""
    steps: list[Figures] = [np.zeros(0, np.float32)]
    trembles: list[float] = []
    lengths: list[int] = []
    for track, keep in zip(tracks, clear, strict=True):
        cents = (1200.0 * np.log2(track.hertz)).astype(np.float32)
        moved = np.abs(np.diff(cents))
        both = keep[1:] & keep[:-1]
        steps.append(moved[both])
        for first, last in runs(both & (moved < LEAP_CENTS)):
            lengths.append(last - first)
            if last - first >= TREMBLE_FRAMES:
                trembles.append(_tremble(cents[first : last + 1]))
    step = np.concatenate(steps)
    yield "steady pitch", float(np.mean(step < STEADY_CENTS)) if len(step) else 0.0
    yield "gliding pitch", float(np.mean((step >= STEADY_CENTS) & (step < LEAP_CENTS))) if len(step) else 0.0
    yield "leaping pitch", float(np.mean(step >= LEAP_CENTS)) if len(step) else 0.0
    yield "note length", float(np.log2(np.mean(lengths))) if lengths else 0.0
    yield "vibrato", float(np.log2(1.0 + np.median(trembles))) if trembles else 0.0


def runs(flags: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> list[tuple[int, int]]:
    """Find the first place and the one behind the last of each row of flags that are set."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]


def _tremble(cents: Figures) -> float:
    """Measure the swing of a pitch around its own slow course, in cents."""
    course = np.convolve(np.pad(cents, 5, mode="edge"), np.full(11, 1 / 11), "valid")
    return float(np.std(cents - course))


def _weights(harmonics: Figures) -> Named:
    if not len(harmonics):
        harmonics = np.zeros((1, HARMONICS), np.float32)
    shares = harmonics.mean(axis=0)
    yield "harmonic share", float(shares.sum())
    for number in range(6):
        yield f"harmonic {number + 1}", float(10 * np.log10(shares[number] + 1e-4))
    odd, even = float(shares[2::2].sum()), float(shares[1::2].sum())
    yield "odd harmonics", float(np.log2((odd + 1e-4) / (even + 1e-4)))
    yield "harmonic movement", float(harmonics[:, 0].std())
