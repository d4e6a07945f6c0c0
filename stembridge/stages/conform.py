"""Conform: outputs written at their rate, depth, name and place in time, and measured as they are written.

A source that needs no conversion keeps its PCM bit for bit. Otherwise it is resampled (soxr VHQ) and dithered
(TPDF) when bits are lost, and its clock is corrected where a preset asks for that; then it is moved in time by whole
samples, with digital silence.
"""

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from stembridge.audio.digest import sha256_of
from stembridge.audio.dither import Quantiser
from stembridge.audio.files import read_raw_blocks
from stembridge.audio.meter import Measurement, Meter
from stembridge.audio.overview import Overview, OverviewBuilder
from stembridge.audio.samples import is_exact, to_float, widen_blocks
from stembridge.audio.sound import Encoding, RawBlock, Sound
from stembridge.audio.writer import SoundWriter
from stembridge.errors import Cancelled
from stembridge.request import Progress
from stembridge.stages.channels import Advance, converted, read_channels
from stembridge.stages.folders import make_below
from stembridge.stages.plan import Plan, StemPlan
from stembridge.stages.shift import move_in_time, turned_over
from stembridge.stages.stamp import described, stamped
from stembridge.units import decibels_to_amplitude


@dataclass(frozen=True)
class Conformed:
    """An output that is written but not yet delivered.

    Attributes:
        plan: what was to be done.
        path: where it is staged.
        sha256: the hash of the file as it was read back.
        measurement: its loudness and peaks.
        clipped: samples that went over full scale and were limited to it.
        dithered: true when bits were lost and dither was added.
        overview: its shape, for drawing.

    """

    plan: StemPlan
    path: Path
    sha256: str
    measurement: Measurement
    clipped: int
    dithered: bool
    overview: Overview


def conform_all(
    plan: Plan, into: Path, separated: Mapping[str, Sound], *, threads: int, progress: Progress
) -> tuple[Conformed, ...]:
    """Write every output of a plan, several side by side.

    Args:
        plan: what is to be done.
        into: the folder that the outputs are written in.
        separated: by output name, the sound to use in place of the source itself.
        threads: how many are written side by side.
        progress: told ``conform`` and how much of it is done.

    Raises:
        StembridgeError: the first that an output raised; the others are stopped.

    """
    advance = _SharedProgress(sum(stem.facts.sound.frames for stem in plan.stems), progress)

    def one(stem: StemPlan) -> Conformed:
        sound = separated.get(stem.file_name, stem.facts.sound)
        path = into / stem.file_name
        make_below(into, path.parent)
        return conform(stem, sound, path, advance)

    with ThreadPoolExecutor(threads, thread_name_prefix="conform") as pool:
        futures = [pool.submit(one, stem) for stem in plan.stems]
        try:
            return tuple(future.result() for future in futures)
        except BaseException:
            advance.stop()
            raise


def conform(stem: StemPlan, sound: Sound, path: Path, advance: Advance) -> Conformed:
    """Write one output.

    Args:
        stem: what is to be done.
        sound: what is read: the source, or what was separated from it.
        path: the file to write.
        advance: told how many more frames of the source are done.

    """
    target = stem.format
    quantiser = None
    if target.encoding.is_integer and not _keeps_samples(stem, sound):
        quantiser = Quantiser(target.encoding, seed=stem.seed)
    meter = Meter(target.rate, target.channels, channel_mask=target.channel_mask)
    overview = OverviewBuilder(stem.placement.frames)
    metadata, _ = described(stem)
    with SoundWriter(path, target, metadata=metadata, frames_expected=stem.placement.frames) as writer:
        blocks = _samples(stem, sound, quantiser, advance)
        for block in move_in_time(turned_over(blocks, stem.polarity, target), stem.placement, target):
            writer.write(block)
            audio = to_float(block)
            meter.add(audio)
            overview.add(audio)
        measurement = meter.result()
        writer.revise(stamped(metadata, measurement))
    clipped = quantiser.clipped if quantiser else 0
    return Conformed(
        stem, path, sha256_of(path), measurement, clipped, quantiser is not None, overview.result()
    )


def _keeps_samples(stem: StemPlan, sound: Sound) -> bool:
    same_rate = sound.format.rate == stem.format.rate
    untouched = stem.clock.keeps_samples and not stem.gain_db
    return same_rate and is_exact(sound.format.encoding, stem.format.encoding) and untouched


def _samples(
    stem: StemPlan, sound: Sound, quantiser: Quantiser | None, advance: Advance
) -> Iterator[RawBlock]:
    source, target = sound.format, stem.format
    if _keeps_samples(stem, sound):
        blocks = read_channels(stem, sound, read_raw_blocks, advance)
        yield from widen_blocks(blocks, source.encoding, target.encoding)
        return
    factor = np.float32(decibels_to_amplitude(stem.gain_db))
    for plain in converted(stem, sound, advance):
        block = plain * factor if stem.gain_db else plain
        if quantiser:
            yield quantiser.quantise(block)
        else:
            yield block.astype("float64") if target.encoding is Encoding.FLOAT64 else block


class _SharedProgress:
    """Adds up the frames of several threads; once stopped, each thread ends at its next block."""

    def __init__(self, total: int, progress: Progress) -> None:
        self._total = max(1, total)
        self._progress = progress
        self._done = 0
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def __call__(self, frames: int) -> None:
        if self._stopped.is_set():
            raise Cancelled
        with self._lock:
            self._done += frames
            self._progress("conform", min(1.0, self._done / self._total))

    def stop(self) -> None:
        """Let every thread end at its next block."""
        self._stopped.set()
