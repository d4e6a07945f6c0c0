"""A stream at the model's rate through the members of a model, segment by segment, in bounded memory."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice

import numpy as np

from stembridge.separators.demucs.lanes import Lanes, Task
from stembridge.separators.demucs.network import Audio
from stembridge.separators.demucs.overlap import Mixer, OverlapAdd, Pass, Segment
from stembridge.separators.demucs.stream import Level, Window


@dataclass(frozen=True)
class Loop:
    """Everything about one separation at the model's rate.

    Attributes:
        passes: the members, once for each shift.
        level: of the mix.
        channels: of the mix, 1 or 2.
        stems: how many are wanted.
        batch: segments that go through a network together.

    """

    passes: tuple[Pass, ...]
    level: Level
    channels: int
    stems: int
    batch: int

    def run(self, window: Window, lanes: Lanes, progress: Callable[[float], None]) -> Iterator[Audio]:
        """Separate; yield the stems, shape (stems, channels, frames), in order and without a gap.

        Args:
            window: the mix at the model's rate.
            lanes: where the networks run.
            progress: told the part that is done after every segment; what it raises ends the work.

        """
        adders = [OverlapAdd(each, self.channels) for each in self.passes]
        mixer = Mixer(self.passes, self.stems, self.channels)
        total, done = sum(each.count for each in self.passes), 0
        for task, answers in lanes.run(self._tasks(window)):
            for segment, answer in zip(task.segments, self._restored(task, answers), strict=True):
                complete = adders[task.index].add(segment, answer)
                yield mixer.add(task.index, complete)
                done += 1
            progress(done / total)

    def _tasks(self, window: Window) -> Iterator[Task]:
        """Make the tasks of all passes, the earliest in the stream first."""
        context = max(each.network.heard(each.network.segment) for each in self.passes)
        for offset, index, segments in heapq.merge(*map(self._groups, range(len(self.passes)))):
            window.forget(offset - context)
            heard = [self._hear(window, each, self.passes[index]) for each in segments]
            sounding = [each for each in heard if each is not None]
            yield Task(
                index=index,
                network=self.passes[index].network,
                sources=self.passes[index].sources,
                segments=segments,
                sounds=tuple(each is not None for each in heard),
                batch=np.stack(sounding) if sounding else None,
            )

    def _groups(self, index: int) -> Iterator[tuple[int, int, tuple[Segment, ...]]]:
        """Group the segments of a pass that may go through its network together."""
        for _, alike in groupby(self.passes[index].segments(), key=lambda each: each.heard):
            while group := tuple(islice(alike, self.batch)):
                yield group[0].offset, index, group

    def _hear(self, window: Window, segment: Segment, plan: Pass) -> Audio | None:
        """Return what the network hears, shape (channels, frames), or None for a segment of silence."""
        start, end = max(0, segment.start), min(plan.length, segment.start + segment.heard)
        mix = window.read(start, end)
        if self.level.silent or (end - start >= plan.network.segment and not mix.any()):
            return None
        heard = np.zeros((self.channels, segment.heard), np.float32)
        normal = (mix - np.float32(self.level.mean)) / np.float32(self.level.spread)
        heard[:, start - segment.start : end - segment.start] = normal.T
        return heard

    def _restored(self, task: Task, answers: Audio | None) -> Iterator[Audio | None]:
        """Yield the answer for each segment at the level of the mix, shape (sources, channels, frames)."""
        given = iter(() if answers is None else answers)
        for segment, sounds in zip(task.segments, task.sounds, strict=True):
            if not sounds:
                yield None
                continue
            skip = (segment.heard - segment.frames) // 2
            answer = next(given)[..., skip : skip + segment.frames]
            answer *= np.float32(self.level.spread)
            answer += np.float32(self.level.mean)
            yield answer
