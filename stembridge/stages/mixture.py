"""Mixture: from the stems that a model gave to outputs that sum to their source; pure.

All outputs but one are rounded; that one, the taker, is the source minus the others, so it takes what the model
left over and the rounding too, and the set sums to the source bit for bit in integers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stembridge.audio.samples import RAW_TYPES
from stembridge.audio.sound import Block, Encoding, RawBlock
from stembridge.errors import PlanError
from stembridge.stages.recipe import OWN, RESIDUAL, Recipe

Wide = NDArray[np.float64]

SHARED = "shared"
ENERGY_FRAMES = 1024


@dataclass(frozen=True)
class Mixture:
    """Which output is made of what.

    Attributes:
        recipes: the outputs, in order.
        model_stems: what the model makes.
        taker: the output that is the source minus the rest of the set; None when the set does not sum to the
            source, or shares what is left over.
        shared: true when what is left over is shared out by energy.
        summing: the outputs that sum to the source; empty when none do.

    """

    recipes: tuple[Recipe, ...]
    model_stems: tuple[str, ...]
    taker: str | None
    shared: bool
    summing: tuple[str, ...]

    @property
    def needed(self) -> tuple[str, ...]:
        """The model's stems that have to be computed at all, in the model's order."""
        if self.shared:
            return self.model_stems
        wanted = {part for recipe in self.recipes if recipe.name != self.taker for part in recipe.parts}
        return tuple(stem for stem in self.model_stems if stem in wanted)


def make_mixture(recipes: Sequence[Recipe], model_stems: Sequence[str], residual: str) -> Mixture:
    """Decide how the outputs are made.

    Args:
        recipes: the outputs.
        model_stems: what the model makes.
        residual: where what is left over goes: the name of an output, ``shared``, or ``own``.

    Raises:
        PlanError: if a recipe asks for what the model does not make.

    """
    covers = {recipe.name: recipe.stems(model_stems) for recipe in recipes if recipe.name != RESIDUAL}
    summing = _partition(covers, frozenset(model_stems)) or _partition(
        {
            recipe.name: covers[recipe.name]
            for recipe in recipes
            if not recipe.without and recipe.name in covers
        },
        frozenset(model_stems),
    )
    if residual == OWN:
        return _with_own_residual(recipes, model_stems, covers)
    shared = residual == SHARED and bool(summing) and not any(recipe.without for recipe in recipes)
    taker = None if shared or not summing else _taker(summing, covers, residual)
    return Mixture(tuple(recipes), tuple(model_stems), taker, shared, summing)


def _with_own_residual(
    recipes: Sequence[Recipe], model_stems: Sequence[str], covers: Mapping[str, frozenset[str]]
) -> Mixture:
    plain = [recipe.name for recipe in recipes if not recipe.without and recipe.name in covers]
    disjoint = sum(len(covers[name]) for name in plain) == len(
        frozenset().union(*(covers[name] for name in plain))
    )
    if not disjoint:
        raise PlanError(
            "Outputs that hold the same stem leave no residual of their own.",
            hint="Name each stem once, or let `residual` go to one of the outputs.",
            code="recipe",
        )
    return Mixture(tuple(recipes), tuple(model_stems), RESIDUAL, False, (*plain, RESIDUAL))


def _partition(covers: Mapping[str, frozenset[str]], whole: frozenset[str]) -> tuple[str, ...]:
    parts = list(covers.values())
    is_partition = sum(len(part) for part in parts) == len(whole) and frozenset().union(*parts) == whole
    return tuple(covers) if is_partition else ()


def _taker(summing: Sequence[str], covers: Mapping[str, frozenset[str]], residual: str) -> str:
    """Return the output that is named, or else the one that holds the stem that is named, or else the last."""
    if residual in summing:
        return residual
    return next((name for name in summing if residual in covers[name]), summing[-1])


@dataclass
class Tally:
    """What was seen of the outputs of one source while they were made.

    Attributes:
        peak: the largest magnitude of any output before it was limited, full scale at 1.0.
        energy: by output, the sum of squares.
        source_energy: the sum of squares of the source.
        different: by output, whether it differs from the source anywhere.

    """

    peak: float = 0.0
    energy: dict[str, float] = field(default_factory=dict)
    source_energy: float = 0.0
    different: dict[str, bool] = field(default_factory=dict)

    def add(self, source: Wide, outputs: Mapping[str, Wide], scale: float) -> None:
        """Note one block of the source and of all outputs, which have their full scale at ``scale``."""
        self.source_energy += _energy_of(source) / scale**2
        for name, output in outputs.items():
            peak = max(float(output.max(initial=0.0)), -float(output.min(initial=0.0)))
            self.peak = max(self.peak, peak / scale)
            self.energy[name] = self.energy.get(name, 0.0) + _energy_of(output) / scale**2
            self.different[name] = self.different.get(name, False) or not np.array_equal(output, source)


class Mixer:
    """Makes the outputs of one source, block by block."""

    def __init__(self, mixture: Mixture, encoding: Encoding, *, gain: float = 1.0) -> None:
        self._mixture = mixture
        self._encoding = encoding
        self._gain = gain
        self.tally = Tally()

    def mix(self, source: Wide, stems: Mapping[str, Block]) -> dict[str, RawBlock]:
        """Make one block of every output.

        Args:
            source: shape ``(frames, channels)``, full scale at 1.0, exact.
            stems: the model's stems that are needed, the same shape.

        Returns:
            The outputs in the type that their encoding is written from; samples beyond full scale are limited,
            and ``tally.peak`` says so.

        """
        scale = self._scale
        target = self._rounded(source * (self._gain * scale))
        outputs = self._outputs(target, source, stems, scale)
        self.tally.add(target, outputs, scale)
        return {name: self._stored(output) for name, output in outputs.items()}

    def _outputs(
        self, target: Wide, source: Wide, stems: Mapping[str, Block], scale: float
    ) -> dict[str, Wide]:
        whole = stems if not self._mixture.shared else _with_share(source, stems)
        made: dict[str, Wide] = {}
        for recipe in self._mixture.recipes:
            if recipe.name != self._mixture.taker:
                parts = _sum((whole[part] for part in recipe.parts), source.shape)
                rounded = self._rounded(np.multiply(parts, self._gain * scale, out=parts))
                made[recipe.name] = self._rounded(target - rounded) if recipe.without else rounded
        taker = self._mixture.taker
        if taker is not None:
            others = _sum((made[name] for name in self._mixture.summing if name != taker), source.shape)
            made[taker] = self._rounded(target - others)
        return {recipe.name: made[recipe.name] for recipe in self._mixture.recipes}

    @property
    def _scale(self) -> float:
        return 2.0 ** (self._encoding.bits - 1) if self._encoding.is_integer else 1.0

    def _rounded(self, samples: Wide) -> Wide:
        """Round to what the encoding holds, in place where that can be."""
        if self._encoding.is_integer:
            return np.rint(samples, out=samples)
        return samples.astype(RAW_TYPES[self._encoding]).astype(np.float64)

    def _stored(self, samples: Wide) -> RawBlock:
        """Turn samples, which are used up here, into the type that is written."""
        if not self._encoding.is_integer:
            return samples if self._encoding is Encoding.FLOAT64 else samples.astype(np.float32)
        limited = np.clip(samples, -self._scale, self._scale - 1.0, out=samples)
        if self._encoding is Encoding.INT16:
            return limited.astype(np.int16)
        wide = limited.astype(np.int32)
        return np.left_shift(wide, 8, out=wide) if self._encoding is Encoding.INT24 else wide


def _sum(parts: Iterable[Block | Wide], shape: tuple[int, ...]) -> Wide:
    given = iter(parts)
    first = next(given, None)
    total = np.zeros(shape) if first is None else first.astype(np.float64)
    for part in given:
        total += part
    return total


def _energy_of(samples: Wide) -> float:
    return float(np.einsum("ij,ij->", samples, samples))


def _with_share(source: Wide, stems: Mapping[str, Block]) -> dict[str, Wide]:
    """Share out what the model left over, by the energy of each stem around each moment."""
    wide = {name: stem.astype(np.float64) for name, stem in stems.items()}
    left = source - sum(wide.values(), np.zeros_like(source))
    energies = {name: _energy(stem) for name, stem in wide.items()}
    total = sum(energies.values(), np.zeros((len(source), 1))) + 1e-30 * len(wide)
    return {name: stem + left * ((energies[name] + 1e-30) / total) for name, stem in wide.items()}


def _energy(stem: Wide) -> Wide:
    """Return the energy of each frame's stretch, shape ``(frames, 1)``."""
    starts = np.arange(0, len(stem), ENERGY_FRAMES)
    sums = np.add.reduceat(np.square(stem).sum(axis=1), starts)
    lengths = np.diff(np.append(starts, len(stem)))
    return np.repeat(sums, lengths)[:, None]
