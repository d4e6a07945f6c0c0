"""Hum: a steady tone at 50 or 60 Hz with at least one of its harmonics, through quiet and loud alike.

Bass notes near the mains frequency come and go and are seldom exactly there; hum is there in every window. The
lower quartile over windows of four seconds is what stays.
"""

from collections.abc import Iterator

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from stembridge.stages.checks.subject import Audio, Chunk, Subject
from stembridge.stages.finding import Finding

WINDOW_S = 4
HIGHEST_HZ = 320
MAINS_HZ = (50.0, 60.0)
HARMONICS = (2, 3, 4, 5)
LEAST_WINDOWS = 2
WIDTH_HZ = 0.5
NEAR_HZ = (1.5, 5.0)
QUANTILE = 0.25


class Hum:
    """Keeps the low end of the spectrum of each window."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._length = WINDOW_S * subject.rate
        self._taper = np.hanning(self._length).astype(np.float32)
        self._rest: Audio = np.zeros(0, np.float32)
        self._powers: list[NDArray[np.float64]] = []

    def hear(self, chunk: Chunk) -> None:
        """Take the next stretch."""
        self._rest = np.concatenate((self._rest, chunk.audio.mean(axis=0)))
        while len(self._rest) >= self._length:
            window, self._rest = self._rest[: self._length], self._rest[self._length :]
            if window.any():
                spectrum = scipy.fft.rfft(window * self._taper)[: HIGHEST_HZ * WINDOW_S]
                # scaled so that a sine of full scale has a power of 1
                self._powers.append(np.square(np.abs(spectrum) * (4.0 / self._length)).astype(np.float64))

    def findings(self) -> Iterator[Finding]:
        """Report the louder of the two mains frequencies, if it hums."""
        if len(self._powers) < LEAST_WINDOWS:
            return
        powers = np.array(self._powers)
        rule = self._subject.check.hum
        hums = [(level, mains) for mains in MAINS_HZ if (level := hum_level(powers, mains, rule.above))]
        if not hums or max(hums)[0] <= rule.limit:
            return
        level, mains = max(hums)
        yield self._subject.finding(
            rule,
            "hum",
            f"There is mains hum at {mains:g} Hz and its harmonics, all through the file.",
            measured=level,
            limit=rule.limit,
            unit="dBFS",
            hint="Ask for a clean take, or remove it before mixing.",
        )


def hum_level(powers: NDArray[np.float64], mains: float, above: float) -> float | None:
    """Measure the steady tone at a mains frequency and its harmonics.

    Args:
        powers: of each window, shape (windows, bins of a quarter hertz), a sine of full scale at 1.
        mains: 50 or 60 Hz.
        above: how far over its surroundings a tone stands, in dB.

    Returns:
        The level of all partials together in dBFS; None unless the fundamental or the second or third harmonic
        and one more partial stand out.

    """
    partials = [_steady(powers, mains * number) for number in (1, *HARMONICS)]
    standing = [tone for tone, floor in partials if tone > floor * 10 ** (above / 10)]
    strong = [tone > floor * 10 ** (above / 10) for tone, floor in partials[:3]]
    if len(standing) < 2 or not any(strong):
        return None
    return float(10.0 * np.log10(sum(standing)))


def _steady(powers: NDArray[np.float64], frequency: float) -> tuple[float, float]:
    """Return what stays of the tone and of its surroundings over time."""
    bins = np.arange(powers.shape[1]) / WINDOW_S
    distance = np.abs(bins - frequency)
    tone = powers[:, distance <= WIDTH_HZ].max(axis=1)
    near = (distance >= NEAR_HZ[0]) & (distance <= NEAR_HZ[1])
    return float(np.quantile(tone, QUANTILE)), float(
        np.quantile(np.median(powers[:, near], axis=1), QUANTILE)
    )
