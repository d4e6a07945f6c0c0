"""Null: what is left of a mix when the sum of its stems is taken away, overall, in octave bands and over time; pure.

Everything comes from one matrix: the energy of the residual by second and octave band, from short-time spectra
whose windows add up to one, so that all sums of it are true energies. Levels are RMS over all channels in dBFS,
full scale at 1.0, the same as the null of a separation; -200 stands for digital silence. Sound streams by in
stretches of a few seconds, so memory does not grow with the files.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stembridge.request import Progress, no_progress
from stembridge.stages.signals import Signal, like
from stembridge.stages.sums import Difference, Sum
from stembridge.stages.whitening import Frames
from stembridge.units import Decibels, Hertz, Seconds

SILENCE = Decibels(-200.0)
LOW_BANDS_HZ = (31.5, 63.0, 125.0, 250.0, 500.0)
FRAMES_AT_ONCE = 64
SPECTRA_AT_ONCE = 1 << 17

Energies = NDArray[np.float64]
"""Energy by second and band, shape (seconds, bands)."""


@dataclass(frozen=True)
class Band:
    """What is left in an octave; the lowest holds everything below it too, the highest everything above.

    Attributes:
        hz: its middle.
        null_dbfs: the level that is left.
        relative_db: that level against the mix's in this band; None where the mix is silent.

    """

    hz: float
    null_dbfs: Decibels
    relative_db: Decibels | None


@dataclass(frozen=True)
class Null:
    """What is left of a mix.

    Attributes:
        null_dbfs: the level of the residual over the whole mix.
        relative_db: that level against the mix's; None for a silent mix.
        bands: the same by octave.
        seconds: the level in each second.

    """

    null_dbfs: Decibels
    relative_db: Decibels | None
    bands: tuple[Band, ...]
    seconds: tuple[Decibels, ...]

    @property
    def worst_dbfs(self) -> Decibels:
        """The level of the loudest second: what a limit is held against."""
        return max(self.seconds, default=SILENCE)

    @property
    def worst_at(self) -> Seconds:
        """Where the loudest second starts."""
        return Seconds(float(self.seconds.index(self.worst_dbfs)) if self.seconds else 0.0)

    def to_json(self) -> dict[str, Any]:
        """Return the documented shape, without the cause."""
        return {
            "null_dbfs": round(self.null_dbfs, 2),
            "relative_db": _rounded(self.relative_db),
            "worst_dbfs": round(self.worst_dbfs, 2),
            "worst_at": self.worst_at,
            "bands": [
                {
                    "hz": band.hz,
                    "null_dbfs": round(band.null_dbfs, 2),
                    "relative_db": _rounded(band.relative_db),
                }
                for band in self.bands
            ],
            "seconds": [round(level, 1) for level in self.seconds],
        }


def measure_null(
    mix: Signal, stems: Sequence[Signal], rate: Hertz, *, progress: Progress = no_progress
) -> Null:
    """Measure what is left of a mix when its stems are taken away as they are.

    Args:
        mix: the mix; what stems hold before or after it is not heard.
        stems: at the same rate, in their places; other layouts are folded to the mix's.
        rate: frames a second of all.
        progress: told ``null`` and how much of it is done.

    """
    shaped = tuple(like(stem, mix) for stem in stems)
    left = Difference(mix, Sum(shaped, mix.channels))
    bands = band_middles(rate)
    seconds = -(-mix.frames // rate)
    of_left, of_mix = np.zeros((seconds, len(bands))), np.zeros((seconds, len(bands)))
    grid = Frames.at(rate)
    at_once = max(1, min(FRAMES_AT_ONCE, SPECTRA_AT_ONCE // grid.hop))
    last = mix.frames // grid.hop + 2
    for first in range(0, last, at_once):
        stop = min(last, first + at_once)
        for signal, energies in ((left, of_left), (mix, of_mix)):
            _add(energies, _power(signal, grid, first, stop), grid, rate, (first, stop))
        progress("null", stop / last)
    return _told(of_left, of_mix, bands, mix.frames * mix.channels, rate * mix.channels)


def band_middles(rate: Hertz) -> tuple[float, ...]:
    """Return the middles of the octaves up to half the rate."""
    above = (1000.0 * 2.0**octave for octave in range(16))
    return (*LOW_BANDS_HZ, *(middle for middle in above if middle < rate / 2))


def _power(signal: Signal, grid: Frames, first: int, stop: int) -> NDArray[np.float32]:
    """Return the power of frames by time and bin, summed over channels; it adds up to the energy."""
    spectra = grid.analyse(signal, first, stop)
    power = np.square(spectra.real) + np.square(spectra.imag)
    power[..., 1:-1] *= 2.0
    total: NDArray[np.float32] = power.sum(axis=0) / (2 * grid.hop)
    return total


def _add(
    energies: Energies, power: NDArray[np.float32], grid: Frames, rate: Hertz, span: tuple[int, int]
) -> None:
    edges = np.array([0.0, *(middle / np.sqrt(2.0) for middle in band_middles(rate)[1:])])
    starts = np.minimum(np.ceil(edges * 2 * grid.hop / rate), grid.hop).astype(int)
    by_band = np.add.reduceat(power.astype(np.float64), starts, axis=1)
    at = np.minimum(np.arange(*span) * grid.hop // rate, len(energies) - 1)
    np.add.at(energies, at, by_band)


def _told(of_left: Energies, of_mix: Energies, bands: Sequence[float], samples: int, a_second: int) -> Null:
    left, mix = of_left.sum(axis=0), of_mix.sum(axis=0)
    return Null(
        _level(left.sum(), samples),
        _against(left.sum(), mix.sum()),
        tuple(
            Band(hz, _level(one, samples), _against(one, other))
            for hz, one, other in zip(bands, left, mix, strict=True)
        ),
        tuple(_level(one, a_second) for one in of_left.sum(axis=1)),
    )


def _level(energy: float, samples: int) -> Decibels:
    return Decibels(max(SILENCE, 10.0 * float(np.log10(energy / max(1, samples) + 1e-30))))


def _against(left: float, whole: float) -> Decibels | None:
    if whole <= 0.0:
        return None
    return Decibels(max(SILENCE, 10.0 * float(np.log10(left / whole + 1e-30))))


def _rounded(value: Decibels | None) -> float | None:
    return None if value is None else round(value, 2)
