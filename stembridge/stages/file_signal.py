"""Files as signals: read anywhere, at the rate of the set, however long they are.

What fits in memory is decoded once. What does not is decoded where it is read, so that two hours of eight stems
cost the memory of minutes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd

import numpy as np

from stembridge.audio.files import read_blocks
from stembridge.audio.resample import SILENCE_FRAMES, resample_blocks
from stembridge.audio.sound import Block, Sound
from stembridge.stages.signals import ArraySignal, Signal, padded
from stembridge.units import Hertz, Samples, samples_to_rate

SAMPLES_IN_MEMORY = 64_000_000
"""Up to this many samples of all files of a set together are kept: 256 MB."""


@dataclass(frozen=True, eq=False)
class FileSignal:
    """A sound file, at its own rate or another.

    Attributes:
        sound: the file.
        rate: the rate it is read at.

    """

    sound: Sound
    rate: Hertz

    @property
    def frames(self) -> int:
        """Its length at the rate it is read at."""
        return samples_to_rate(self.sound.frames, self.sound.format.rate, self.rate)

    @property
    def channels(self) -> int:
        """Its channels."""
        return self.sound.format.channels

    def read(self, start: int, stop: int) -> Block:
        """Read frames ``start`` to ``stop``; silence where it has none.

        Raises:
            AudioError: if the file ends early or holds what is no number.

        """
        low, high = max(0, start), min(stop, self.frames)
        if low >= high:
            return np.zeros((max(0, stop - start), self.channels), np.float32)
        inside = self._plain(low, high) if self.rate == self.sound.format.rate else self._converted(low, high)
        return inside if (low, high) == (start, stop) else padded(inside, low - start, stop - start)

    def _plain(self, start: int, stop: int) -> Block:
        blocks = read_blocks(self.sound, frames=stop - start, start=Samples(start), stop=Samples(stop))
        return np.concatenate(list(blocks))

    def _converted(self, start: int, stop: int) -> Block:
        """Convert what is asked for, and around it what the filter hears, from a place both rates share."""
        source, target = self.sound.format.rate, self.rate
        period_in, period_out = source // gcd(source, target), target // gcd(source, target)
        around = -(-SILENCE_FRAMES * max(source, target) // (target * period_in))
        period = max(0, start // period_out - around)
        first = period * period_in
        last = min(self.sound.frames, (-(-stop // period_out) + around) * period_in)
        blocks = read_blocks(self.sound, start=Samples(first), stop=Samples(last))
        frames = Samples(last - first)
        made = resample_blocks(blocks, source, target, channels=self.channels, frames=frames)
        skip = start - period * period_out
        return padded(np.concatenate(list(made))[skip:], 0, stop - start)


def open_signals(
    sounds: Sequence[Sound], rate: Hertz, *, samples_in_memory: int = SAMPLES_IN_MEMORY
) -> list[Signal]:
    """Make signals of files, at one rate.

    Args:
        sounds: the files of a set.
        rate: the rate that all are read at.
        samples_in_memory: how many samples may be kept; the first files that fit are.

    Raises:
        AudioError: if a file that is kept cannot be decoded to its end.

    """
    signals: list[Signal] = []
    left = samples_in_memory
    for sound in sounds:
        signal = FileSignal(sound, rate)
        size = signal.frames * signal.channels
        fits = size <= left
        left -= size if fits else 0
        signals.append(ArraySignal(signal.read(0, signal.frames)) if fits else signal)
    return signals
