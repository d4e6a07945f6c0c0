"""Sets whose stems came as a left and a right mono file."""

from pathlib import Path

import numpy as np

from stembridge.audio.files import open_sound
from stembridge.audio.sound import Block, Encoding
from stembridge.stages.null_files import Nulled, null_files
from stembridge.testing import noise, write_sound
from stembridge.units import Hertz

RATE = Hertz(48_000)


def nulled(folder: Path, mix: Block, stems: dict[str, Block]) -> Nulled:
    paths = {
        name: write_sound(folder / f"{name}.wav", sound, RATE, encoding=Encoding.FLOAT32)
        for name, sound in {"Song_Mix": mix, **stems}.items()
    }
    first, *others = [(path.name, open_sound(path)) for path in paths.values()]
    return null_files(first, others, limit_dbfs=-60.0)


def test_left_and_right_halves_are_summed_to_their_own_sides(tmp_path: Path) -> None:
    drums, bass = noise(3.0, RATE, seed=1), noise(3.0, RATE, seed=2)
    stems = {"Song_Drums.L": drums[:, :1], "Song_Drums.R": drums[:, 1:], "Song_Bass": bass}
    assert nulled(tmp_path, drums + bass, stems).null.worst_dbfs < -120.0


def test_halves_that_were_exchanged_do_not_null(tmp_path: Path) -> None:
    drums = noise(3.0, RATE, seed=1)
    stems = {"Song_Drums.L": drums[:, 1:], "Song_Drums.R": drums[:, :1]}
    assert not nulled(tmp_path, drums, stems).nulls


def test_a_mono_stem_still_goes_to_both_sides(tmp_path: Path) -> None:
    bass = noise(3.0, RATE, channels=1, seed=1)
    assert nulled(tmp_path, np.repeat(bass, 2, axis=1), {"Song_Bass": bass}).null.worst_dbfs < -120.0
