import json
import subprocess
from pathlib import Path

import numpy as np
import placed_stems
import pytest
from click.testing import CliRunner, Result
from placed_stems import RATE, cut_to_start, mixed

from stembridge.audio.resample import resample_blocks
from stembridge.audio.sound import Block, Encoding
from stembridge.cli.align import align
from stembridge.errors import StembridgeError
from stembridge.testing import read_tree, write_sound
from stembridge.units import Hertz, Samples

SONG = placed_stems.song(4, seconds=4.0)
LATE = {"drums": 0, "bass": -480, "keys": 96, "guitar": 0}


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    write_sound(tmp_path / "Mix.wav", mixed(SONG), RATE)
    for name, stem in SONG.items():
        write_sound(tmp_path / f"{name}.wav", cut_to_start(stem, LATE[name]), RATE)
    return tmp_path


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(align, [str(each) for each in arguments], catch_exceptions=True)


def told(*arguments: str | Path) -> dict[str, list[dict[str, object]]]:
    result = call("--json", *arguments)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_folder_is_aligned_to_its_mix_and_left_as_it_is(delivery: Path):
    before = read_tree(delivery)
    found = told("--reference", delivery / "Mix.wav", delivery)
    assert found["reference"] == str(delivery / "Mix.wav")
    placed = {Path(str(each["path"])).stem: each["offset_samples"] for each in found["stems"]}
    assert placed == LATE
    assert all(each["accepted"] and each["polarity"] == 1 for each in found["stems"])
    assert read_tree(delivery) == before


def test_the_table_says_what_is_sure_and_what_is_not(delivery: Path):
    other = write_sound(delivery / "other.wav", placed_stems.song(9, seconds=4.0)["keys"], RATE)
    shown = call("--reference", delivery / "Mix.wav", delivery / "bass.wav", other)
    assert shown.exit_code == 0
    assert "-480.0" in shown.stdout or "-479.9" in shown.stdout
    assert "not sure" in shown.stdout


def test_without_a_mix_stems_that_share_nothing_are_not_placed(delivery: Path):
    (delivery / "Mix.wav").unlink()
    found = told(delivery)
    assert found["reference"] is None
    assert [each["accepted"] for each in found["stems"]] == [False] * 4
    assert [each["offset_samples"] for each in found["stems"]] == [0] * 4


def at_rate(sound: Block, source: int, target: int) -> Block:
    rates = Hertz(source), Hertz(target)
    return np.concatenate(
        list(resample_blocks(iter([sound]), *rates, channels=2, frames=Samples(len(sound))))
    )


def test_stems_of_another_rate_are_placed_in_samples_of_the_mix(tmp_path: Path):
    mix = write_sound(tmp_path / "mix.wav", at_rate(mixed(SONG), RATE, 48_000), Hertz(48_000))
    stem = at_rate(cut_to_start(SONG["drums"], -2_400), RATE, 44_100)
    (found,) = told("--reference", mix, write_sound(tmp_path / "drums.wav", stem, Hertz(44_100)))["stems"]
    assert (found["offset_samples"], found["accepted"]) == (-4_800, True)


def test_a_mix_in_mp3_is_aligned_to(delivery: Path):
    mp3 = delivery / "mix.mp3"
    try:
        command = ["ffmpeg", "-v", "error", "-i", str(delivery / "Mix.wav"), "-b:a", "128k", str(mp3)]
        subprocess.run(command, check=True)
    except FileNotFoundError:
        pytest.skip("ffmpeg is not installed")
    found = told("--reference", mp3, delivery / "drums.wav", delivery / "keys.wav")["stems"]
    assert [each["offset_samples"] for each in found] == [LATE["drums"], LATE["keys"]]


def test_a_silent_mix_and_no_stem_at_all_are_failures(delivery: Path):
    nothing = np.zeros((1_000, 2), np.float32)
    silence = write_sound(delivery / "silence.wav", nothing, RATE, encoding=Encoding.FLOAT32)
    assert isinstance(call("--reference", silence, delivery / "bass.wav").exception, StembridgeError)
    only = call("--reference", delivery / "Mix.wav", delivery / "Mix.wav")
    assert isinstance(only.exception, StembridgeError)
    assert call("--reference", delivery / "none.wav", delivery).exit_code == 2
