"""The trained model: from the figures of a sound to the chance of each sort, in NumPy alone.

The scores of boosted trees and of small neural networks are added, and divided by a temperature that makes the chances
mean what they say. ``tests/training/train_roles.py`` makes the parameters.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stembridge.stages.hearing.sorts import Sort

Chances = Mapping[Sort, float]
"""How likely each sort is; they sum to one."""

Layers = tuple[tuple[NDArray[np.float64], NDArray[np.float64]], ...]
"""Of each layer of a network: weights, shape (inputs, outputs), and what is added to each output."""

FARTHEST = 3.0
"""Figures farther from the mean, in standard deviations, count as this far."""


@dataclass(frozen=True, eq=False)
class RoleModel:
    """The parameters.

    Attributes:
        sorts: the classes.
        figures: the names of the figures it needs, in order.
        mean: of each figure in training.
        spread: the standard deviation of each.
        features: the figure each split looks at, shape (rounds, sorts, splits).
        thresholds: above which a split goes on to its second branch, same shape.
        leaves: shape (rounds, sorts, leaves).
        networks: what is below zero behind a layer counts as zero, but for the last one's scores; their mean counts.
        temperature: the divisor of the scores.

    """

    sorts: tuple[Sort, ...]
    figures: tuple[str, ...]
    mean: NDArray[np.float64]
    spread: NDArray[np.float64]
    features: NDArray[np.intp]
    thresholds: NDArray[np.float64]
    leaves: NDArray[np.float64]
    networks: tuple[Layers, ...]
    temperature: float

    @classmethod
    def from_json(cls, text: str) -> "RoleModel":
        """Read the parameters as ``train_roles`` writes them."""
        read = json.loads(text)
        return cls(
            sorts=tuple(Sort(sort) for sort in read["sorts"]),
            figures=tuple(read["figures"]),
            mean=np.array(read["mean"]),
            spread=np.array(read["spread"]),
            features=np.array(read["features"], np.intp),
            thresholds=np.array(read["thresholds"]),
            leaves=np.array(read["leaves"]),
            networks=tuple(
                tuple((np.array(weights), np.array(added)) for weights, added in layers)
                for layers in read["networks"]
            ),
            temperature=float(read["temperature"]),
        )

    def chances(self, figures: Mapping[str, float]) -> Chances:
        """Say how likely each sort is.

        Args:
            figures: as ``features.measure`` gives them; none where there was nothing to hear.

        Returns:
            The chance of each sort; none without figures.

        """
        if not figures:
            return {}
        values = np.array([figures[name] for name in self.figures])
        scored = np.clip((values - self.mean) / self.spread, -FARTHEST, FARTHEST)
        asked = [_ask_network(layers, scored) for layers in self.networks]
        scores = self._ask_trees(scored) + np.mean(asked, axis=0)
        raised = np.exp((scores - scores.max()) / self.temperature)
        return dict(zip(self.sorts, (raised / raised.sum()).tolist(), strict=True))

    def _ask_trees(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Walk down all trees at once, and add up the leaves they end in; shape (sorts,)."""
        rounds, sorts, splits = self.features.shape
        place = np.zeros((rounds, sorts, 1), np.intp)
        for _ in range((splits + 1).bit_length() - 1):
            feature = np.take_along_axis(self.features, place, axis=2)
            threshold = np.take_along_axis(self.thresholds, place, axis=2)
            place = 2 * place + 1 + (values[feature] > threshold)
        ends = np.take_along_axis(self.leaves, place - splits, axis=2)
        return np.asarray(ends.sum(axis=(0, 2)))


def _ask_network(layers: Layers, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Send values through all layers; shape (sorts,)."""
    for weights, added in layers[:-1]:
        values = np.maximum(0.0, values @ weights + added)
    weights, added = layers[-1]
    return np.asarray(values @ weights + added)
