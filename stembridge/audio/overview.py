"""Overview: the shape of a sound of any length in a fixed number of columns, for drawing.

A column holds the lowest and the highest sample of all channels and their root mean square. Memory does not grow
with the sound, and each sample is looked at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stembridge.audio.sound import Block
from stembridge.errors import AudioError
from stembridge.units import Samples

COLUMNS = 1_000


@dataclass(frozen=True, eq=False)
class Overview:
    """A sound in columns of equal length, each array of shape ``(columns,)``, full scale at 1.0.

    Attributes:
        lowest: the lowest sample of each column.
        highest: the highest.
        rms: the root mean square over all channels.

    """

    lowest: NDArray[np.float32]
    highest: NDArray[np.float32]
    rms: NDArray[np.float32]

    def reduced(self, columns: int) -> "Overview":
        """Return the same sound in at most this many columns, at least one."""
        count = len(self.lowest)
        if count <= max(1, columns):
            return self
        starts = np.arange(max(1, columns)) * count // max(1, columns)
        sizes = np.diff(starts, append=count)
        squares = np.add.reduceat(np.square(self.rms, dtype=np.float64), starts)
        return Overview(
            np.minimum.reduceat(self.lowest, starts),
            np.maximum.reduceat(self.highest, starts),
            np.sqrt(squares / sizes).astype(np.float32),
        )


class OverviewBuilder:
    """Makes an overview while a sound of known length streams by.

    Example:
        >>> builder = OverviewBuilder(frames)
        >>> for block in blocks:
        ...     builder.add(block)
        >>> builder.result().highest.max()

    """

    def __init__(self, frames: Samples, *, columns: int = COLUMNS) -> None:
        """Start an overview.

        Args:
            frames: the length of the whole sound.
            columns: how many columns are wanted; a sound with fewer frames has one for each.

        """
        self._frames = frames
        self._edges = _edges(frames, min(columns, frames))
        self._lowest = np.full(len(self._edges) - 1, np.inf, np.float32)
        self._highest = np.full(len(self._edges) - 1, -np.inf, np.float32)
        self._squares = np.zeros(len(self._edges) - 1)
        self._seen = 0

    def add(self, block: Block) -> None:
        """Look at the next block.

        Args:
            block: float32, shape (frames, channels), full scale at 1.0; not kept.

        Raises:
            AudioError: if there is more sound than was said.

        """
        if self._seen + len(block) > self._frames:
            raise AudioError(f"There is more sound than the {self._frames} frames that were announced.")
        for column, part in self._parts(block):
            flat = part.reshape(-1)
            self._lowest[column] = min(self._lowest[column], flat.min())
            self._highest[column] = max(self._highest[column], flat.max())
            self._squares[column] += float(np.dot(flat, flat)) / block.shape[1]
        self._seen += len(block)

    def result(self) -> Overview:
        """Return the overview.

        Raises:
            AudioError: if there was less sound than was said.

        """
        if self._seen != self._frames:
            raise AudioError(f"There are {self._seen} frames of sound where {self._frames} were announced.")
        rms = np.sqrt(self._squares / np.maximum(1, np.diff(self._edges)))
        return Overview(self._lowest.copy(), self._highest.copy(), rms.astype(np.float32))

    def _parts(self, block: Block) -> Iterator[tuple[int, Block]]:
        """Cut a block where columns begin: each column's number and its frames."""
        start = self._seen
        column = int(np.searchsorted(self._edges, start, side="right")) - 1
        while start < self._seen + len(block):
            end = min(int(self._edges[column + 1]), self._seen + len(block))
            yield column, block[start - self._seen : end - self._seen]
            start, column = end, column + 1


def _edges(frames: int, columns: int) -> NDArray[np.int64]:
    """Return where each column begins, and the end of the last: whole frames, as equal as can be."""
    return np.array([frames * column // max(1, columns) for column in range(columns + 1)], np.int64)
