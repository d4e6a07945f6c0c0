"""Figures of timbre: where the energy lies, how tonal it is, and how much that moves."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from scipy import fft

from stembridge.separators.rank import median_over_frequency, median_over_time
from stembridge.stages.hearing.spectra import BANDS, EDGES_HZ, Figures, Spectra

FLOOR_DB = -60.0
ACTIVE_DB = -40.0
"""Times this far below the loudest are left out."""

CEPSTRA = 13
MIDDLES = np.sqrt(np.array(EDGES_HZ[1:], np.float64) * np.array(EDGES_HZ[:-1]))
HARMONIC_TOP_HZ = 8_000.0

Named = Iterator[tuple[str, float]]


def decibels(power: Figures) -> Figures:
    """Convert power to decibels; silence is -120 dB."""
    return np.asarray(10.0 * np.log10(np.maximum(power, 1e-12)), np.float32)


def active_times(stretches: Sequence[Spectra]) -> list[np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Say at which times of each stretch something sounds."""
    loudest = max(float(each.level.max(initial=0.0)) for each in stretches)
    return [each.level > max(1e-12, loudest * 10 ** (ACTIVE_DB / 10)) for each in stretches]


def timbre_figures(stretches: Sequence[Spectra]) -> Named:
    """Measure the timbre of what sounds in all stretches together."""
    active = active_times(stretches)
    bands = np.concatenate([each.bands[keep] for each, keep in zip(stretches, active, strict=True)])
    yield from _balance(bands)
    yield from _cepstra(bands, [each.bands for each in stretches])
    yield from _moments(bands)
    power = np.concatenate([each.power[keep] for each, keep in zip(stretches, active, strict=True)])
    yield from _flatness(power, stretches[0].bin_hz)
    yield from _harmonic_shares(stretches)


def _balance(bands: Figures) -> Named:
    """Measure the share of each pair of bands in decibels, and how it moves."""
    paired = bands[:, 0::2] + bands[:, 1::2]
    shares = decibels(paired.mean(axis=0) / max(1e-12, float(bands.sum(axis=1).mean())))
    moved = np.maximum(decibels(paired / (bands.sum(axis=1, keepdims=True) + 1e-12)), FLOOR_DB).std(axis=0)
    for number, (share, movement) in enumerate(zip(shares, moved, strict=True)):
        low, high = EDGES_HZ[2 * number], EDGES_HZ[2 * number + 2]
        yield f"share of {low}-{high} Hz", max(FLOOR_DB, float(share))
        yield f"movement of {low}-{high} Hz", float(movement)


def _cepstra(bands: Figures, whole: Sequence[Figures]) -> Named:
    """Describe the smooth shape of the spectrum by its cosine transform: mean, spread and speed."""
    values = cepstrum(bands)
    speeds = np.concatenate([np.diff(cepstrum(each), axis=0) for each in whole])
    for number in range(1, CEPSTRA):
        yield f"cepstrum {number}", float(values[:, number].mean())
        yield f"cepstrum {number} spread", float(values[:, number].std())
        if number < 6:
            yield f"cepstrum {number} speed", float(np.abs(speeds[:, number]).mean()) if len(speeds) else 0.0


def cepstrum(bands: Figures) -> Figures:
    """Describe the smooth shape of each time's spectrum, shape (times, ``CEPSTRA``)."""
    levels = decibels(bands)
    levels = np.maximum(levels, levels.max(axis=1, keepdims=True) + FLOOR_DB)
    return np.asarray(fft.dct(levels, axis=1, norm="ortho")[:, :CEPSTRA], np.float32)


def _moments(bands: Figures) -> Named:
    total = bands.sum(axis=1) + 1e-12
    octaves = np.log2(MIDDLES).astype(np.float32)
    centroid = bands @ octaves / total
    spread = np.sqrt(np.maximum(0.0, bands @ np.square(octaves) / total - np.square(centroid)))
    rolled = (np.cumsum(bands, axis=1) < 0.95 * total[:, None]).sum(axis=1)
    low = bands[:, :2].sum(axis=1) / total
    yield "centroid", float(centroid.mean())
    yield "centroid movement", float(centroid.std())
    yield "bandwidth", float(spread.mean())
    yield "roll-off", float(octaves[np.minimum(rolled, BANDS - 1)].mean())
    yield "roll-off movement", float(octaves[np.minimum(rolled, BANDS - 1)].std())
    yield "low share", float(low.mean())
    yield "low share movement", float(low.std())


def _flatness(power: Figures, bin_hz: float) -> Named:
    """Measure how near to noise the spectrum is: its geometric by its arithmetic mean."""
    for low, high in ((100, 1000), (1000, 4000), (4000, 10_000)):
        part = power[:, int(low / bin_hz) : int(high / bin_hz)] + 1e-12
        if part.shape[1] == 0:
            part = np.ones((1, 1), np.float32)
        flat = np.exp(np.log(part).mean(axis=1)) / part.mean(axis=1)
        yield f"flatness {low}-{high} Hz", float(flat.mean())
        yield f"flatness {low}-{high} Hz movement", float(flat.std())


def _harmonic_shares(stretches: Sequence[Spectra]) -> Named:
    """Compare what lasts in time with what is wide in frequency (D. Fitzgerald, DAFx 2010)."""
    sums = np.zeros((3, 3))
    for each in stretches:
        magnitude = np.sqrt(each.power[::2, : int(HARMONIC_TOP_HZ / each.bin_hz)])
        lasting = np.square(median_over_time(magnitude, 9, 1))
        wide = np.square(median_over_frequency(magnitude, 9, 2))
        share = lasting / (lasting + wide + 1e-12)
        limits = [0, *(int(hertz / each.bin_hz) for hertz in (250.0, 2000.0)), magnitude.shape[1]]
        for part, (low, high) in enumerate(pairwise(limits)):
            energy = np.square(magnitude[:, low:high])
            sums[0, part] += float((share[:, low:high] * energy).sum())
            sums[1, part] += float(energy.sum())
    for part, name in enumerate(("low", "middle", "high")):
        yield f"lasting share, {name}", sums[0, part] / (sums[1, part] + 1e-12)
    yield "lasting share", float(sums[0].sum() / (sums[1].sum() + 1e-12))
