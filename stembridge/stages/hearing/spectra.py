"""Short-time power spectra of one stretch of sound, and their energy in bands; at any rate."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from stembridge.audio.sound import Block
from stembridge.units import Hertz

WINDOW_S = 2048 / 44_100
FRAMES_A_SECOND = 86.0

EDGES_HZ: tuple[int, ...] = (
    *(30, 60, 90, 130, 180, 240, 310, 390, 480, 590, 720, 870, 1050, 1260, 1500, 1800, 2150, 2550, 3050),
    *(3650, 4400, 5300, 6400, 7800, 9500, 12_000, 16_000),
)
"""The limits of the bands; about as wide as the ear's above 500 Hz, two bins at least below."""

BANDS = len(EDGES_HZ) - 1

Figures = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Spectra:
    """What one stretch sounds like over time.

    Attributes:
        power: shape (times, bins).
        bands: power in each band, shape (times, ``BANDS``).
        level: the mean square around each time, shape (times,).
        bin_hz: the distance of two bins.
        frame_rate: times a second.

    """

    power: Figures
    bands: Figures
    level: Figures
    bin_hz: float
    frame_rate: float


def as_mono(block: Block) -> Figures:
    """Average the channels, or take the loudest one where they would cancel; shape (frames,)."""
    energies = np.einsum("fc,fc->c", block, block)
    middle = block.mean(axis=1)
    if float(np.dot(middle, middle)) < 0.25 * float(energies.max(initial=0.0)):
        middle = block[:, int(energies.argmax())]
    return np.ascontiguousarray(middle, np.float32)


def cut_windows(sound: Figures, window: int, hop: int) -> Figures:
    """Cut a sound into overlapping windows, shape (times, window); a short one is padded with silence."""
    padded = np.pad(sound, (0, max(0, window - len(sound))))
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, window)[::hop])


def analyse(sound: Figures, rate: Hertz) -> Spectra:
    """Transform a stretch, shape (frames,)."""
    window = int(fft.next_fast_len(max(64, round(WINDOW_S * rate)), real=True))
    hop = max(1, round(rate / FRAMES_A_SECOND))
    windows = cut_windows(sound, window, hop)
    shape = np.hanning(window + 1)[:-1].astype(np.float32)
    spectra = fft.rfft(windows * shape, axis=1)
    power = np.asarray(np.square(spectra.real) + np.square(spectra.imag), np.float32)
    power *= np.float32(1.0 / np.square(shape).sum() / window)
    bin_hz = rate / window
    level = np.einsum(
        "tw,tw->t", windows[:, window // 4 : -window // 4], windows[:, window // 4 : -window // 4]
    )
    return Spectra(power, _sum_bands(power, bin_hz), level / (window // 2), bin_hz, rate / hop)


def _sum_bands(power: Figures, bin_hz: float) -> Figures:
    """Sum up the power in each band; a band above the highest frequency of the sound is silent."""
    limits = np.ceil(np.array(EDGES_HZ) / bin_hz).astype(int)
    bands = np.zeros((len(power), BANDS), np.float32)
    for band, (low, high) in enumerate(pairwise(limits)):
        bands[:, band] = power[:, low:high].sum(axis=1)
    return bands
