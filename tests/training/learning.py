"""Gradient-boosted trees in NumPy, and the temperature that calibrates what they say.

Sources: J. Friedman, "Greedy function approximation", 2001 (boosting); T. Chen, C. Guestrin, "XGBoost", 2016 (the
second-order gain of a split); C. Guo et al., "On calibration of modern neural networks", 2017 (temperature).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Labels = NDArray[np.intp]

BINS = 32


@dataclass(frozen=True)
class Forest:
    """Trees of one depth in rounds, one tree a class: features and thresholds of splits, values of leaves.

    Shapes: (rounds, classes, splits), (rounds, classes, splits), (rounds, classes, leaves). A value above the
    threshold of split ``i`` goes to split ``2 i + 2``, else to ``2 i + 1``.
    """

    features: NDArray[np.intp]
    thresholds: Matrix
    leaves: Matrix


@dataclass(frozen=True)
class Growth:
    """How trees are grown."""

    rounds: int = 60
    depth: int = 3
    rate: float = 0.15
    pull: float = 2.0
    columns: float = 0.4
    rows: float = 0.8


def softmax(scores: Matrix) -> Matrix:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def fit_forest(
    values: Matrix, labels: Labels, weights: Matrix, classes: int, growth: Growth, rng: np.random.Generator
) -> Forest:
    edges = np.quantile(values, np.linspace(0, 1, BINS + 1)[1:-1], axis=0).T
    places = np.stack([np.searchsorted(e, column) for e, column in zip(edges, values.T, strict=True)], axis=1)
    scores = np.zeros((len(values), classes))
    wanted = np.eye(classes)[labels]
    splits, leaves = 2**growth.depth - 1, 2**growth.depth
    forest = Forest(
        np.zeros((growth.rounds, classes, splits), np.intp),
        np.full((growth.rounds, classes, splits), np.inf),
        np.zeros((growth.rounds, classes, leaves)),
    )
    share = weights / weights.mean()
    for turn in range(growth.rounds):
        chances = softmax(scores)
        rows = np.flatnonzero(rng.random(len(values)) < growth.rows)
        for kind in range(classes):
            slope = share * (chances[:, kind] - wanted[:, kind])
            bend = share * np.maximum(1e-6, chances[:, kind] * (1 - chances[:, kind]))
            columns = np.sort(
                rng.choice(values.shape[1], int(growth.columns * values.shape[1]), replace=False)
            )
            tree = _grow(places, edges, slope, bend, rows, columns, growth)
            forest.features[turn, kind], forest.thresholds[turn, kind], forest.leaves[turn, kind] = tree
            scores[:, kind] += _visit(values, *tree)
    return forest


def _grow(places, edges, slope, bend, rows, columns, growth: Growth):
    """Grow one tree, level by level, on some rows and columns."""
    part, g, h = places[np.ix_(rows, columns)], slope[rows], bend[rows]
    count, node = len(columns), np.zeros(len(rows), np.intp)
    features = np.zeros(2**growth.depth - 1, np.intp)
    thresholds = np.full(2**growth.depth - 1, np.inf)
    for level in range(growth.depth):
        nodes, first = 2**level, 2**level - 1
        keys = ((node[:, None] * count + np.arange(count)) * BINS + part).ravel()
        size = nodes * count * BINS
        sums = [
            np.bincount(keys, np.repeat(each, count), size).reshape(nodes, count, BINS).cumsum(axis=2)
            for each in (g, h)
        ]
        left_g, left_h = sums[0][:, :, :-1], sums[1][:, :, :-1]
        all_g, all_h = sums[0][:, :1, -1:], sums[1][:, :1, -1:]
        gain = left_g**2 / (left_h + growth.pull) + (all_g - left_g) ** 2 / (all_h - left_h + growth.pull)
        gain -= all_g**2 / (all_h + growth.pull)
        best = gain.reshape(nodes, -1).argmax(axis=1)
        column, place = best // (BINS - 1), best % (BINS - 1)
        worth = gain.reshape(nodes, -1).max(axis=1) > 1e-3
        features[first : first + nodes] = columns[column]
        thresholds[first : first + nodes] = np.where(worth, edges[columns[column], place], np.inf)
        above = (part[np.arange(len(rows)), column[node]] > place[node]) & worth[node]
        node = 2 * node + above
    leaf_g = np.bincount(node, g, 2**growth.depth)
    leaf_h = np.bincount(node, h, 2**growth.depth)
    return features, thresholds, -growth.rate * leaf_g / (leaf_h + growth.pull)


def _visit(values: Matrix, features, thresholds, leaves) -> NDArray[np.float64]:
    node, rows = np.zeros(len(values), np.intp), np.arange(len(values))
    for _ in range(int(np.log2(len(leaves)))):
        node = 2 * node + 1 + (values[rows, features[node]] > thresholds[node])
    return leaves[node - (len(leaves) - 1)]


def forest_scores(forest: Forest, values: Matrix) -> Matrix:
    rounds, classes, _ = forest.features.shape
    out = np.zeros((len(values), classes))
    for turn in range(rounds):
        for kind in range(classes):
            tree = forest.features[turn, kind], forest.thresholds[turn, kind], forest.leaves[turn, kind]
            out[:, kind] += _visit(values, *tree)
    return out


def fit_temperature(scores: Matrix, labels: Labels, weights: Matrix, member: Matrix) -> float:
    """Find the divisor of the scores that makes the groups of the labels most likely.

    Args:
        scores: shape (examples, classes).
        labels: the class of each example.
        weights: of each example.
        member: 1 where a class is of a group, shape (classes, groups).

    """
    truth = member[labels].argmax(axis=1)

    def cost(temperature: float) -> float:
        chances = (softmax(scores / temperature) @ member)[np.arange(len(labels)), truth]
        return float(-(weights * np.log(chances + 1e-9)).sum())

    return min(np.geomspace(0.3, 5.0, 80), key=cost)


def calibration_error(confidence: Matrix, right: NDArray[np.bool_], bins: int = 10) -> float:
    """Compare confidence and share of right answers in bins of equal width: the mean gap, weighted by counts."""
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(confidence[place == b].mean() - right[place == b].mean()) * np.sum(place == b) for b in set(place)
    ]
    return float(sum(gaps) / len(confidence))
