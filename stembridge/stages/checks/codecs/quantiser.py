"""A codec's quantiser, found again in the lines of its frames; pure.

MP3 and AAC keep their lines as whole numbers of steps, each band of lines with a step of its own (ISO/IEC 11172-3,
2.4.3.4; ISO/IEC 14496-3, 4.6). Where the frames begin is known of a file that was decoded as a whole, so there its
lines can be held against the steps: they stand on them far above the noise of storage, also where hardly any is at
zero. One gain explains the steps of all bands and frames. What chance gives is read at alignments no decoder makes.
Short transforms, noise shaping over time and joined channels show no steps: the frames without them have to tell.

Source: J. Herre, M. Schug, "Analysis of Decompressed Audio - The Inverse Decoder", 109th AES Convention, 2000.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stembridge.stages.checks.codecs.banks import AAC_BANKS, MP3, Bank, Excerpts, Signal
from stembridge.stages.checks.codecs.grid import Grid, independent
from stembridge.stages.checks.codecs.steady import steady
from stembridge.stages.checks.codecs.steps import fits
from stembridge.units import Hertz

CHANCE = (0.2, 0.37, 0.55, 0.71)
"""The alignments that tell of chance, as parts of a frame's hop."""

AFRESH = math.sqrt((len(CHANCE) + 1) / (len(CHANCE) - 1))
"""Their average is closer to them than to anything else: how much wider what was not in it spreads."""

LEAST_SPREAD = 0.25
"""Of the fit of a band, times the root of its lines: a pure tone is made of few, and its chance looks narrow."""

MOST_WEIGHT, MOST = 7.0, 5.0
"""How much a band may tell, and how much it may say, in standard deviations."""

SHARP = 4.5
"""How far the best gain must stand out of the others. Synthesis on a codec's frames fits at all gains alike."""

ROUNDS = ((2, 2.0), (4, 3.0), (17, 0.0))
"""Up to how many places, and what they must show before more are looked at; chance shows 2."""

MP3_EDGES = {
    Hertz(44_100): (0, 4, 8, 12, 16, 20, 24, 30, 36, 44, 52, 62, 74, 90, 110, 134, 162),
    Hertz(48_000): (0, 4, 8, 12, 16, 20, 24, 30, 36, 42, 50, 60, 72, 88, 106, 128, 156),
}
AAC_EDGES = (
    *(0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 48, 56, 64, 72, 80, 88, 96, 108, 120, 132, 144),
    *(160, 176, 196, 216, 240),
)

Sums = NDArray[np.float64]
"""How well the lines stand on steps of each gain, at each alignment, shape (alignments, gains)."""


@dataclass(frozen=True)
class Quantiser:
    """How a codec keeps its lines.

    Attributes:
        bank: where the lines are from.
        edges: of the bands that share a step, in lines, up to some 5 or 6 kHz.

    """

    bank: Bank
    edges: tuple[int, ...]


QUANTISERS = {
    rate: (Quantiser(MP3, edges), *(Quantiser(bank, AAC_EDGES) for bank in AAC_BANKS))
    for rate, edges in MP3_EDGES.items()
}
"""By the rate at which the codec worked."""


@dataclass(frozen=True, eq=False)
class Reading:
    """How well the lines of one place stand on steps.

    Attributes:
        place: its first sample, and its sound.
        beyond: how far beyond chance, weighted, at each alignment and gain.
        variance: of that by chance.

    """

    place: tuple[int, Signal]
    beyond: Sums
    variance: float


def find_quantiser(quantiser: Quantiser, excerpts: Excerpts, noise: float) -> Grid | None:
    """Look for the steps of a codec at the grids of files that were decoded as a whole.

    Args:
        quantiser: the codec's.
        excerpts: some places.
        noise: the level of the noise that storage adds.

    Returns:
        The grid at which lines stand on steps best; None if no place has steady sound above the noise.

    """
    readings: list[Reading] = []
    waiting = iter(_middle_first(excerpts))
    for most, hint in ROUNDS:
        for place in waiting:
            if reading := _read(quantiser, place, noise):
                readings.append(reading)
            if len(readings) == most:
                break
        if not readings:
            return None
        found, sharpness = _judged(quantiser.bank, readings)
        if found.deviations < hint:
            return found
    return found if sharpness >= SHARP else Grid(0.0, 0.0)


