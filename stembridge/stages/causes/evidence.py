"""The parts of a set that are looked at closely, and what is left in them; pure.

A minute tells what an hour would. It is taken where most is left, in pieces of ten seconds, so that the search for
a cause costs the same for a reel as for a song.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from stembridge.audio.sound import Block
from stembridge.stages.moved import Moved
from stembridge.stages.null import SILENCE, Null
from stembridge.stages.signals import Signal, like
from stembridge.stages.sums import Cached, Difference, Sum
from stembridge.stages.whitening import Frames, Spectra
from stembridge.units import Hertz

PIECE_S = 10
MOST_PIECES = 6
MOST_BINS = 64
STRETCH = 1 << 16

Bins = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Evidence:
    """A set, and the pieces of it that are looked at.

    Attributes:
        mix: the mix.
        stems: with its channels, in their places.
        rate: frames a second of all.
        pieces: whole seconds, (first, last exclusive).

    """

    mix: Signal
    stems: tuple[Signal, ...]
    rate: Hertz
    pieces: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, mix: Signal, stems: tuple[Signal, ...], rate: Hertz, null: Null) -> "Evidence":
        """Choose the pieces in which most is left."""
        chosen = cls(mix, (), rate, choose_pieces(null))
        return replace(chosen, stems=tuple(_at_hand(like(stem, mix), chosen.spans) for stem in stems))

    @cached_property
    def grid(self) -> Frames:
        """The short-time spectra."""
        return Frames.at(self.rate)

    @cached_property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """The pieces in samples."""
        return tuple(
            (first * self.rate, min(last * self.rate, self.mix.frames)) for first, last in self.pieces
        )

    @cached_property
    def frames(self) -> tuple[tuple[int, int], ...]:
        """The pieces in frames of the grid."""
        hop = self.grid.hop
        return tuple((start // hop, max(start // hop + 1, stop // hop)) for start, stop in self.spans)

    @cached_property
    def total(self) -> Signal:
        """The sum of the stems."""
        return Sum(self.stems, self.mix.channels)

    @cached_property
    def left(self) -> Signal:
        """What the sum leaves of the mix, in memory where the pieces are."""
        return Cached.of(Difference(self.mix, self.total), self.spans)

    @cached_property
    def bins(self) -> Bins:
        """Bins of the spectrum that stand for equal shares of what is left; a strong one stands several times."""
        power = sum(
            np.square(np.abs(self.grid.analyse(self.left, first, last))).sum(axis=(0, 1))
            for first, last in self.frames
        )
        passed = np.cumsum(power) / max(float(np.sum(power)), 1e-30)
        shares = (np.arange(MOST_BINS) + 0.5) / MOST_BINS
        return np.searchsorted(passed, shares)

    @cached_property
    def left_spectra(self) -> list[Spectra]:
        """What is left, in the chosen bins."""
        return self.spectra(self.left, self.bins)

    @cached_property
    def energy(self) -> float:
        """What is left in the pieces."""
        return sum(float(np.square(block, dtype=np.float64).sum()) for block in self.blocks(self.left))

    def blocks(self, signal: Signal, inside: tuple[int, int] | None = None) -> Iterator[Block]:
        """Read a signal over the pieces, in blocks; of them only what is inside (first, last exclusive)."""
        for start, stop in self.stretches(inside):
            yield signal.read(start, stop)

    def stretches(self, inside: tuple[int, int] | None = None) -> Iterator[tuple[int, int]]:
        """Cut the pieces into blocks: the first frame of each, and one past its last."""
        first, last = inside or (0, self.mix.frames)
        for start, stop in self.spans:
            for at in range(max(start, first), min(stop, last), STRETCH):
                yield at, min(stop, last, at + STRETCH)

    def spectra(self, signal: Signal, bins: Bins, *, back: int = 0, ahead: int = 0) -> list[Spectra]:
        """Transform each piece, with frames before and after it; shape (channels, times, len(bins))."""
        return [
            self.grid.analyse(signal, first - back, last + ahead)[..., bins] for first, last in self.frames
        ]


def _at_hand(stem: Signal, spans: tuple[tuple[int, int], ...]) -> Signal:
    """Keep in memory what is slow to make: a stem whose clock is corrected."""
    return Cached.of(stem, spans) if isinstance(stem, Moved) and stem.drift else stem


def choose_pieces(null: Null) -> tuple[tuple[int, int], ...]:
    """Choose the tens of seconds in which most is left, in their order."""
    count = len(null.seconds)
    levels = 10.0 ** (np.array(null.seconds) / 10.0)
    starts = np.arange(0, count, PIECE_S)
    loudness = np.add.reduceat(levels, starts)
    chosen = np.sort(np.argsort(-loudness, kind="stable")[:MOST_PIECES])
    return tuple(_sounding(null, int(starts[at]), min(count, int(starts[at]) + PIECE_S)) for at in chosen)


def _sounding(null: Null, first: int, last: int) -> tuple[int, int]:
    """Leave out whole seconds at both ends in which nothing is left."""
    loud = [second for second in range(first, last) if null.seconds[second] > SILENCE]
    return (loud[0], loud[-1] + 1) if loud else (first, last)
