"""All stems of a set together: each against what the others leave of the mix, and their gains; pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stembridge.audio.sound import Block
from stembridge.stages.exact import measure_exactly
from stembridge.stages.lonely import find_alone
from stembridge.stages.moved import Moved
from stembridge.stages.offset import Offset, judged, with_gain
from stembridge.stages.search import Haystack
from stembridge.stages.signals import Signal, energies, stretches
from stembridge.stages.whitening import STRETCH, Frames, Noise, in_memory
from stembridge.units import Hertz

ROUNDS = 2
EXACT = 0.02
"""A place that is known to this many samples is not measured again."""
WHOLE = 0.05
"""A fraction below this and its deviation is taken for none: stems are exported on whole samples."""
FRAMES_OF_GAINS = 32
MOST_STRETCHES = 64
QUIETEST = 1e-9
"""Noise that is always assumed, as a share of the mix's power."""


@dataclass(frozen=True, eq=False)
class Remainder:
    """What a mix leaves when stems are taken away.

    Attributes:
        mix: the mix.
        stems: what is taken away, where it stands in the mix.
        gains: one for each, with its sign.

    """

    mix: Signal
    stems: tuple[Signal, ...]
    gains: tuple[float, ...]

    @property
    def frames(self) -> int:
        """The mix's length."""
        return self.mix.frames

    @property
    def channels(self) -> int:
        """The mix's channels."""
        return self.mix.channels

    def read(self, start: int, stop: int) -> Block:
        """Read frames ``start`` to ``stop``; silence where it has none."""
        left = self.mix.read(start, stop).copy()
        for stem, gain in zip(self.stems, self.gains, strict=True):
            left -= np.float32(gain) * stem.read(start, stop)
        return left


def refine_together(
    haystack: Haystack, stems: Sequence[Signal], found: Sequence[Offset], limit: int | None
) -> list[Offset]:
    """Measure again what is not exact, and search again what was not found, in what the others leave.

    Args:
        haystack: the mix.
        stems: with as many channels, none of them silent.
        found: the place of each, found alone.
        limit: the largest shift to consider, either way.

    """
    now = list(found)
    for _ in range(ROUNDS):
        before = now
        now = _round(haystack, stems, now, limit)
        if [each.accepted for each in now] == [each.accepted for each in before]:
            break
    return now


def in_place(stem: Signal, offset: Offset) -> Signal:
    """Put a stem where it belongs."""
    whole = abs(offset.offset - offset.samples) < WHOLE + offset.deviation and offset.drift_ppm == 0.0
    return Moved(stem, float(offset.samples) if whole else offset.offset, offset.drift_ppm * 1e-6)


def best_gains(
    mix: Signal, stems: Sequence[Signal], rate: Hertz, noise: Noise | None = None
) -> NDArray[np.float64]:
    """Find the gains of stems, in their places, that explain a mix best, where noise is weighed by its spectrum.

    Generalised least squares over up to 64 stretches spread over the mix; exact for a mix that is a sum.

    Args:
        mix: the mix.
        stems: in their places.
        rate: frames a second.
        noise: what disturbs; the mix itself without it.

    Returns:
        One gain a stem, with its sign; the smallest that do where stems are the same.

    """
    noise = noise or Noise.of(mix, rate)
    count = len(stems) + 1
    products = np.zeros((count, count))
    every = list(stretches(mix.frames // noise.grid.hop + 1, FRAMES_OF_GAINS))
    for at in np.linspace(0, len(every) - 1, min(MOST_STRETCHES, len(every))):
        first, last = every[round(at)]
        spectra = [noise.grid.analyse(signal, first, last) for signal in (mix, *stems)]
        inverse = noise.inverse(first, last)
        weighted = [inverse.divide(one).ravel() for one in spectra]
        products += [[np.vdot(one.ravel(), other).real for other in weighted] for one in spectra]
    scale = np.sqrt(np.maximum(np.diag(products)[1:], 1e-30))
    among = products[1:, 1:] / np.outer(scale, scale)
    gains, *_ = np.linalg.lstsq(among, products[1:, 0] / scale, rcond=1e-7)
    return np.asarray(gains / scale, np.float64)


def noise_of(left: Signal, mix: Signal, rate: Hertz) -> Noise:
    """Measure the noise that stems leave, no lower than a billionth of the mix's power."""
    power = float(energies(mix, STRETCH).sum()) / max(1, mix.frames)
    return Noise.of(left, rate, at_least=QUIETEST * power * Frames.at(rate).hop)


def _round(
    haystack: Haystack, stems: Sequence[Signal], found: list[Offset], limit: int | None
) -> list[Offset]:
    chosen = [index for index, offset in enumerate(found) if offset.accepted or _is_place_known(offset)]
    if not chosen or all(each.accepted and each.deviation <= EXACT for each in found):
        return found
    if chosen == [0] and len(found) == 1:
        return found
    placed = {index: in_place(stems[index], found[index]) for index in chosen}
    gains = dict(zip(chosen, best_gains(haystack.signal, list(placed.values()), haystack.rate), strict=True))
    left = in_memory(Remainder(haystack.signal, tuple(placed.values()), tuple(gains.values())))
    noise = noise_of(left, haystack.signal, haystack.rate)
    again = []
    for index, offset in enumerate(found):
        if offset.accepted and offset.deviation <= EXACT:
            again.append(offset)
            continue
        own = ((placed[index],), (-gains[index],)) if index in placed else ((), ())
        around = Remainder(left, *own)
        again.append(_better(haystack.rate, around, noise, stems[index], offset, limit))
    return again


def _is_place_known(offset: Offset) -> bool:
    """Tell a stem whose peak stands alone, however exactly its place is known."""
    return offset.ratio < 0.6 and offset.deviation < 10.0


def _better(
    rate: Hertz, around: Signal, noise: Noise, stem: Signal, offset: Offset, limit: int | None
) -> Offset:
    """Measure a known place again, or search a stem in what the others leave; keep what is surer."""
    if offset.drift_ppm != 0.0:
        return offset
    if not _is_place_known(offset) and not offset.accepted:
        found = find_alone(Haystack.of(around, rate, noise), stem, limit)
        return found if found.accepted or found.ratio < offset.ratio else offset
    fine = measure_exactly(around, noise, stem, offset.offset, rate)
    if fine.deviation >= offset.deviation:
        return offset
    return judged(
        fine.offset,
        polarity=fine.polarity,
        drift_ppm=0.0,
        ratio=offset.ratio,
        deviation=fine.deviation,
        candidates=(fine.offset, *offset.candidates[1:]),
    )


def measure_gains(haystack: Haystack, stems: Sequence[Signal], found: Sequence[Offset]) -> list[Offset]:
    """Add the gain and the polarity that each accepted stem has in the mix, measured together."""
    chosen = [index for index, offset in enumerate(found) if offset.accepted]
    if not chosen:
        return list(found)
    placed = [in_place(stems[index], found[index]) for index in chosen]
    gains = dict(zip(chosen, best_gains(haystack.signal, placed, haystack.rate), strict=True))
    return [
        with_gain(offset, float(gains[index])) if index in gains else offset
        for index, offset in enumerate(found)
    ]
