"""Pictures of a lossy origin: ten seconds of each file that is said to have one, read from the file itself."""

from collections.abc import Mapping, Sequence

import numpy as np

from stembridge.audio.files import read_blocks
from stembridge.audio.sound import Sound
from stembridge.report.page import Note, Spectrogram
from stembridge.report.spectrogram import draw_spectrogram
from stembridge.units import Samples, Seconds

CODE = "lossy-origin"
STRETCH_S = 10.0
MOST = 12
"""Of a set that is lossy as a whole the first files are shown, so that the page stays small."""


def lossy_pictures(notes: Sequence[Note], sounds: Mapping[str, Sound]) -> tuple[Spectrogram, ...]:
    """Draw the files that are said to have been lossy, around the place where that was read.

    Args:
        notes: the findings.
        sounds: the files by what they are called inside their delivery.

    Raises:
        AudioError: if a file cannot be decoded there.

    """
    shown = [(note, sounds[str(note.finding.path)]) for note in notes if _is_shown(note, sounds)]
    return tuple(_picture(note, sound) for note, sound in shown[:MOST])


def _is_shown(note: Note, sounds: Mapping[str, Sound]) -> bool:
    return note.finding.code == CODE and note.finding.path in sounds


def _picture(note: Note, sound: Sound) -> Spectrogram:
    from stembridge.stages.checks.lossy import EXCERPT_S, wall_of  # it loads SciPy, which takes a while

    rate = sound.format.rate
    length = min(sound.frames, round(STRETCH_S * rate))
    middle = round((note.finding.at or 0.0) * rate)
    start = max(0, min(sound.frames - length, middle - length // 2))
    audio = np.concatenate(list(read_blocks(sound, start=Samples(start), stop=Samples(start + length))))
    told = audio[max(0, middle - start) :][: round(EXCERPT_S * rate), :2].mean(axis=1)
    return Spectrogram(
        note=note,
        png=draw_spectrogram(audio),
        rate=rate,
        start=Seconds(start / rate),
        seconds=Seconds(length / rate),
        wall_hz=wall_of(told, rate),
    )
