"""Plain samples are read as libsndfile reads them."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.audio.files import open_sound, read_raw_blocks
from stembridge.audio.samples import RAW_TYPES
from stembridge.errors import AudioError
from stembridge.units import Samples

PLAIN = [
    *(
        (form, subtype)
        for form in ("WAV", "WAVEX", "RF64", "W64")
        for subtype in ("PCM_16", "PCM_24", "PCM_32")
    ),
    ("WAV", "FLOAT"),
    ("WAVEX", "DOUBLE"),
]
CODED = [("WAV", "PCM_U8"), ("WAV", "ALAW"), ("WAV", "IMA_ADPCM"), ("AIFF", "PCM_24"), ("FLAC", "PCM_24")]


def write(path: Path, form: str, subtype: str, *, frames: int = 1000, channels: int = 3) -> Path:
    audio = np.random.default_rng(7).uniform(-1, 1, (frames, channels))
    soundfile.write(path, audio, 48_000, subtype=subtype, format=form)
    return path


@pytest.mark.parametrize(("form", "subtype"), PLAIN)
def test_plain_samples_are_those_that_libsndfile_decodes(form, subtype, tmp_path):
    sound = open_sound(write(tmp_path / "a", form, subtype))
    assert sound.plain_start is not None
    heard = np.concatenate(list(read_raw_blocks(sound, frames=333)))
    wanted, _ = soundfile.read(sound.path, dtype=RAW_TYPES[sound.format.encoding].__name__)
    assert heard.dtype == wanted.dtype
    np.testing.assert_array_equal(heard, wanted)


@pytest.mark.parametrize(("form", "subtype"), CODED)
def test_what_has_to_be_decoded_is_not_taken_for_plain(form, subtype, tmp_path):
    assert open_sound(write(tmp_path / "a", form, subtype, channels=2)).plain_start is None


@pytest.fixture(scope="module")
def reel(tmp_path_factory):
    return open_sound(write(tmp_path_factory.mktemp("reel") / "a.wav", "WAV", "PCM_24", channels=2))


@settings(deadline=None)
@given(st.integers(0, 1000), st.integers(0, 1000), st.integers(1, 1200))
def test_any_stretch_in_blocks_of_any_length(reel, one, other, frames):
    start, stop = sorted((one, other))
    blocks = list(read_raw_blocks(reel, start=Samples(start), stop=Samples(stop), frames=frames))
    heard = np.concatenate([np.zeros((0, 2), np.int32), *blocks])
    wanted, _ = soundfile.read(reel.path, start=start, stop=stop, dtype="int32", always_2d=True)
    np.testing.assert_array_equal(heard, wanted)


def test_a_file_that_shrinks_while_it_is_read_says_where_it_ends(tmp_path):
    sound = open_sound(write(tmp_path / "a.wav", "WAV", "PCM_24", channels=1))
    with sound.path.open("r+b") as file:
        file.truncate(sound.plain_start + 3 * 700 + 1)
    with pytest.raises(AudioError, match="ends at frame 700 ") as error:
        list(read_raw_blocks(sound, frames=256))
    assert error.value.code == "truncated"
