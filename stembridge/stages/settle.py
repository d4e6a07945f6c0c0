"""Several places that fit alike: the one that leaves the least of the mix; pure.

A loop fits the mix at every repeat, and the peaks differ little. But where the mix is the sum of its stems, only
the right place leaves nothing: at any other, one repeat at the start or the end stays. So each candidate is
tried, with all other stems where they most probably are.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from stembridge.stages.exact import measure_exactly
from stembridge.stages.joint import Remainder, best_gains, in_place, noise_of
from stembridge.stages.moved import Moved
from stembridge.stages.offset import (
    LEAST_EXACT,
    SURE_DEVIATION,
    SURE_RATIO,
    Offset,
    chance_exact,
    chance_right,
)
from stembridge.stages.search import Haystack
from stembridge.stages.signals import Signal, stretches
from stembridge.stages.whitening import STRETCH, in_memory
from stembridge.units import Samples

CLEARLY_LESS = 0.1
"""The right place leaves less than this share of the energy that the next best leaves: 10 dB."""
ROUNDS = 2


def settle_by_null(haystack: Haystack, stems: Sequence[Signal], found: Sequence[Offset]) -> list[Offset]:
    """Choose between candidates where one of them nulls clearly better than all others.

    Args:
        haystack: the mix.
        stems: with as many channels, none of them silent.
        found: the place of each.

    """
    now = list(found)
    for _ in range(ROUNDS):
        open_ones = [index for index, offset in enumerate(now) if _is_open(offset)]
        if not open_ones:
            break
        left, placed, gains = _all_in_place(haystack, stems, now)
        for index in open_ones:
            around = Remainder(left, (placed[index],), (-gains[index],))
            now[index] = _settled(haystack, around, left, stems[index], now[index])
    return now


def _is_open(offset: Offset) -> bool:
    return not offset.accepted and offset.ratio >= SURE_RATIO and len(offset.candidates) > 1


def _all_in_place(
    haystack: Haystack, stems: Sequence[Signal], found: Sequence[Offset]
) -> tuple[Signal, list[Signal], list[float]]:
    placed = [
        in_place(stem, offset) if offset.accepted else Moved(stem, float(offset.samples))
        for stem, offset in zip(stems, found, strict=True)
    ]
    gains = [float(gain) for gain in best_gains(haystack.signal, placed, haystack.rate)]
    return in_memory(Remainder(haystack.signal, tuple(placed), tuple(gains))), placed, gains


def _settled(haystack: Haystack, around: Signal, left: Signal, stem: Signal, offset: Offset) -> Offset:
    tried = [(_energy_left(around, Moved(stem, float(round(lag)))), lag) for lag in offset.candidates]
    (least, best), (second, _) = sorted(tried)[:2]
    if least > CLEARLY_LESS * second:
        return offset
    noise = noise_of(left, haystack.signal, haystack.rate)
    fine = measure_exactly(around, noise, stem, best, haystack.rate)
    is_exact = chance_exact(fine.offset, fine.deviation) >= LEAST_EXACT
    if fine.deviation > SURE_DEVIATION or not is_exact or abs(fine.offset - best) > 1.0:
        return offset
    others = tuple(lag for lag in offset.candidates if lag != best)
    return replace(
        offset,
        offset=fine.offset,
        samples=Samples(round(fine.offset)),
        polarity=fine.polarity,
        deviation=fine.deviation,
        candidates=(fine.offset, *others),
        confidence=chance_right(least / second, fine.deviation, fine.offset),
        accepted=True,
        reason="",
    )


def _energy_left(around: Signal, placed: Signal) -> float:
    """Return the energy that is left when a stem is taken away with the gain that takes most."""
    total = shared = own = 0.0
    for start, stop in stretches(around.frames, STRETCH):
        mix, part = around.read(start, stop).ravel(), placed.read(start, stop).ravel()
        total += float(np.dot(mix, mix))
        shared += float(np.dot(mix, part))
        own += float(np.dot(part, part))
    return total - shared * shared / own if own > 0.0 else total
