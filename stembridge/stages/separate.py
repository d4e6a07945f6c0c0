"""Separate: one source into outputs that sum to it, at its own rate, length and channels.

The model hears the source in pairs and singles of channels and its answers go to disk as float, so memory does not
grow with the length. Then the outputs are mixed from them (``mixture``). If an output would go over full scale the
whole set is made again with one gain, which is stated; never one gain for a stem.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from stembridge.audio.files import open_sound, read_blocks, read_raw_blocks
from stembridge.audio.sound import BLOCK_FRAMES, Block, Container, Encoding, Sound, SoundFormat
from stembridge.audio.writer import SoundWriter
from stembridge.separators.separator import Separator
from stembridge.stages.layout import channel_groups
from stembridge.stages.mixture import Mixer, Mixture, Tally, Wide
from stembridge.units import Decibels, amplitude_to_decibels

Told = Callable[[float], None]


@dataclass(frozen=True)
class Separated:
    """The outputs of one source, on disk but not delivered.

    Attributes:
        sounds: by recipe name, the files.
        gain: the one gain of the set, linear; 1.0 unless something would have gone over full scale.
        tally: what was seen while they were made.

    """

    sounds: Mapping[str, Sound]
    gain: float
    tally: Tally

    @property
    def gain_db(self) -> Decibels:
        """The gain of the set in dB."""
        return amplitude_to_decibels(self.gain)


class Blocks:
    """A source's channels as blocks that can be read from the start as often as a model wants."""

    def __init__(self, sound: Sound, channels: Sequence[int]) -> None:
        self._sound = sound
        self._channels = list(channels)

    def __iter__(self) -> Iterator[Block]:
        blocks = read_blocks(self._sound)
        if self._channels == list(range(self._sound.format.channels)):
            return blocks
        return (block[:, self._channels] for block in blocks)


def separate(
    sound: Sound, mixture: Mixture, separator: Separator, encoding: Encoding, into: Path, progress: Told
) -> Separated:
    """Separate one source.

    Args:
        sound: the source.
        mixture: what the outputs are made of.
        separator: the model.
        encoding: how the outputs are stored.
        into: a folder for the outputs, and for the model's answers until they are mixed; made here, its parent is not.
        progress: told how much is done (0 to 1).

    Raises:
        SeparationError: if the model fails.

    """
    answers = into / "answers"
    into.mkdir()
    answers.mkdir()
    groups = channel_groups(sound.format)
    for number, group in enumerate(groups):
        share = _part(progress, number, len(groups))
        _ask(sound, group, mixture.needed, separator, answers / str(number), share)
    made = _mix(sound, mixture, encoding, answers, groups, into / "outputs", gain=1.0)
    gain = _safe_gain(made.tally, encoding)
    if gain != 1.0:
        shutil.rmtree(into / "outputs")
        made = _mix(sound, mixture, encoding, answers, groups, into / "outputs", gain=gain)
    shutil.rmtree(answers)
    progress(1.0)
    return made


def _part(progress: Told, number: int, count: int) -> Told:
    return lambda fraction: progress(0.98 * (number + fraction) / count)


def _ask(
    sound: Sound, group: Sequence[int], stems: Sequence[str], separator: Separator, folder: Path, told: Told
) -> None:
    """Let the model hear one pair or single, and keep its answers as float."""
    form = SoundFormat(Container.WAV, Encoding.FLOAT32, sound.format.rate, len(group))
    folder.mkdir()
    answers = separator.separate(
        Blocks(sound, group),
        sound.format.rate,
        channels=len(group),
        frames=sound.frames,
        stems=stems,
        progress=told,
    )
    with ExitStack() as stack:
        writers = {
            stem: stack.enter_context(
                SoundWriter(folder / f"{place}.wav", form, frames_expected=sound.frames)
            )
            for place, stem in enumerate(stems)  # a model may call its stems what no file can be called
        }
        for blocks in answers:
            for stem, block in blocks.items():
                writers[stem].write(block)


def _mix(
    sound: Sound,
    mixture: Mixture,
    encoding: Encoding,
    answers: Path,
    groups: Sequence[Sequence[int]],
    into: Path,
    *,
    gain: float,
) -> Separated:
    form = SoundFormat(
        Container.WAV, encoding, sound.format.rate, sound.format.channels, sound.format.channel_mask
    )
    into.mkdir()
    mixer = Mixer(mixture, encoding, gain=gain)
    paths = {recipe.name: into / f"{number}.wav" for number, recipe in enumerate(mixture.recipes)}
    with ExitStack() as stack:
        writers = {
            name: stack.enter_context(SoundWriter(path, form, frames_expected=sound.frames))
            for name, path in paths.items()
        }
        heard = _answers(answers, mixture.needed, groups, sound)
        for source, stems in zip(_exact(sound), heard, strict=True):
            for name, block in mixer.mix(source, stems).items():
                writers[name].write(block)
    return Separated({name: open_sound(path) for name, path in paths.items()}, gain, mixer.tally)


def _exact(sound: Sound) -> Iterator[Wide]:
    """Read a source as float64, which holds every encoding's samples exactly."""
    for raw in read_raw_blocks(sound):
        wide = raw.astype(np.float64)
        if raw.dtype.kind == "i":
            wide *= 2.0 ** (1 - 8 * raw.itemsize)
        yield wide


def _answers(
    folder: Path, stems: Sequence[str], groups: Sequence[Sequence[int]], sound: Sound
) -> Iterator[dict[str, Block]]:
    """Put the model's answers of all pairs and singles back into the channels of the source."""
    streams = {
        (stem, number): read_blocks(open_sound(folder / str(number) / f"{place}.wav"))
        for place, stem in enumerate(stems)
        for number in range(len(groups))
    }
    for start in range(0, sound.frames, BLOCK_FRAMES):
        frames = min(BLOCK_FRAMES, sound.frames - start)
        blocks = {stem: np.empty((frames, sound.format.channels), np.float32) for stem in stems}
        for (stem, number), stream in streams.items():
            blocks[stem][:, list(groups[number])] = next(stream)
        yield blocks


def _safe_gain(tally: Tally, encoding: Encoding) -> float:
    """Return the one gain that keeps the whole set below full scale."""
    most = 1.0 - 2.0 ** (1 - encoding.bits)
    if not encoding.is_integer or tally.peak <= most:
        return 1.0
    return float(most * (1.0 - 2.0**-14) / tally.peak)


def null_depth(source: Sound, outputs: Sequence[Sound], *, gain: float) -> tuple[Decibels, bool]:
    """Measure what is left when written outputs are subtracted from their source.

    Args:
        source: what was separated.
        outputs: the files that should sum to it, of its rate and length.
        gain: the gain of the set.

    Returns:
        The level of what is left (RMS, dBFS; minus infinity for silence), and whether it is silence.

    """
    left = 0.0
    encoding = outputs[0].format.encoding
    scale = 2.0 ** (encoding.bits - 1) if encoding.is_integer else 1.0
    for target, *stems in zip(_exact(source), *(_exact(output) for output in outputs), strict=True):
        target *= gain * scale
        if encoding.is_integer:
            np.rint(target, out=target)
        target /= scale
        for stem in stems:
            target -= stem
        left += float(np.einsum("ij,ij->", target, target))
    mean = left / max(1, source.frames * source.format.channels)
    return amplitude_to_decibels(float(np.sqrt(mean))), left == 0.0
