"""Upsampled: a wall at the Nyquist frequency of a lower rate, with nothing but the noise of storage behind it.

A dark recording falls gently and meets the noise wherever it does; a converter's filter stands at a known
frequency and falls within a tenth of it.
"""

from collections.abc import Iterator

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from stembridge.stages.checks.subject import Chunk, Subject
from stembridge.stages.finding import Finding

WINDOW = 8_192
WINDOWS_A_CHUNK = 6
OLD_RATES = (8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000)
SLACK = 1.03
"""A file of a rate closer than this to an old one is of that rate."""

FLAT_DB = 12.0
"""How far the levels behind the wall may reach above their median."""

AT_ONCE_DB = 3.0
"""How far the level right behind the wall may be above that: a dark sound is still falling there."""


class Upsampled:
    """Adds up power spectra."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._power: NDArray[np.float64] = np.zeros(WINDOW // 2 + 1)
        self._taper = np.hanning(WINDOW).astype(np.float32) ** 2

    def hear(self, chunk: Chunk) -> None:
        """Take the next stretch."""
        frames = chunk.audio.shape[1] // WINDOW
        for index in np.unique(np.linspace(0, frames - 1, WINDOWS_A_CHUNK).astype(int)) if frames else ():
            part = chunk.audio[:, index * WINDOW : (index + 1) * WINDOW] * self._taper
            self._power += np.square(np.abs(scipy.fft.rfft(part, axis=1))).sum(axis=0)

    def findings(self) -> Iterator[Finding]:
        """Report the wall, if there is one."""
        if not self._power.any():
            return
        rule = self._subject.check.upsampled
        levels = 10.0 * np.log10(self._power + 1e-12)
        drops = [(wall_drop(levels, self._subject.rate, old), old) for old in OLD_RATES]
        drop, old = max(drops)
        if drop < rule.limit:
            return
        yield self._subject.finding(
            rule,
            "upsampled",
            f"The sound ends at {old / 2000:g} kHz like one that was at {old / 1000:g} kHz before;"
            f" the file is at {self._subject.rate / 1000:g} kHz.",
            measured=drop,
            limit=rule.limit,
            unit="dB",
            hint="Ask for an export at the session's own rate.",
        )


def wall_drop(levels: NDArray[np.float64], rate: int, old: int) -> float:
    """Measure how far the level falls at half an old rate.

    Args:
        levels: a power spectrum in dB, shape (bins,), up to half of ``rate``.
        rate: the rate of the file.
        old: the rate that it may have had before.

    Returns:
        The fall in dB, less what the slope before it explains; 0 where there is no wall.

    """
    if old * SLACK > rate:
        return 0.0
    wall, end = old / 2.0, rate / 2.0

    def between(low: float, high: float) -> NDArray[np.float64]:
        start, stop = round(low / end * (len(levels) - 1)), round(high / end * (len(levels) - 1))
        return levels[start : max(stop, start + 4)]

    start = min(1.04 * wall, 0.5 * (wall + end))
    behind = between(start, 0.99 * end)
    floor = float(np.median(behind))
    right_behind = float(np.median(between(start, min(1.12 * wall, 0.5 * (start + 0.99 * end)))))
    if np.percentile(_smooth(behind), 95) > floor + FLAT_DB or right_behind > floor + AT_ONCE_DB:
        return 0.0
    before, earlier = float(np.median(between(0.84 * wall, 0.9 * wall))), between(0.66 * wall, 0.72 * wall)
    slope = max(0.0, float(np.median(earlier)) - before)
    return max(0.0, before - floor - 1.5 * slope)


def _smooth(levels: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.convolve(levels, np.ones(8) / 8.0, "valid") if len(levels) > 8 else levels
