"""The labels of a whole set at once: a set has one drum kit, one bass, one lead, and one file that sums the others."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from stembridge.stages.hearing.model import Chances
from stembridge.stages.hearing.sorts import Sort

RIVALRY: Mapping[Sort, float] = {
    Sort.DRUMS: 0.8,
    Sort.BASS: 0.8,
    Sort.LEAD_VOCAL: 0.8,
    Sort.MIX: 1.5,
}
"""How much less likely a sort becomes when the set has one already: the logarithm of the factor."""

TURNS = 12
LEAST_FILES = 3
SUM_CORRELATION = 0.9
LOUDER = 1.2
MIX_CHANCE = 0.98
NO_OTHER_MIX = 0.2


def label_together(chances: Sequence[Chances], sums: Sequence[bool]) -> tuple[Chances, ...]:
    """Weigh what each file sounds like against what the others are.

    A mean-field solution: each file's chances are lowered by how likely the others already are what it might be.

    Args:
        chances: of each file by itself; none for a file with nothing to hear.
        sums: whether a file is the sum of the others.

    Returns:
        The chances of each file as one of this set.

    """
    alone = [
        _as_mix(each) if is_sum else _scaled(each, {Sort.MIX: NO_OTHER_MIX}) if any(sums) else each
        for each, is_sum in zip(chances, sums, strict=True)
    ]
    together = list(alone)
    for _ in range(TURNS):
        present = {sort: sum(each.get(sort, 0.0) for each in together) for sort in RIVALRY}
        together = [
            _blended(
                now,
                _scaled(
                    own, {s: float(np.exp(-r * (present[s] - now.get(s, 0.0)))) for s, r in RIVALRY.items()}
                ),
            )
            for own, now in zip(alone, together, strict=True)
        ]
    return tuple(together)


def find_sums(places: Sequence[NDArray[np.float32]]) -> tuple[bool, ...]:
    """Say which files are the sum of the others.

    Args:
        places: of each file, the same moments of the common time line; mono, all of one length; empty for a file
            that cannot be compared.

    Returns:
        True for a file that is like the sum of the others (correlation of 0.9 at least) and louder than any of them.

    """
    length = max((len(each) for each in places), default=0)
    compared = [index for index, each in enumerate(places) if len(each) == length and length]
    if len(compared) < LEAST_FILES:
        return (False,) * len(places)
    sound = np.stack([places[index] for index in compared]).astype(np.float64)
    found = _sums_of(sound)
    return tuple(index in {compared[each] for each in found} for index in range(len(places)))


def _sums_of(sound: NDArray[np.float64]) -> list[int]:
    """Find the files like the sum of all others, and of the others that are not like it themselves."""
    products = sound @ sound.T
    everything = np.arange(len(sound))
    likely = [
        one
        for one in range(len(sound))
        if _alike(products, one, everything[everything != one]) >= SUM_CORRELATION
    ]
    parts = np.array([one for one in range(len(sound)) if one not in likely], np.intp)
    if len(parts) < LEAST_FILES - 1:
        return []
    loudest = float(np.diag(products)[parts].max())
    return [
        one
        for one in likely
        if products[one, one] > LOUDER * loudest and _alike(products, one, parts) >= SUM_CORRELATION
    ]


def _alike(products: NDArray[np.float64], one: int, parts: NDArray[np.intp]) -> float:
    """Correlate a file with the sum of others, from the products of all pairs."""
    energy = products[one, one] * products[np.ix_(parts, parts)].sum()
    return float(products[one, parts].sum() / np.sqrt(energy)) if energy > 0.0 else 0.0


def _as_mix(chances: Chances) -> Chances:
    rest = sum(chance for sort, chance in chances.items() if sort is not Sort.MIX)
    share = (1.0 - MIX_CHANCE) / rest if rest > 0.0 else 0.0
    scaled = {sort: chance * share for sort, chance in chances.items()}
    return scaled | {Sort.MIX: 1.0 - sum(c for sort, c in scaled.items() if sort is not Sort.MIX)}


def _scaled(chances: Chances, factors: Mapping[Sort, float]) -> Chances:
    scaled = {sort: chance * factors.get(sort, 1.0) for sort, chance in chances.items()}
    total = sum(scaled.values())
    return {sort: chance / total for sort, chance in scaled.items()} if total > 0.0 else chances


def _blended(one: Chances, other: Chances) -> Chances:
    return {sort: 0.5 * (one[sort] + other[sort]) for sort in one}
