"""The peer: separation without weights in one page, as the text books have it, for the benchmark to beat.

Median-filter harmonic/percussive masks (Fitzgerald 2010), a centre mask, the foreground of REPET-SIM (Rafii
and Pardo 2012) and everything harmonic below 200 Hz as bass. The masks sum to one.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter
from scipy.signal import istft, stft

WINDOW, HOP = 4096, 1024


def separate_plainly(mix: NDArray[np.float32], rate: int) -> dict[str, NDArray[np.float32]]:
    """Separate a whole stereo song, shape (frames, 2), into vocals, drums, bass and other."""
    hertz, _, spectra = stft(mix.T, rate, nperseg=WINDOW, noverlap=WINDOW - HOP)
    masks = _masks(spectra, hertz, rate)
    stems = {}
    for name, mask in masks.items():
        _, stem = istft(spectra * mask, rate, nperseg=WINDOW, noverlap=WINDOW - HOP)
        stems[name] = stem.T[: len(mix)].astype(np.float32)
    return stems


def _masks(
    spectra: NDArray[np.complex64], hertz: NDArray[np.float64], rate: int
) -> dict[str, NDArray[np.float64]]:
    magnitude = np.abs(spectra).mean(axis=0)
    percussive = _share(median_filter(magnitude, (31, 1)), median_filter(magnitude, (1, 31)))
    left, right = np.abs(spectra)
    side = np.abs(spectra[0] - spectra[1])
    centre = np.clip(1.0 - side / (left + right + 1e-9), 0.0, 1.0) ** 2
    low = (hertz < 200.0)[:, None]
    band = ((hertz > 120.0) & (hertz < 12_000.0))[:, None]
    background = np.minimum(_repeating(magnitude, rate), magnitude)
    foreground = _share(np.maximum(magnitude - background, 0.0), background)
    drums = percussive
    bass = (1 - drums) * low
    vocals = (1 - drums - bass) * centre * foreground * band
    return {"vocals": vocals, "drums": drums, "bass": bass, "other": 1 - drums - bass - vocals}


def _share(wanted: NDArray[np.float64], rest: NDArray[np.float64]) -> NDArray[np.float64]:
    return wanted**2 / (wanted**2 + rest**2 + 1e-12)


def _repeating(
    magnitude: NDArray[np.float64], rate: int, *, alike: int = 25, apart_s: float = 1.0
) -> NDArray[np.float64]:
    """Model each frame by the median of the frames most like it, no two of them within a second."""
    unit = magnitude / (np.linalg.norm(magnitude, axis=0) + 1e-9)
    similar = unit.T @ unit
    apart = int(apart_s * rate / HOP)
    model = np.empty_like(magnitude)
    for frame, row in enumerate(similar):
        chosen: list[int] = []
        for candidate in np.argsort(-row):
            if all(abs(candidate - other) >= apart for other in chosen):
                chosen.append(int(candidate))
            if len(chosen) == alike:
                break
        model[:, frame] = np.median(magnitude[:, chosen], axis=1)
    return model
