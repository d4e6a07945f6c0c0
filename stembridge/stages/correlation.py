"""Correlation of two signals of any length over a range of lags, and the lags that make sense; pure.

A lag of ``d`` says that frame ``n`` of the reference holds frame ``n - d`` of the stem.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from stembridge.stages.signals import Signal, energies, stretches

MOST_TRANSFORM = 1 << 24
NEAR_BLOCK = 1 << 15
ENERGY_BLOCK = 1024

Curve = NDArray[np.float32]
"""Correlation by lag."""


def correlate(reference: Signal, stem: Signal, lags: range) -> Curve:
    """Correlate over a range of lags, summed over channels.

    Memory depends on the number of lags and not on the lengths.

    Args:
        reference: what the stem is in, whitened or not.
        stem: as many channels.
        lags: consecutive.

    Returns:
        Shape (len(lags),).

    """
    found = [_over(reference, stem, part) for part in _parts(lags, MOST_TRANSFORM // 2)]
    return np.concatenate(found) if found else np.zeros(0, np.float32)


def correlate_groups(
    reference: Signal, stem: Signal, lags: range, groups: "list[Group]"
) -> NDArray[np.float32]:
    """Correlate parts of a stem each by itself, over few lags; shape (groups, lags)."""
    size = int(fft.next_fast_len(NEAR_BLOCK + len(lags), real=True))
    curves = []
    for group in groups:
        total = np.zeros((stem.channels, size // 2 + 1), np.complex64)
        for start in group.starts:
            total += _product(reference, stem, (start, start + NEAR_BLOCK), lags, size)
        curves.append(fft.irfft(total.sum(axis=0), n=size)[: len(lags)])
    return np.array(curves)


@dataclass(frozen=True)
class Group:
    """Some blocks of a stem, from one part of it.

    Attributes:
        starts: their first frames.
        middle: their middle, weighted by energy, in frames.
        energy: what they hold.

    """

    starts: tuple[int, ...]
    middle: float
    energy: float


def choose_groups(stem: Signal, count: int, most_blocks: int) -> list[Group]:
    """Choose the loudest blocks of each part of a stem, so that few stand for all of it.

    Args:
        stem: what is looked at.
        count: how many parts of equal length.
        most_blocks: how many blocks to choose in all.

    """
    loudness = energies(stem, NEAR_BLOCK)
    groups = []
    for part in np.array_split(np.arange(len(loudness)), min(count, len(loudness))):
        chosen = part[np.argsort(-loudness[part], kind="stable")][: max(1, most_blocks // count)]
        chosen = np.sort(chosen[loudness[chosen] > 0.0])
        if len(chosen):
            weights = loudness[chosen]
            middle = float(np.sum(weights * (chosen + 0.5)) / weights.sum() * NEAR_BLOCK)
            groups.append(
                Group(tuple(int(block) * NEAR_BLOCK for block in chosen), middle, float(weights.sum()))
            )
    return groups


def sensible_lags(reference_frames: int, stem: Signal, limit: int | None) -> range:
    """Find the lags at which at least half of the stem's energy lies inside the reference.

    When the reference is too short for half of it, half of what can lie inside at best is asked for.

    Args:
        reference_frames: the reference's length.
        stem: not silent.
        limit: the largest shift to consider, either way.

    """
    passed = np.concatenate([[0.0], np.cumsum(energies(stem, ENERGY_BLOCK))])
    lags = np.arange(-stem.frames, reference_frames + ENERGY_BLOCK, ENERGY_BLOCK)
    positions = np.arange(len(passed)) * ENERGY_BLOCK
    inside = np.interp(reference_frames - lags, positions, passed) - np.interp(-lags, positions, passed)
    enough = lags[inside >= min(0.5 * passed[-1], 0.5 * inside.max())]
    low, high = int(enough[0]), int(enough[-1]) + 1
    if limit is not None:
        low, high = max(low, -limit), min(high, limit + 1)
    return range(low, max(low + 1, high))


def _over(reference: Signal, stem: Signal, lags: range) -> Curve:
    block = max(1, min(stem.frames, MOST_TRANSFORM - len(lags)))
    size = int(fft.next_fast_len(block + len(lags), real=True))
    total = np.zeros((1, size // 2 + 1), np.complex64)
    for span in stretches(stem.frames, block):
        total += _product(reference, stem, span, lags, size).sum(axis=0)
    curve: Curve = fft.irfft(total[0], n=size)[: len(lags)]
    return curve


def _product(
    reference: Signal, stem: Signal, span: tuple[int, int], lags: range, size: int
) -> NDArray[np.complex64]:
    """Return the cross spectrum of a part of the stem with what may lie under it; shape (channels, bins)."""
    start, stop = span
    around = reference.read(start + lags[0], stop + lags[-1])
    part = stem.read(start, stop)
    rows = [
        fft.rfft(around[:, one], n=size) * fft.rfft(part[:, one], n=size).conj()
        for one in range(stem.channels)
    ]
    return np.stack(rows)


def _parts(lags: range, size: int) -> list[range]:
    return [lags[start:stop] for start, stop in stretches(len(lags), size)]
