"""Explanations by a filter: a short one is an equaliser, a long one the tail of an effect; pure.

In each bin of the short-time spectrum what is left is predicted from frames of a source, before and after
(convolutive transfer functions, Avargel and Cohen 2007), by regularised least squares. It is fitted on one half of
the song and judged on the other, by turns: what holds there too is a filter, what does not was chance.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stembridge.stages.causes.evidence import Evidence
from stembridge.stages.signals import Signal

SHORT = (-1, 1)
"""Frames of 43 ms: from one after to one before."""
LONG_S = 1.5
TURN_S = 4.0
RIDGE = 1e-3

Rows = NDArray[np.complex64]
"""Shape (bins, rows, times): what predicts, or what is predicted."""


@dataclass(frozen=True, eq=False)
class Source:
    """The frames that predict.

    Attributes:
        pieces: one array a piece.
        linked: one filter serves all channels, whose times then follow each other; else each channel of what
            is left gets its own filter.

    """

    pieces: tuple[Rows, ...]
    linked: bool

    def joined(self, other: "Source") -> "Source":
        """Predict from both."""
        pairs = zip(self.pieces, other.pieces, strict=True)
        return Source(tuple(np.concatenate(pair, axis=1) for pair in pairs), self.linked)


def short(evidence: Evidence, signal: Signal) -> Source:
    """Gather the frames around each, with one filter for all channels: an equaliser."""
    return _gathered(evidence, signal, SHORT, linked=True)


def long(evidence: Evidence, signal: Signal) -> Source:
    """Gather the frames of the last second and a half, channels folded: a reverb or a delay."""
    back = round(LONG_S * evidence.rate / evidence.grid.hop)
    return _gathered(evidence, signal, (0, back), linked=False)


def share_left(evidence: Evidence, source: Source) -> float:
    """Return the share of what is left that filters fitted on the other half of the song do not explain."""
    halves = [_products(evidence, source, half) for half in (0, 1)]
    error = np.zeros(len(evidence.bins))
    for half, other in ((0, 1), (1, 0)):
        sources, shared, energy = halves[half]
        weights = _fitted(*halves[other][:2])
        explained = np.einsum("bkc,bkc->b", weights.conj(), shared).real
        filtered = np.einsum("bkc,bkc->b", weights.conj(), sources @ weights).real
        error += energy - 2.0 * explained + filtered
    whole = halves[0][2] + halves[1][2]
    return float(np.mean(np.minimum(1.0, error / np.maximum(whole, 1e-30))))


def share_recent(evidence: Evidence, source: Source, sends: int) -> float:
    """Return the share of a long filter's energy in the nearer half of its time.

    What repeats itself, as loops do, can be had from anything else that repeats by filters which hold in both
    halves of the song. But those ring as loudly at their end as at their start; a tail dies away.

    Args:
        evidence: what is left.
        source: from ``long``, joined or not.
        sends: how many were joined.

    """
    (sources, shared, _), (others, also, _) = (_products(evidence, source, half) for half in (0, 1))
    weights = _fitted(sources + others, shared + also)
    power = np.einsum("bkk->bk", sources + others).real
    energy = np.square(np.abs(weights)).sum(axis=2) * power
    by_lag = (energy / np.maximum(energy.sum(axis=1, keepdims=True), 1e-30)).mean(axis=0)
    oldest_first = by_lag.reshape(sends, -1).sum(axis=0)
    return float(oldest_first[len(oldest_first) // 2 :].sum() / max(by_lag.sum(), 1e-30))


def _gathered(evidence: Evidence, signal: Signal, taps: tuple[int, int], *, linked: bool) -> Source:
    ahead, back = max(0, -taps[0]), max(0, taps[1])
    pieces = []
    for piece in evidence.spectra(signal, evidence.bins, back=back, ahead=ahead):
        channels = piece if linked else piece.mean(axis=0, keepdims=True)
        views = np.lib.stride_tricks.sliding_window_view(channels, back + ahead + 1, axis=1)
        pieces.append(np.concatenate([view.transpose(1, 2, 0) for view in views], axis=2))
    return Source(tuple(np.ascontiguousarray(piece) for piece in pieces), linked)


def _products(
    evidence: Evidence, source: Source, half: int
) -> tuple[NDArray[np.complex128], NDArray[np.complex128], NDArray[np.float64]]:
    """Return products of sources with each other and with the target in a half of the song, and its energy."""
    parts = []
    for rows, aims, turns in zip(
        source.pieces, _aims(evidence, linked=source.linked), _turns(evidence), strict=True
    ):
        chosen = np.tile(turns == half, aims.shape[2] // len(turns))
        own, aim = rows[:, :, chosen], aims[:, :, chosen]
        flipped = own.conj()
        energy = np.square(np.abs(aim)).sum(axis=(1, 2), dtype=np.float64)
        parts.append((flipped @ own.transpose(0, 2, 1), flipped @ aim.transpose(0, 2, 1), energy))
    products, shared, energies = (sum(part) for part in zip(*parts, strict=True))
    return np.asarray(products, np.complex128), np.asarray(shared, np.complex128), np.asarray(energies)


def _aims(evidence: Evidence, *, linked: bool) -> list[Rows]:
    if linked:
        return [piece.transpose(2, 0, 1).reshape(piece.shape[2], 1, -1) for piece in evidence.left_spectra]
    return [np.ascontiguousarray(piece.transpose(2, 0, 1)) for piece in evidence.left_spectra]


def _turns(evidence: Evidence) -> list[NDArray[np.int64]]:
    """Say which half of the song each frame belongs to: four seconds the one, four the other."""
    counts = [piece.shape[1] for piece in evidence.left_spectra]
    turn_s = min(TURN_S, sum(counts) * evidence.grid.hop / evidence.rate / 6.0)
    turn = max(1, round(turn_s * evidence.rate / evidence.grid.hop))
    every = np.arange(sum(counts)) // turn % 2
    return np.split(every, np.cumsum(counts)[:-1])


def _fitted(sources: NDArray[np.complex128], shared: NDArray[np.complex128]) -> NDArray[np.complex128]:
    size = sources.shape[-1]
    power = np.trace(sources, axis1=1, axis2=2).real / size
    steady = sources + (RIDGE * power + 1e-20)[:, None, None] * np.eye(size)
    return np.asarray(np.linalg.solve(steady, shared), np.complex128)