def _middle_first(places: Excerpts) -> Excerpts:
    """Begin in the middle: where there is most treble there are attacks, for which codecs use other transforms."""
    return [places[i] for i in sorted(range(len(places)), key=lambda i: abs(i - len(places) // 2))]


def _judged(bank: Bank, readings: list[Reading]) -> tuple[Grid, float]:
    """Say how far the best start and gain stand out of chance, and how far of the other gains."""
    each = [readings[one] for one in independent([reading.place for reading in readings], bank.period)]
    variances, beyond = np.array([one.variance for one in each]), np.array([one.beyond for one in each])
    total, starts = beyond.sum(axis=0) / np.sqrt(variances.sum()), len(bank.starts)
    spread = max(1.0, AFRESH * float(total[starts:].std()))
    start, gain = np.unravel_index(int(total[:starts].argmax()), total[:starts].shape)
    own = beyond[:, start, gain]
    best = int((own / np.sqrt(variances)).argmax())
    left = np.delete(variances, best).sum()
    others = float(np.delete(own, best).sum() / np.sqrt(left)) if len(each) > 1 else 0.0
    highest, sharpness = total[start, gain] / spread, (total[start, gain] - np.median(total[start])) / spread
    return Grid(float(highest), others / spread), float(sharpness)


def _read(quantiser: Quantiser, place: tuple[int, Signal], noise: float) -> Reading | None:
    """Say how well lines stand on steps at one place; None if nothing can tell."""
    bank, edges, (first, signal) = quantiser.bank, np.array(quantiser.edges), place
    numbers = np.flatnonzero(steady(signal, bank.hop, bank.frames(len(signal)), noise))
    if not len(numbers):
        return None
    chance = [int(bank.hop * part) for part in CHANCE]
    alignments = [(grid - first) % bank.hop for grid in (*bank.starts, *chance)]
    at = dict(bank.lines(signal, numbers, list(set(alignments)), int(edges[-1])))
    lines = np.array([at[alignment] for alignment in alignments])
    beyond, variance = _beyond_chance(fits(lines, edges, noise), np.diff(edges), len(bank.starts))
    return Reading(place, beyond, variance) if variance else None


def _beyond_chance(fit: NDArray[np.float32], widths: NDArray[np.intp], starts: int) -> tuple[Sums, float]:
    """Sum up how far the fits of bands are beyond chance, by gain; the more a band could tell, the more it counts.

    Returns:
        The sums, and their variance by chance.

    """
    others = fit[starts:]
    can_tell = np.isfinite(others).all(axis=(0, 3))
    chance, own = others[:, can_tell], fit[:, can_tell]
    band = np.broadcast_to(np.arange(len(widths)), can_tell.shape)[can_tell]
    middle = chance.mean(axis=(0, 2))
    expected, variance = (_by_band(band, one, len(widths)) for one in (middle, chance.var(axis=(0, 2))))
    spread = np.maximum(np.sqrt(variance), LEAST_SPREAD * np.sqrt(widths))
    weights = np.minimum((widths - expected) / spread, MOST_WEIGHT)[band]
    beyond = np.clip((own - middle[:, np.newaxis]) / spread[band, np.newaxis], -MOST, MOST)
    return (weights[:, np.newaxis] * beyond).sum(axis=1, dtype=np.float64), float(np.square(weights).sum())


def _by_band(band: NDArray[np.intp], values: NDArray[np.floating], bands: int) -> NDArray[np.float64]:
    """Average over frames: what one frame says must not decide how much it counts."""
    counts = np.bincount(band, minlength=bands)
    return np.bincount(band, values, minlength=bands) / np.maximum(1, counts)
