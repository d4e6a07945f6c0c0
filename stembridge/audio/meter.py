"""The meter: loudness, loudness range, peaks and DC of a sound that arrives in blocks.

ITU-R BS.1770-5 and EBU R 128 (Tech 3341, Tech 3342). Figures equal libebur128's; the true peak comes from a
longer interpolator (see ``true_peak``). Memory stays bounded: one number each 10 ms is kept, 3 MB an hour.

The sound is regrouped into chunks of fixed length, so the result does not depend, in any bit, on the blocks
it came in.
"""

import copy
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from stembridge.audio.channel_weights import channel_weights
from stembridge.audio.chunks import Loudness
from stembridge.audio.k_weighting import CHUNK_FRAMES, KWeighting
from stembridge.audio.loudness import (
    GATING_STEP_BLOCKS,
    MOMENTARY_BLOCKS,
    RANGE_STEP_BLOCKS,
    SHORT_TERM_BLOCKS,
    BlockEnergies,
    gated_power,
    loudness_range,
    power_to_lufs,
    window_powers,
)
from stembridge.audio.sound import Block
from stembridge.audio.true_peak import ROW, TAPS, TruePeak
from stembridge.errors import AudioError
from stembridge.units import Hertz, Samples, amplitude_to_decibels


@dataclass(frozen=True)
class Measurement:
    """What the meter read. A figure that is not defined is None, never an infinity, so JSON can hold it.

    Attributes:
        frames: the length measured.
        channels: how many.
        integrated: LUFS; None if nothing of 400 ms or longer is louder than -70 LUFS.
        loudness_range: LU; None if nothing of 3 s or longer is louder than -70 LUFS.
        max_momentary: LUFS over 400 ms; None if the sound is shorter or silent.
        max_short_term: LUFS over 3 s; None if the sound is shorter or silent.
        true_peak: dBTP, the highest of all channels; None if silent.
        sample_peak: dBFS, the highest of all channels; None if silent.
        dc: the mean of the channel whose mean is farthest from zero, with its sign, full scale at 1.0.
        silent: true if every sample is exactly zero (or there is none).
        channel_true_peaks: dBTP of each channel; None for a silent one.
        channel_sample_peaks: dBFS of each channel; None for a silent one.
        channel_dc: the mean of each channel, full scale at 1.0.
        short_term: LUFS of the 3 s that end at second 3, 4, 5, ...; None where silent.

    """

    frames: Samples
    channels: int
    integrated: float | None
    loudness_range: float | None
    max_momentary: float | None
    max_short_term: float | None
    true_peak: float | None
    sample_peak: float | None
    dc: float
    silent: bool
    channel_true_peaks: tuple[float | None, ...]
    channel_sample_peaks: tuple[float | None, ...]
    channel_dc: tuple[float, ...]
    short_term: tuple[float | None, ...]

    def to_loudness(self) -> Loudness:
        """Return the figures that a bext chunk of version 2 holds."""
        return Loudness(
            integrated=self.integrated,
            loudness_range=self.loudness_range,
            max_true_peak=self.true_peak,
            max_momentary=self.max_momentary,
            max_short_term=self.max_short_term,
        )


class Meter:
    """Measures a sound while it streams by.

    Example:
        >>> meter = Meter(Hertz(48_000), 2)
        >>> for block in blocks:
        ...     meter.add(block)
        >>> meter.result().integrated

    """

    def __init__(self, rate: Hertz, channels: int, *, channel_mask: int | None = None) -> None:
        """Start a measurement.

        Args:
            rate: frames a second.
            channels: 1 or more.
            channel_mask: the WAVEX speaker mask; without one, ``channel_weights`` guesses from the count.

        """
        self._rate = rate
        self._energies = BlockEnergies(rate, channel_weights(channels, channel_mask))
        self._filter = KWeighting(rate, channels)
        self._peaks = TruePeak(rate, channels)
        self._samples = np.zeros((channels, ROW + CHUNK_FRAMES), np.float32)
        self._filled = ROW
        self._chunks = 0
        self._sums = np.zeros(channels)

    def add(self, block: Block) -> None:
        """Measure the next block, of any length.

        Args:
            block: float32, shape (frames, channels), full scale at 1.0; not kept.

        Raises:
            AudioError: if a sample is NaN or infinite, or the block has another number of channels.

        """
        if block.ndim != 2 or block.shape[1] != len(self._samples):
            raise AudioError(f"The meter wants blocks of {len(self._samples)} channels, not {block.shape}.")
        taken = 0
        while taken < len(block):
            part = block[taken : taken + self._samples.shape[1] - self._filled]
            self._samples[:, self._filled : self._filled + len(part)] = part.T
            self._filled += len(part)
            taken += len(part)
            if self._filled == self._samples.shape[1]:
                self._measure_chunk()

    def result(self) -> Measurement:
        """Read the meter. More blocks may be added afterwards."""
        frames = Samples(self._chunks * CHUNK_FRAMES + self._filled - ROW)
        ended = copy.deepcopy(self)
        padding = -(frames + TAPS) % CHUNK_FRAMES + TAPS
        ended.add(np.zeros((padding, len(self._samples)), np.float32))
        return ended._read(frames)

    def _measure_chunk(self) -> None:
        chunk = self._samples[:, ROW:]
        if not self._peaks.add(self._samples):
            raise AudioError(
                "The sound holds samples that are not numbers (NaN or infinity).",
                hint="Export it again; a plug-in in the chain may have failed.",
            )
        weighted = self._filter.filter(chunk)
        self._energies.add(np.square(weighted, out=weighted))
        self._sums += chunk.sum(axis=1, dtype=np.float64)
        self._samples[:, :ROW] = self._samples[:, -ROW:]
        self._filled = ROW
        self._chunks += 1

    def _read(self, frames: Samples) -> Measurement:
        energies = self._energies.until(frames)
        momentary = window_powers(energies, self._rate, length=MOMENTARY_BLOCKS)
        short_term = window_powers(energies, self._rate, length=SHORT_TERM_BLOCKS)
        each_second = short_term[::RANGE_STEP_BLOCKS]
        dc = self._sums / max(frames, 1)
        return Measurement(
            frames=frames,
            channels=len(dc),
            integrated=power_to_lufs(gated_power(momentary[::GATING_STEP_BLOCKS])),
            loudness_range=loudness_range(each_second),
            max_momentary=power_to_lufs(momentary.max(initial=0.0)),
            max_short_term=power_to_lufs(short_term.max(initial=0.0)),
            true_peak=_decibels(self._peaks.true_peaks.max()),
            sample_peak=_decibels(self._peaks.sample_peaks.max()),
            dc=float(dc[np.abs(dc).argmax()]),
            silent=not self._peaks.sample_peaks.any(),
            channel_true_peaks=tuple(map(_decibels, self._peaks.true_peaks)),
            channel_sample_peaks=tuple(map(_decibels, self._peaks.sample_peaks)),
            channel_dc=tuple(map(float, dc)),
            short_term=tuple(map(power_to_lufs, each_second)),
        )


def measure(
    sound_blocks: Iterable[Block], rate: Hertz, channels: int, *, channel_mask: int | None = None
) -> Measurement:
    """Measure a whole sound; see ``Meter``."""
    meter = Meter(rate, channels, channel_mask=channel_mask)
    for block in sound_blocks:
        meter.add(block)
    return meter.result()


def _decibels(peak: np.float32) -> float | None:
    return amplitude_to_decibels(float(peak)) if peak > 0.0 else None
