"""Segments of one member: which stretches it hears, and the overlap-add of what it answers.

The same segments, context and triangular weights as ``demucs.apply.apply_model`` with ``transition_power`` 1, so
that the results agree, but as a stream: what no later segment touches leaves at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stembridge.separators.demucs.network import Network

Audio = NDArray[np.float32]


@dataclass(frozen=True)
class Segment:
    """A stretch of the stream, in frames at the model's rate.

    Attributes:
        offset: where it starts; negative where a random shift put silence before the stream.
        frames: how much of the answer counts.
        start: where the stretch that the network hears starts: it is wider where the network wants more.
        heard: how many frames the network hears.

    """

    offset: int
    frames: int
    start: int
    heard: int


@dataclass(frozen=True)
class Pass:
    """One member going over the whole stream once.

    Attributes:
        network: the member.
        sources: which of its sources are wanted.
        columns: the wanted stem that each of them is.
        shares: their shares in those stems, all members and shifts together being 1.
        first: where its first segment starts: 0, or less for a random shift.
        length: the frames of the stream.
        overlap: the part of a segment that the next one covers again, from 0 to under 1.

    """

    network: Network
    sources: tuple[int, ...]
    columns: tuple[int, ...]
    shares: tuple[float, ...]
    first: int
    length: int
    overlap: float

    @property
    def stride(self) -> int:
        """Frames from one segment to the next."""
        return max(1, int((1 - self.overlap) * self.network.segment))

    @property
    def count(self) -> int:
        """How many segments there are."""
        return len(range(self.first, self.length, self.stride))

    def segments(self) -> Iterator[Segment]:
        """Yield the segments in order."""
        for offset in range(self.first, self.length, self.stride):
            frames = min(self.network.segment, self.length - offset)
            heard = self.network.heard(frames)
            yield Segment(offset, frames, offset - (heard - frames) // 2, heard)


class OverlapAdd:
    """Puts the answers of one pass together, in order."""

    def __init__(self, plan: Pass, channels: int) -> None:
        """Start with nothing."""
        size = plan.network.segment
        rising, falling = np.arange(1, size // 2 + 1), np.arange(size - size // 2, 0, -1)
        ramp = np.concatenate([rising, falling]).astype(np.float32)
        self._ramp: Audio = ramp / ramp.max()
        self._plan = plan
        self._sum = np.zeros((len(plan.sources), channels, size), np.float32)
        self._weight = np.zeros(size, np.float32)

    def add(self, segment: Segment, answer: Audio | None) -> Audio:
        """Add the answer for a segment and return what is complete.

        Args:
            segment: the next one of the pass.
            answer: shape (sources, channels, segment.frames), used up here; None for silence.

        Returns:
            Shape (sources, channels, frames): what follows on what was returned before.

        """
        ramp = self._ramp[: segment.frames]
        if answer is not None:
            self._sum[..., : segment.frames] += np.multiply(answer, ramp, out=answer)
        self._weight[: segment.frames] += ramp
        last = segment.offset + self._plan.stride >= self._plan.length
        done = segment.frames if last else self._plan.stride
        complete: Audio = self._sum[..., :done] / self._weight[:done]
        for kept in (self._sum, self._weight):
            kept[..., :-done] = kept[..., done:]
            kept[..., -done:] = 0.0
        return complete


class Mixer:
    """Adds the passes up, each by its share, and hands out what all of them have reached."""

    def __init__(self, passes: tuple[Pass, ...], stems: int, channels: int) -> None:
        """Start with nothing."""
        self._passes = passes
        self._reached = [each.first for each in passes]
        self._start = 0
        self._mix = np.zeros((stems, channels, 0), np.float32)

    def add(self, index: int, complete: Audio) -> Audio:
        """Add what a pass has completed; return what is complete in all, shape (stems, channels, frames)."""
        plan, start = self._passes[index], self._reached[index]
        self._reached[index] += complete.shape[-1]
        heard = complete[..., max(0, -start) :]
        begin = max(0, start) - self._start
        end = begin + heard.shape[-1]
        self._grow(end)
        for source, (column, share) in enumerate(zip(plan.columns, plan.shares, strict=True)):
            part = heard[source] if share == 1.0 else np.float32(share) * heard[source]
            self._mix[column, :, begin:end] += part
        return self._take(max(0, min(self._reached)) - self._start)

    def _grow(self, frames: int) -> None:
        stems, channels, held = self._mix.shape
        if frames > held:
            more = np.zeros((stems, channels, frames - held), np.float32)
            self._mix = np.concatenate([self._mix, more], axis=-1)

    def _take(self, frames: int) -> Audio:
        taken, self._mix = self._mix[..., :frames], self._mix[..., frames:].copy()
        self._start += frames
        return taken
