"""The checksum that a FLAC file carries of its own samples."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from stembridge.audio.files import open_sound, read_raw_blocks
from stembridge.audio.flac_blocks import find_blocks
from stembridge.errors import AudioError
from stembridge.units import Samples

FRAMES = 60_000


def flac(path: Path, subtype: str = "PCM_16") -> Path:
    sound = 0.5 * np.sin(np.arange(2 * FRAMES).reshape(-1, 2) / 7.0) * np.linspace(0.1, 1.0, FRAMES)[:, None]
    soundfile.write(path, sound, 44_100, subtype=subtype)
    return path


def read(path: Path, stop: int | None = None) -> int:
    sound = open_sound(path)
    return sum(len(raw) for raw in read_raw_blocks(sound, frames=7_000, stop=stop and Samples(stop)))


def stamp(path: Path, md5: bytes) -> Path:
    with path.open("r+b") as file:
        file.seek(find_blocks(file)[0].start + 18)
        file.write(md5)
    return path


@pytest.mark.parametrize("subtype", ["PCM_S8", "PCM_16", "PCM_24"])
def test_a_sound_file_is_what_its_checksum_says(tmp_path: Path, subtype: str):
    assert read(flac(tmp_path / "a.flac", subtype)) == FRAMES


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
@pytest.mark.parametrize("form", ["s16", "s32"])
def test_so_is_what_another_encoder_wrote(tmp_path: Path, form: str):
    target = tmp_path / "b.flac"
    source = flac(tmp_path / "a.flac", "PCM_24")
    subprocess.run(["ffmpeg", "-loglevel", "error", "-i", source, "-sample_fmt", form, target], check=True)
    assert read(target) == FRAMES


@pytest.mark.parametrize("subtype", ["PCM_S8", "PCM_16", "PCM_24"])
def test_a_sum_that_differs_is_damage(tmp_path: Path, subtype: str):
    wrong = stamp(flac(tmp_path / "a.flac", subtype), bytes(range(16)))
    with pytest.raises(AudioError, match="it is damaged") as caught:
        read(wrong)
    assert (caught.value.code, caught.value.path) == ("damaged", wrong)


def test_frames_that_decode_to_something_else_are_damage(tmp_path: Path):
    path = flac(tmp_path / "a.flac")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 40] = bytes(40)
    path.write_bytes(data)
    with pytest.raises(AudioError):
        read(path)


def test_a_file_without_a_sum_is_read_as_it_is(tmp_path: Path):
    assert read(stamp(flac(tmp_path / "a.flac"), bytes(16))) == FRAMES


def test_a_part_of_a_file_is_not_held_against_the_sum_of_all(tmp_path: Path):
    assert read(stamp(flac(tmp_path / "a.flac"), bytes(range(16))), stop=9_000) == 9_000
