"""Hum: a tone at 50 or 60 Hz with harmonics, steady in frequency and level, and there in the quiet passages too.

A bass note near the mains frequency ends, a kick glides and dies away, and a sequence of either makes lines all over
the low end. So each partial is followed in steps of a twentieth of a second, and judged where the file is quietest:
within half a second it must keep its phase and its level, and from one passage to another its level, too.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stembridge.stages.checks.subject import Audio, Chunk, Subject
from stembridge.stages.finding import Finding

WINDOWS_A_SECOND, STEPS_A_SECOND = 5, 20
"""Windows of a fifth of a second have a line at each multiple of 5 Hz: at the mains frequencies and harmonics."""

MAINS_HZ = (50.0, 60.0)
PARTIALS = (1, 2, 3, 4, 5)
LINES = tuple(sorted({round(mains * partial) for mains in MAINS_HZ for partial in PARTIALS}))
LEAST_SECONDS = 3
PASSAGE = 10
"""Steps of a passage that is judged: half a second."""

LEAST_PASSAGES = 4
QUIET_SHARE = 0.1
OFF_HZ = 0.5
SERIES_HZ = 0.1
"""How far a partial's frequency may be from its multiple of the others', divided by its number."""

COHERENT = 0.93
UNSTEADY = 0.3
SPREAD = 2.0
"""How much the level may differ between quiet passages, as a ratio of amplitudes."""

MOST_PASSAGES = 0.75
"""The share of the quiet passages that must hold the tone."""

Series = NDArray[np.complex128]
"""A partial over time, with the mains frequency's own turning taken out, shape (steps,)."""


@dataclass(frozen=True)
class Tone:
    """A partial that is there all the time.

    Attributes:
        power: 1 for a sine of full scale.
        off_hz: how far its frequency is from the nominal one.

    """

    power: float
    off_hz: float


class Hum:
    """Follows the partials of both mains frequencies."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._length = subject.rate // WINDOWS_A_SECOND
        self._step = subject.rate // STEPS_A_SECOND
        self._kernels = _kernels(self._length)
        self._rest: Audio = np.zeros(0, np.float32)
        self._values: list[NDArray[np.complex64]] = []
        self._loudness: list[NDArray[np.float32]] = []

    def hear(self, chunk: Chunk) -> None:
        """Take the next stretch."""
        sound = np.concatenate((self._rest, chunk.audio.mean(axis=0)))
        count = max(0, (len(sound) - self._length) // self._step + 1)
        if count:
            overlapping = np.lib.stride_tricks.sliding_window_view(sound, self._length)
            windows = np.ascontiguousarray(overlapping[:: self._step][:count])
            found = windows @ self._kernels
            self._values.append(found[:, ::2] + np.complex64(1j) * found[:, 1::2])
            self._loudness.append(np.einsum("wn,wn->w", windows, windows) / np.float32(self._length))
        self._rest = sound[count * self._step :]

    def findings(self) -> Iterator[Finding]:
        """Report the louder of the two mains frequencies, if it hums."""
        if sum(map(len, self._values)) < LEAST_SECONDS * STEPS_A_SECOND:
            return
        rule = self._subject.check.hum
        values, loudness = np.concatenate(self._values), np.concatenate(self._loudness)
        hums = [
            (level, mains)
            for mains in MAINS_HZ
            if (level := hum_level(values, loudness, mains, rule.above)) is not None
        ]
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


def _kernels(length: int) -> Audio:
    """Return what a window is multiplied with for its lines at ``LINES``: real and imaginary parts in turn."""
    phases = np.outer(np.arange(length), np.repeat(LINES, 2)) * (2 * np.pi / (length * WINDOWS_A_SECOND))
    waves = np.where(np.arange(2 * len(LINES)) % 2, -np.sin(phases), np.cos(phases))
    taper = np.hanning(length + 1)[:-1, np.newaxis] * (4.0 / length)
    return np.asarray(waves * taper, np.float32)


def hum_level(
    values: NDArray[np.complex64], loudness: NDArray[np.float32], mains: float, above: float
) -> float | None:
    """Measure the steady tone at a mains frequency and its harmonics.

    Args:
        values: the line at each of ``LINES`` over time, shape (steps, lines), a sine of full scale at 1.
        loudness: the mean square of the sound at each step, shape (steps,).
        mains: 50 or 60 Hz.
        above: how far over its surroundings a tone stands, in dB.

    Returns:
        The level of all partials together in dBFS; None unless the fundamental or the second or third harmonic
        and one more partial stand out, in a series.

    """
    quiet = _quiet_passages(loudness)
    time = np.arange(len(values)) / STEPS_A_SECOND
    tones: dict[int, Tone] = {}
    for partial in PARTIALS if len(quiet) >= LEAST_PASSAGES else ():
        line = round(mains * partial)
        series = values[:, LINES.index(line)] * np.exp(-2j * np.pi * line * time)
        tone = _steady(np.array([series[start : start + PASSAGE] for start in quiet]), above)
        if tone is not None and abs(tone.off_hz) <= OFF_HZ * partial:
            tones[partial] = tone
    off = {partial: tone.off_hz / partial for partial, tone in tones.items()}
    agreeing = [p for p in tones if abs(off[p] - float(np.median(list(off.values())))) <= SERIES_HZ]
    if len(agreeing) < 2 or min(agreeing) > PARTIALS[2]:
        return None
    return float(10.0 * np.log10(sum(tones[partial].power for partial in agreeing)))


def _quiet_passages(loudness: NDArray[np.float32]) -> list[int]:
    """Return the steps at which the quietest passages begin, those without digital silence."""
    sums = np.concatenate(([0.0], np.cumsum(loudness, dtype=np.float64)))
    starts = np.arange(0, len(loudness) - PASSAGE + 1, PASSAGE // 2)
    energies = sums[starts + PASSAGE] - sums[starts]
    silent = np.concatenate(([0], np.cumsum(loudness == 0.0)))
    starts, energies = (each[silent[starts + PASSAGE] == silent[starts]] for each in (starts, energies))
    order = np.argsort(energies, kind="stable")
    return [int(start) for start in starts[order[: max(LEAST_PASSAGES, round(QUIET_SHARE * len(order)))]]]


def _steady(passages: Series, above: float) -> Tone | None:
    """Return the tone that is in all of some passages at one level and frequency.

    Args:
        passages: of a partial, shape (passages, steps).
        above: how far it must stand over the rest of its line, in dB.

    """
    turned = passages[:, 1:] * passages[:, :-1].conj()
    off = np.angle(turned.sum(axis=1)) * STEPS_A_SECOND / (2 * np.pi)
    turning = np.exp(-2j * np.pi * off[:, np.newaxis] * np.arange(PASSAGE) / STEPS_A_SECOND)
    straight = passages * turning
    means, sizes = straight.mean(axis=1, keepdims=True), np.abs(passages)
    level = np.abs(means[:, 0])
    rest = np.square(np.abs(straight - means)).mean(axis=1)
    good = (
        (level >= COHERENT * sizes.mean(axis=1))
        & (sizes.std(axis=1) <= UNSTEADY * sizes.mean(axis=1))
        & (np.square(level) >= 10 ** (above / 10) * rest)
    )
    low, middle, high = np.quantile(level, (0.1, 0.5, 0.9))
    if good.mean() < MOST_PASSAGES or high > SPREAD * low:
        return None
    return Tone(float(middle**2), float(np.median(off)))
