"""Segments side by side on one device, in order, with an answer to too little memory."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from types import TracebackType

import numpy as np
import torch

from stembridge.errors import SeparationError
from stembridge.separators.demucs.network import Audio, Network
from stembridge.separators.demucs.overlap import Segment


@dataclass(frozen=True)
class Task:
    """Segments of one pass that go through its network together.

    Attributes:
        index: which pass it is of.
        network: its network.
        sources: the sources to return.
        segments: what they are.
        sounds: for each of them, whether it is more than silence.
        batch: what the network hears, shape (those that sound, channels, frames); None when none does.

    """

    index: int
    network: Network
    sources: tuple[int, ...]
    segments: tuple[Segment, ...]
    sounds: tuple[bool, ...]
    batch: Audio | None


class Lanes:
    """Runs tasks, several at a time, and hands their answers out in the order they came in.

    On a CPU two segments on one thread each take less time than one after the other on two threads; on a GPU one
    lane with batches does.
    """

    def __init__(self, count: int, *, threads: int | None) -> None:
        """Open the lanes: ``count`` of them, of ``threads`` torch threads each (None: as torch has it)."""
        self._ahead = (
            count + 1
        )  # one waits, so that no lane does while the answers of another are put together
        self._pool = ThreadPoolExecutor(count, "demucs", initializer=partial(_set_threads, threads))

    def __enter__(self) -> "Lanes":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def run(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Audio | None]]:
        """Yield each task with its answer, shape (segments, sources, channels, frames).

        Raises:
            SeparationError: ``out-of-memory`` when even one segment alone does not fit.

        """
        running: deque[tuple[Task, Future[Audio | None]]] = deque()
        for task in tasks:
            while len(running) >= self._ahead:
                yield self._finish(running)
            running.append((task, self._pool.submit(_run, task)))
        while running:
            yield self._finish(running)

    def _finish(self, running: deque[tuple[Task, Future[Audio | None]]]) -> tuple[Task, Audio | None]:
        task, future = running.popleft()
        try:
            return task, future.result()
        except MemoryError:
            wait([other for _, other in running])
            self._ahead = 1
            return task, self._pool.submit(_run_smaller, task).result()


def _set_threads(threads: int | None) -> None:
    """Set how many threads torch uses for work that the calling thread starts."""
    if threads:
        torch.set_num_threads(threads)


def _run(task: Task) -> Audio | None:
    return None if task.batch is None else task.network.run(task.batch, task.sources)


def _run_smaller(task: Task) -> Audio:
    """Run a task alone on the machine, in ever smaller parts."""
    assert task.batch is not None
    size = max(1, len(task.batch) // 2)
    while True:
        try:
            parts = range(0, len(task.batch), size)
            return np.concatenate(
                [task.network.run(task.batch[part : part + size], task.sources) for part in parts]
            )
        except MemoryError as error:
            if size == 1:
                raise SeparationError(
                    "There is not enough memory for one segment of this model.",
                    code="out-of-memory",
                    hint="Close other programs, use the device `cpu`, or a smaller model.",
                    retryable=True,
                ) from error
            size //= 2
