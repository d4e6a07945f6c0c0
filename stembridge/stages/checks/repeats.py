"""Repeated blocks: a buffer that was played twice, so that the sound equals itself one buffer earlier.

A steady tone whose period fits the buffer equals itself, too, but for as long as it lasts; a repeated buffer ends
after a whole number of buffers.
"""

from collections.abc import Iterator

import numpy as np

from stembridge.stages.checks.subject import Audio, Chunk, Subject
from stembridge.stages.finding import Finding
from stembridge.units import Decibels, decibels_to_amplitude

BUFFERS = (64, 128, 256, 512, 1024, 2048, 4096, 441, 480, 882, 960)
STRIDES = (9, 8)
"""Only every eighth or ninth frame is compared first, whichever the buffer is a multiple of."""

MOST_TIMES = 3
SLACK = 2
MOST_A_MINUTE = 20.0
MOST_RUNS = 200
"""Runs of one stretch that are looked at: more is a tone."""


class Repeats:
    """Compares the sound with itself, one buffer earlier, at a few frames first."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._level = decibels_to_amplitude(Decibels(subject.check.dropouts.level))
        self._tail: Audio = np.zeros((subject.sound.format.channels, 0), np.float32)
        self._found: dict[int, int] = {}

    def hear(self, chunk: Chunk) -> None:
        """Take the next stretch, with the end of the one before in front of it."""
        window = np.concatenate((self._tail, chunk.audio), axis=1)
        offset = chunk.start - self._tail.shape[1]
        for samples in window:
            for buffer in BUFFERS:
                for at in self._repeated(samples, buffer):
                    self._found.setdefault(offset + at, buffer)
        self._tail = window[:, -(2 * MOST_TIMES + 1) * max(BUFFERS) :]

    def findings(self) -> Iterator[Finding]:
        """Report the repeated blocks, unless there are so many that the sound is made of them."""
        minutes = max(1.0, self._subject.sound.duration / 60.0)
        if not self._found or len(self._found) > MOST_A_MINUTE * minutes:
            return
        at = min(self._found)
        count = len(self._found)
        yield self._subject.finding(
            self._subject.check.dropouts,
            "repeated-block",
            f"A block of {self._found[at]} samples is played twice,"
            f" in {count} {'place' if count == 1 else 'places'}.",
            measured=float(count),
            limit=0.0,
            unit="blocks",
            at=self._subject.time(at),
            hint="Ask for a new export; a buffer was not refilled in time.",
        )

    def _repeated(self, samples: Audio, buffer: int) -> Iterator[int]:
        step = next(stride for stride in STRIDES if buffer % stride == 0)
        coarse, lag = samples[::step], buffer // step
        equal = (coarse[lag:] == coarse[:-lag]) & (coarse[lag:] != 0.0)
        edges = np.flatnonzero(np.diff(equal.astype(np.int8), prepend=0, append=0))
        starts, stops = edges[::2], edges[1::2]
        for start in starts[stops - starts >= lag - 2][:MOST_RUNS].tolist():
            yield from self._confirmed(samples, buffer, start * step + buffer)

    def _confirmed(self, samples: Audio, buffer: int, near: int) -> Iterator[int]:
        """Measure the whole run of equality around a place, frame by frame."""
        low, high = (
            max(buffer, near - 2 * max(STRIDES)),
            min(len(samples), near + (MOST_TIMES + 1) * buffer + 64),
        )
        equal = samples[low:high] == samples[low - buffer : high - buffer]
        edges = np.flatnonzero(np.diff(equal.astype(np.int8), prepend=0, append=0))
        for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            whole = start > 0 and low + stop < high
            times = round((stop - start) / buffer)
            if whole and 1 <= times <= MOST_TIMES and abs(stop - start - times * buffer) <= SLACK * times + 1:
                block = samples[low + start : low + stop]
                if self._is_sound(block[:buffer]):
                    yield low + start

    def _is_sound(self, block: Audio) -> bool:
        """Refuse silence, and tones that repeat within the block."""
        half = len(block) // 2
        loud = float(np.sqrt(np.mean(np.square(block)))) > self._level
        return loud and not np.array_equal(block[:half], block[half : 2 * half])
