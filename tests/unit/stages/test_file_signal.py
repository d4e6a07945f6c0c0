import subprocess
from pathlib import Path

import numpy as np
import pytest
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.audio.files import open_sound
from stembridge.audio.sound import Encoding
from stembridge.stages.file_signal import FileSignal, open_signals
from stembridge.stages.signals import ArraySignal
from stembridge.testing import noise, write_sound
from stembridge.units import Hertz

RATE = Hertz(44_100)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    sound = noise(2.0, RATE)
    return write_sound(tmp_path_factory.mktemp("f") / "a.wav", sound, RATE, encoding=Encoding.INT24)


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000, 22_050, 47_952])
@settings(deadline=None, max_examples=15)
@given(data=st.data())
def test_any_part_at_any_rate_is_that_part_of_the_whole(file: Path, rate: int, data: st.DataObject):
    signal = FileSignal(open_sound(file), Hertz(rate))
    start = data.draw(st.integers(-2_000, signal.frames + 500))
    length = data.draw(st.integers(0, 40_000))
    whole = ArraySignal(signal.read(0, signal.frames))
    np.testing.assert_allclose(
        signal.read(start, start + length), whole.read(start, start + length), atol=2e-6
    )


def test_another_rate_is_that_of_soxr_by_itself(file: Path):
    sound = open_sound(file)
    own = FileSignal(sound, RATE).read(0, 88_200)
    wanted = soxr.resample(np.pad(own, ((1_000 * 147, 147_000), (0, 0))), 44_100, 48_000, "VHQ")
    got = FileSignal(sound, Hertz(48_000)).read(0, 96_000)
    np.testing.assert_allclose(got, wanted[160_000:][:96_000], atol=2e-6)


def test_what_does_not_fit_in_memory_is_read_from_the_file(file: Path):
    sound = open_sound(file)
    kept, read = open_signals([sound, sound], RATE, samples_in_memory=200_000)
    assert (type(kept), type(read)) == (ArraySignal, FileSignal)
    np.testing.assert_array_equal(kept.read(-5, 1_000), read.read(-5, 1_000))


@pytest.mark.parametrize("name", ["a.mp3", "a.ogg", "a.flac"])
def test_a_place_in_a_coded_file_is_exact(file: Path, tmp_path: Path, name: str):
    try:
        subprocess.run(["ffmpeg", "-v", "error", "-i", str(file), str(tmp_path / name)], check=True)
    except FileNotFoundError:
        pytest.skip("ffmpeg is not installed")
    signal = FileSignal(open_sound(tmp_path / name), RATE)
    whole = signal.read(0, signal.frames)
    for start in (1, 20_000, 50_001):
        np.testing.assert_array_equal(signal.read(start, start + 3_000), whole[start : start + 3_000])
