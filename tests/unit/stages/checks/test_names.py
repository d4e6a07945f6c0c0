import pytest
from examining import examined, hiss
from soundfile import write

PATTERN = "{song}_{stem}_{bpm}bpm"


def codes(folder, name, **rules):
    write(folder / name, hiss(0.5), 48_000, "PCM_24")
    return set(examined(folder / name, dropouts="off", **rules))


@pytest.mark.parametrize("name", ["Song_Drums_120bpm.wav", "my song_Lead Vox_98.5BPM.wav"])
def test_a_name_by_the_pattern_is_left_alone(tmp_path, name):
    assert "name-pattern" not in codes(tmp_path, name, names=PATTERN)


@pytest.mark.parametrize("name", ["Drums.wav", "Song_Drums.wav", "Song_Drums_fastbpm.wav"])
def test_another_name_is_told(tmp_path, name):
    assert "name-pattern" in codes(tmp_path, name, names=PATTERN)


@pytest.mark.parametrize("name", ["Song_Drums_44k.wav", "Song_Drums_16bit.wav"])
def test_a_name_that_contradicts_its_file_is_told(tmp_path, name):
    assert "name-disagrees" in codes(tmp_path, name)


def test_a_name_that_tells_the_truth_is_left_alone(tmp_path):
    assert not codes(tmp_path, "Song_Drums_48k24.wav") & {"name-disagrees", "unsafe-name"}


def test_a_name_that_some_systems_cannot_hold_is_told(tmp_path):
    assert "unsafe-name" in codes(tmp_path, "Song?Drums.wav")
