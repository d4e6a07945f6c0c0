"""Explanations by a figure each of several stems at once: gains, signs and shifts, fitted together; pure.

Two faults hide each other: each alone leaves the other, and something with many free figures seems to explain both.
So all gains are fitted at once, and stems that stand out of place are found one by one in what those leave, as
orthogonal matching pursuit does (Pati, Rezaiifar and Krishnaprasad 1993). A handful of figures that brings the set
down to its floor is no chance; one that does not says nothing here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from stembridge.stages.causes.evidence import Evidence
from stembridge.stages.causes.explanation import Explanation, Kind
from stembridge.stages.causes.gains import AUDIBLE_DB, EXACT_DB, Measured, gain_db, gram, one_stem
from stembridge.stages.causes.shifts import folded, late, loudest
from stembridge.stages.moved import Moved
from stembridge.stages.peaks import between_samples
from stembridge.stages.signals import Signal
from stembridge.stages.sums import Cached, Scaled, Sum

MOST_MOVED = 3
SPANS = 1
"""Pieces in which a shift is looked for; the fit over all pieces decides."""
TRIED = 2
"""Stems whose shift is tried in earnest, of those that fit best."""
LEAST_SHARE = 0.1
"""A shift that explains less than this of what is left is none."""
LEFT_BEHIND = 0.1
"""A stem that was moved leaves less than this of itself where it was."""
DOUBTFUL = 0.3
"""The same while others may still have to be moved."""
ONE = 0.995
"""Two stems with more in common than this are one, and which of them is wrong cannot be told."""
LEAST_OWN = 1e-9
FEW_DB = (-20.0, -20.0, -30.0)
"""What none, one or two stems must bring the set down to; what one more figure explains may be chance."""
MANY_DB = -40.0
"""The same for more of them."""

Curve = NDArray[np.float64]


@dataclass(frozen=True)
class _Move:
    """A stem heard somewhere else: what it is moved by, in samples."""

    stem: int
    by: float


@dataclass(frozen=True, eq=False)
class _Fit:
    """What gains of stems, where they are and where they are moved to, leave together.

    Attributes:
        moves: stems that are moved, too.
        changes: what is added to the gain of each stem where it is, by stem.
        factors: the gain of each moved one, in the order of ``moves``.
        left_db: what is left, against what was.

    """

    moves: tuple[_Move, ...]
    changes: dict[int, float]
    factors: tuple[float, ...]
    left_db: float


def explain_together(
    evidence: Evidence, measured: Measured, heard: Sequence[int], limit: int
) -> tuple[Explanation, ...]:
    """Find the stems, each with its figure, that together leave nothing.

    Args:
        evidence: what is left.
        measured: the products of the stems.
        heard: the stems that sound.
        limit: the largest shift, either way, in samples.

    Returns:
        One explanation a stem, that which explains most first; nothing where they do not reach the floor, or
        where two stems are the same.

    """
    if len(heard) < 2 or _alike(measured, heard):
        return ()
    fit = _fitted(evidence, heard, ())
    while fit.left_db > EXACT_DB and len(fit.moves) < min(MOST_MOVED, len(heard)):
        further = _with_another(evidence, heard, fit, limit)
        if further is None or _stay(further, DOUBTFUL):
            return ()
        fit = further
    told = _told(measured, fit) if fit.left_db <= EXACT_DB else ()
    floor_db = FEW_DB[len(told)] if len(told) < len(FEW_DB) else MANY_DB
    return _as_gains(told, fit) if fit.left_db <= floor_db else ()


def _alike(measured: Measured, heard: Sequence[int]) -> bool:
    rows = [1 + index for index in heard]
    products = measured.products[np.ix_(rows, rows)]
    scale = np.sqrt(np.diag(products))
    common = np.abs(products / np.outer(scale, scale)) - np.eye(len(rows))
    return bool(common.max() > ONE)


def _fitted(evidence: Evidence, heard: Sequence[int], moves: tuple[_Move, ...]) -> _Fit:
    """Fit all gains at once, away from the ends that moved stems were cut off at."""
    moved = [Moved(evidence.stems[move.stem], move.by) for move in moves]
    inside = _whole(evidence, moves)
    products = gram(evidence, (evidence.left, *(evidence.stems[index] for index in heard), *moved), inside)
    measured = Measured(products, 0)
    count = len(products) - 1
    found = measured.changes(range(count))
    kept = dict(zip(heard, found[: len(heard)].tolist(), strict=True))
    return _Fit(moves, kept, tuple(found[len(heard) :].tolist()), measured.left_db(found))


def _whole(evidence: Evidence, moves: tuple[_Move, ...]) -> tuple[int, int]:
    """Return the part of the mix in which all moved stems sound to their ends, in frames."""
    first = max((int(np.ceil(move.by)) for move in moves), default=0)
    last = max((int(np.ceil(-move.by)) for move in moves), default=0)
    return max(0, first), evidence.mix.frames - max(0, last)


def _with_another(evidence: Evidence, heard: Sequence[int], fit: _Fit, limit: int) -> _Fit | None:
    """Move one more stem: that which then leaves least."""
    left = _left(evidence, fit)
    places = [
        (index, *_place(evidence, left, evidence.stems[index], limit))
        for index in heard
        if index not in {move.stem for move in fit.moves}
    ]
    likely = sorted(places, key=lambda place: -place[2])[:TRIED]
    tries = [
        _fitted(evidence, heard, (*fit.moves, _Move(index, by)))
        for index, lag, share in likely
        if share > LEAST_SHARE
        for by in sorted({float(round(lag)), lag})
    ]
    return min(tries, key=lambda each: each.left_db, default=None)


def _left(evidence: Evidence, fit: _Fit) -> Signal:
    taken = [Scaled(evidence.stems[index], -change) for index, change in fit.changes.items()]
    moved = [
        Scaled(Moved(evidence.stems[move.stem], move.by), -factor)
        for move, factor in zip(fit.moves, fit.factors, strict=True)
    ]
    return Cached.of(Sum((evidence.left, *taken, *moved), evidence.mix.channels), evidence.spans)


def _place(evidence: Evidence, left: Signal, stem: Signal, limit: int) -> tuple[float, float]:
    """Find where else a stem may be: its shift in samples, and the share of what is left that it explains there.

    What is left holds nothing of the stem where it is, so of the stem elsewhere it holds no more than what that
    has not in common with it: the likeness is held against this.
    """
    shared, own = np.zeros(2 * limit + 1), np.zeros(2 * limit + 1)
    around, target, level = np.zeros(2 * limit + 1), 0.0, 0.0
    for start, stop in loudest(evidence, stem, SPANS):
        here, there = _mono(left.read(start, stop)), _mono(stem.read(start - limit, stop + limit))
        still, length = there[limit : limit + stop - start], stop - start
        size = int(fft.next_fast_len(len(there), real=True))
        spectrum = fft.rfft(there, n=size)
        for signal, sums in ((here, shared), (still, own)):
            product = fft.irfft(fft.rfft(signal, n=size).conj() * spectrum, n=size)
            sums += product[: 2 * limit + 1][::-1]
        passed = np.concatenate([[0.0], np.cumsum(np.square(there))])
        around += (passed[length:] - passed[:-length])[::-1]
        target, level = target + float(here @ here), level + float(still @ still)
    likeness = _held_against(shared, own, np.maximum(around, 1e-4 * around.max() + 1e-20), target, level)
    likeness[limit] = 0.0
    peak = between_samples(likeness, int(np.abs(likeness).argmax()))
    return peak.lag - limit, peak.height**2


def _held_against(shared: Curve, own: Curve, around: Curve, target: float, level: float) -> Curve:
    common = np.square(own) / (around * max(level, 1e-20))
    likeness: Curve = shared / np.sqrt(around * max(target, 1e-20) * np.maximum(1.0 - common, LEAST_OWN))
    return likeness


def _mono(block: NDArray[np.float32]) -> Curve:
    return folded(block).astype(np.float64)


def _stay(fit: _Fit, most: float) -> bool:
    """Tell stems that are heard where they are, too: echoes, not shifts."""
    return any(abs(1.0 + fit.changes[move.stem]) > most for move in fit.moves)


def _told(measured: Measured, fit: _Fit) -> tuple[Explanation, ...]:
    """Name each stem that is off; nothing where one stem is heard in two places."""
    if _stay(fit, LEFT_BEHIND):
        return ()
    moved = {move.stem: (move.by, factor) for move, factor in zip(fit.moves, fit.factors, strict=True)}
    told = []
    for index, change in fit.changes.items():
        weight = change * change * measured.products[1 + index, 1 + index]
        if index in moved:
            told.append((weight, late(Kind.LATE, (index,), *moved[index], fit.left_db)))
        elif 1.0 + change < 0.0 or abs(gain_db(1.0 + change)) > AUDIBLE_DB:
            told.append((weight, one_stem(index, 1.0 + change, fit.left_db)))
    return tuple(each for _, each in sorted(told, key=lambda pair: -pair[0]))


def _as_gains(told: tuple[Explanation, ...], fit: _Fit) -> tuple[Explanation, ...]:
    """Tell gains of several stems, and nothing else, in one."""
    if len(told) < 2 or any(each.kind is not Kind.GAIN for each in told):
        return told
    in_order = sorted(told, key=lambda each: each.stems)
    more = tuple((f"stem {each.stems[0]}", each.value or 0.0) for each in in_order)
    stems = tuple(each.stems[0] for each in in_order)
    return (Explanation(Kind.GAINS, stems, fit.left_db, more=more),)
