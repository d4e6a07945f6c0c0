"""What was done to a file on its way, in words, one line a change; pure."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from stembridge.audio.samples import is_exact
from stembridge.report import words
from stembridge.session.manifest import OutputEntry
from stembridge.stages.conform import Conformed


def changes_of(done: Conformed, output: OutputEntry) -> tuple[str, ...]:
    """Say everything that differs between what came in and what is delivered."""
    told = (*_name(done), *_storage(done, output), *_time(done), *_level(output))
    return (*told, "every sample kept exactly") if _keeps_samples(done, output) else told


def _name(done: Conformed) -> Iterator[str]:
    stem = done.plan
    if stem.separated:
        yield f"separated from the source as {stem.separated.name}"
    elif stem.facts.source.name.name != PurePosixPath(stem.file_name).name:
        yield "renamed"


def _storage(done: Conformed, output: OutputEntry) -> Iterator[str]:
    before, after = done.plan.facts.sound.format, done.plan.format
    if before.container is not after.container:
        yield f"{before.container.value.upper()} to {after.container.value.upper()}"
    if before.rate != after.rate:
        yield f"{words.rate(before.rate)} to {words.rate(after.rate)}, resampled"
    if done.plan.beside is not None:
        yield f"joined with {done.plan.beside.source.name.name} as its right side"
    elif done.plan.folded:
        yield "two equal channels to mono"
    elif before.channels != after.channels:
        yield f"{words.layout(before.channels)} to {words.layout(after.channels)}"
    if before.encoding is not after.encoding:
        yield f"{words.depth(before)} to {words.depth(after)}"
    if output.dither_seed is not None:
        yield "dithered (TPDF)"


def _time(done: Conformed) -> Iterator[str]:
    placement, clock, target = done.plan.placement, done.plan.clock, done.plan.format
    if clock.drift_ppm:
        yield f"clock corrected by {words.signed(-clock.drift_ppm, 3)} ppm"
    if clock.delay:
        yield f"{abs(clock.delay):.3f} of a sample {'later' if clock.delay > 0 else 'earlier'}"
    if placement.lead:
        yield _moved(placement.lead, target.rate, "at the start")
    natural = done.plan.natural_frames + placement.lead
    if placement.frames != natural:
        yield _moved(placement.frames - natural, target.rate, "at the end")


def _moved(frames: int, rate: int, where: str) -> str:
    what = "of silence added" if frames > 0 else "cut"
    return f"{words.counted(abs(frames), 'sample')} ({words.clock(abs(frames) / rate)}) {what} {where}"


def _level(output: OutputEntry) -> Iterator[str]:
    if output.gain_db:
        yield f"gain {words.signed(output.gain_db, 2)} dB"
    if output.polarity < 0:
        yield "polarity inverted"
    if output.clipped:
        yield f"{words.counted(output.clipped, 'sample')} limited to full scale"


def _keeps_samples(done: Conformed, output: OutputEntry) -> bool:
    before, after = done.plan.facts.sound.format, done.plan.format
    same = (before.rate, before.channels) == (after.rate, after.channels)
    touched = done.plan.separated or done.dithered or output.gain_db or output.polarity < 0
    touched = touched or not done.plan.clock.keeps_samples
    return same and is_exact(before.encoding, after.encoding) and not touched
