"""The built-in separator: no download, no training, and no match for a trained model. A rough preview.

Each stretch of the mix is heard (``masks``), shared out (``wiener``) and turned back to sound; stretches
overlap and fade into each other, so the memory is that of a few stretches whatever the length of the file.
Above 48 kHz the work is done at a half, a quarter, ... of the rate, and what lies above is left over.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from stembridge.audio.sound import Block
from stembridge.errors import SeparationError
from stembridge.separators.estimate import Estimate, free_memory
from stembridge.separators.masks import STEMS, hear, masks
from stembridge.separators.model_rate import from_model_rate, model_frames, to_model_rate
from stembridge.separators.stft import Spectra, Stft
from stembridge.separators.stretches import Stretches
from stembridge.separators.wiener import filter_stems
from stembridge.units import Hertz, Samples, Seconds

AUDIBLE_HZ = 22_050.0
LEAST_RATE = 44_100
MEMORY_BYTES = 600_000_000
SPEED = 4.0
"""Times faster than real time on one core."""
TOP_BINS = 200


@dataclass(frozen=True)
class Spectral:
    """Separates by median filters, stereo position, repetition and pitch, then one multichannel Wiener pass.

    Attributes:
        stretch_s: seconds worked on at once: what repeats is sought within them.
        overlap_s: seconds over which one stretch fades into the next.
        workers: stretches worked on side by side; the result does not depend on it.

    """

    stretch_s: float = 24.0
    overlap_s: float = 3.0
    workers: int = 2
    name: str = "spectral"
    stems: tuple[str, ...] = STEMS
    rough: bool = True

    def cost(self, seconds: Seconds, stems: Sequence[str] = ()) -> Estimate:  # noqa: ARG002 - all are made anyway
        """Estimate the memory and the time that ``seconds`` of sound will take."""
        return Estimate(MEMORY_BYTES, seconds / (SPEED * self.workers), free_memory())

    def separate(
        self,
        blocks: Iterable[Block],
        rate: Hertz,
        *,
        channels: int,
        frames: Samples,
        stems: Sequence[str],
        progress: Callable[[float], None],
    ) -> Iterator[Mapping[str, Block]]:
        """Separate a mix; see ``Separator.separate``."""
        wanted = self._places(stems, channels)
        at, width = _working_rate(rate), len(wanted) * channels
        if at == rate:
            made = self._separated(blocks, rate, channels, frames, wanted, progress)
        else:
            mix = to_model_rate(blocks, rate, at, channels=channels, frames=frames)
            lower = self._separated(mix, at, channels, model_frames(frames, rate, at), wanted, progress)
            made = from_model_rate(lower, at, rate, channels=width, frames=frames)
        for block in made:
            parts = np.split(block, len(wanted), axis=1)
            yield {STEMS[stem]: part for stem, part in zip(wanted, parts, strict=True)}

    def _separated(
        self,
        mix: Iterable[Block],
        rate: Hertz,
        channels: int,
        frames: Samples,
        wanted: Sequence[int],
        progress: Callable[[float], None],
    ) -> Iterator[Block]:
        """Yield the wanted stems side by side, shape ``(n, stems * channels)``."""
        cut = Stretches(frames, round(self.stretch_s * rate), round(self.overlap_s * rate))
        work = partial(_separate, stft=Stft.at(rate), wanted=wanted)
        with ThreadPoolExecutor(self.workers, thread_name_prefix="spectral") as pool:
            made = _in_order(pool, self.workers, work, cut.cut(mix, channels))
            for done, joined in enumerate(cut.join(made), start=1):
                progress(done / cut.count)
                yield joined

    def _places(self, stems: Sequence[str], channels: int) -> list[int]:
        unknown = sorted(set(stems) - set(self.stems))
        if unknown or not stems:
            hint = f"It makes {', '.join(self.stems)}."
            raise SeparationError(f"{self.name} cannot make {', '.join(unknown) or 'nothing'}.", hint=hint)
        if channels not in (1, 2):
            raise SeparationError(f"{self.name} separates one or two channels, not {channels}.")
        return [place for place, name in enumerate(self.stems) if name in stems]


def _working_rate(rate: Hertz) -> Hertz:
    """Return the rate to work at: what only bats hear is left over, as by every model."""
    while rate % 2 == 0 and rate // 2 >= LEAST_RATE:
        rate = Hertz(rate // 2)
    return rate


def _in_order(
    pool: ThreadPoolExecutor, ahead: int, work: Callable[[Block], Block], stretches: Iterable[Block]
) -> Iterator[Block]:
    """Work on ``ahead`` stretches at a time and give the results in order."""
    running: deque[Future[Block]] = deque()
    for stretch in stretches:
        running.append(pool.submit(work, stretch))
        if len(running) == ahead:
            yield running.popleft().result()
    while running:
        yield running.popleft().result()


def _separate(stretch: Block, stft: Stft, wanted: Sequence[int]) -> Block:
    """Separate one stretch: the wanted stems side by side, shape ``(frames, stems * channels)``."""
    peak = float(np.abs(stretch).max())
    if peak == 0.0:
        return np.zeros((len(stretch), stretch.shape[1] * len(wanted)), np.float32)
    scale = np.float32(2.0 ** np.floor(np.log2(peak)))
    spectra = stft.forward(stretch / scale)
    hops = [stft.silence(*spectra.shape[:2]) for _ in wanted]
    for times, stems in _share_out(spectra, stft.hertz):
        for sound, stem in zip(hops, wanted, strict=True):
            stft.add(sound, stems[stem], times.start)
    return np.concatenate([stft.sound(sound, len(stretch)) * scale for sound in hops], axis=1)


def _share_out(spectra: Spectra, hertz: NDArray[np.float32]) -> Iterator[tuple[slice, list[Spectra]]]:
    """Separate what can be heard, and share what lies above it as its highest part was shared."""
    audible = int(np.searchsorted(hertz, AUDIBLE_HZ, side="right"))
    shares = masks(hear(spectra[:, :, :audible], hertz[:audible]))
    top = shares[:, :, -TOP_BINS:].mean(axis=2, keepdims=True)
    for times, stems in filter_stems(spectra[:, :, :audible], shares):
        above = spectra[:, times, audible:]
        yield (
            times,
            [np.concatenate([stem, top[place, times] * above], axis=2) for place, stem in enumerate(stems)],
        )
