"""A small neural network in NumPy: two hidden layers, trained on noisy figures, some of which are left out at random.

Sources: N. Srivastava et al., "Dropout", 2014; I. Loshchilov, F. Hutter, "Decoupled weight decay regularization",
2019; L. Smith, "Super-convergence", 2018 (the rise and fall of the step).
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from learning import Labels, Matrix, softmax
from numpy.typing import NDArray

Layers = list[tuple[NDArray[np.float32], NDArray[np.float32]]]
"""Weights, shape (inputs, outputs), and what is added, of each layer."""

RISING = 0.3
"""The share of all steps during which they grow."""


@dataclass(frozen=True)
class Schooling:
    """How a network is trained."""

    hidden: int = 128
    turns: int = 80
    batch: int = 64
    step: float = 4e-3
    decay: float = 1e-3
    left_out: tuple[float, ...] = (0.1, 0.3, 0.3)
    noise: float = 0.3
    doubt: float = 0.05


def fit_network(
    values: Matrix, labels: Labels, weights: Matrix, classes: int, how: Schooling, rng: np.random.Generator
) -> Layers:
    inputs = values.astype(np.float32)
    wanted = ((1 - how.doubt) * np.eye(classes)[labels] + how.doubt / classes).astype(np.float32)
    layers = _draw_layers((inputs.shape[1], how.hidden, how.hidden, classes), rng)
    moments = [[np.zeros_like(part), np.zeros_like(part)] for layer in layers for part in layer]
    count = -(-len(inputs) // how.batch)
    for turn in range(how.turns * count):
        if turn % count == 0:
            order = rng.permutation(len(inputs))
        rows = order[(turn % count) * how.batch :][: how.batch]
        noisy = inputs[rows] + how.noise * rng.standard_normal((len(rows), inputs.shape[1]), np.float32)
        slopes = _slopes(layers, noisy, wanted[rows], weights[rows], how, rng)
        _descend(layers, moments, slopes, turn, how.turns * count, how)
    return layers


def network_scores(layers: Layers, values: Matrix) -> Matrix:
    for weights, added in layers[:-1]:
        values = np.maximum(0.0, values @ weights + added)
    return values @ layers[-1][0] + layers[-1][1]


def _draw_layers(sizes: tuple[int, ...], rng: np.random.Generator) -> Layers:
    return [
        ((rng.standard_normal(pair) * np.sqrt(2 / pair[0])).astype(np.float32), np.zeros(pair[1], np.float32))
        for pair in pairwise(sizes)
    ]


def _slopes(
    layers: Layers,
    inputs: NDArray[np.float32],
    wanted: NDArray[np.float32],
    weights: Matrix,
    how: Schooling,
    rng: np.random.Generator,
) -> list[NDArray[np.float32]]:
    """Return the slope of the cost by each part of each layer, at one draw of what is left out."""
    seen, masks, now = [], [], inputs
    for place, (matrix, added) in enumerate(layers):
        mask = (rng.random(now.shape, np.float32) >= how.left_out[place]) / np.float32(
            1 - how.left_out[place]
        )
        masks.append(mask if place == 0 else mask * (now > 0))
        now = now * masks[-1]
        seen.append(now)
        now = now @ matrix + added
        if place < len(layers) - 1:
            now = np.maximum(0.0, now)
    share = (weights / weights.sum()).astype(np.float32)
    back, found = (softmax(now) - wanted) * share[:, None], []
    for place in range(len(layers) - 1, -1, -1):
        found += [back.sum(axis=0), seen[place].T @ back]
        back = (back @ layers[place][0].T) * masks[place]
    return found[::-1]


def _descend(layers, moments, slopes, turn: int, turns: int, how: Schooling) -> None:
    """Go one step down (Adam), which is small at first and at last."""
    share = turn / turns
    course = share / RISING if share < RISING else (1 - share) / (1 - RISING)
    step = how.step * np.sin(0.5 * np.pi * course) ** 2
    parts = [part for layer in layers for part in layer]
    for part, (mean, square), slope in zip(parts, moments, slopes, strict=True):
        mean += 0.1 * (slope - mean)
        square += 0.001 * (np.square(slope) - square)
        first, second = mean / (1 - 0.9 ** (turn + 1)), square / (1 - 0.999 ** (turn + 1))
        part -= np.float32(step) * (first / (np.sqrt(second) + 1e-8) + how.decay * part)
