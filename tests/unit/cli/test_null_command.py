import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.audio.chunks import Bext, Metadata
from stembridge.audio.sound import Block, Encoding
from stembridge.cli.null import null
from stembridge.testing import noise, read_tree, write_sound
from stembridge.units import Hertz, Samples

RATE = Hertz(16_000)


def stems(seconds: float = 3.0) -> dict[str, Block]:
    return {name: noise(seconds, RATE, level=0.05, seed=seed) for seed, name in enumerate(("Drums", "Bass"))}


def delivery(folder: Path, sounds: dict[str, Block], mix: Block) -> Path:
    for name, sound in sounds.items():
        write_sound(folder / f"{name}.wav", sound, RATE, encoding=Encoding.INT24)
    return write_sound(folder / "Mix.wav", mix, RATE, encoding=Encoding.INT24)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(null, [str(each) for each in arguments])


def found(folder: Path, sounds: dict[str, Block], mix: Block) -> tuple[int, dict[str, object]]:
    path = delivery(folder, sounds, mix)
    done = run(folder, "--mix", path, "--json")
    return done.exit_code, json.loads(done.stdout)


def test_a_set_that_sums_to_its_mix_nulls(tmp_path: Path) -> None:
    sounds = stems()
    code, value = found(tmp_path, sounds, sounds["Drums"] + sounds["Bass"])
    assert (code, value["nulls"], value["cause"], value["runner_up"]) == (0, True, None, None)
    assert [Path(stem["path"]).name for stem in value["stems"]] == ["Bass.wav", "Drums.wav"]


def test_a_set_that_does_not_ends_with_one_and_its_cause(tmp_path: Path) -> None:
    sounds = stems()
    code, value = found(tmp_path, sounds, sounds["Drums"] - sounds["Bass"])
    assert (code, value["nulls"], value["cause"]["kind"]) == (1, False, "polarity")
    assert [Path(path).name for path in value["cause"]["stems"]] == ["Bass.wav"]
    assert value["left_dbfs"] < -120.0


def test_a_silent_stem_is_told_as_silent_and_none_as_missing(tmp_path: Path) -> None:
    sounds = stems()
    whole = sounds["Drums"] + sounds["Bass"]
    code, value = found(tmp_path, {**sounds, "Bass": np.zeros_like(sounds["Bass"])}, whole)
    assert (code, value["cause"]["kind"]) == (1, "silent-stem")
    assert [Path(path).name for path in value["cause"]["stems"]] == ["Bass.wav"]


def test_a_set_of_silent_stems_alone_does_not_null_and_says_why(tmp_path: Path) -> None:
    code, value = found(tmp_path, {"Bass": np.zeros_like(stems()["Bass"])}, stems()["Bass"])
    assert (code, value["nulls"], value["cause"]["kind"]) == (1, False, "silent-stem")


def test_a_stem_that_ends_early_is_told_as_short(tmp_path: Path) -> None:
    sounds = stems()
    code, value = found(
        tmp_path, {**sounds, "Bass": sounds["Bass"][: 2 * RATE]}, sounds["Drums"] + sounds["Bass"]
    )
    assert (code, value["cause"]["kind"]) == (1, "short-stem")


def test_people_read_the_cause_and_what_to_ask_for(tmp_path: Path) -> None:
    sounds = stems()
    mix = delivery(tmp_path, sounds, sounds["Drums"] + 0.5 * sounds["Bass"])
    shown = run(tmp_path, "--mix", mix).stdout
    assert "It does not null" in shown
    assert "Bass.wav is +6.0 dB." in shown
    assert "exported again" in shown


def test_stems_at_another_rate_are_brought_to_that_of_the_mix(tmp_path: Path) -> None:
    slow = Hertz(8_000)
    low = noise(2.0, slow, level=0.05)
    stem = write_sound(tmp_path / "Bass.wav", low, slow, encoding=Encoding.FLOAT32)
    from stembridge.audio.resample import resample_blocks

    frames = Samples(len(low))
    fast = np.concatenate(list(resample_blocks(iter([low]), slow, RATE, channels=2, frames=frames)))
    mix = write_sound(tmp_path / "Mix.wav", fast, RATE, encoding=Encoding.FLOAT32)
    done = run(stem, "--mix", mix, "--json")
    assert json.loads(done.stdout)["null_dbfs"] < -100.0


def test_a_silent_stem_and_one_longer_than_the_mix_do_no_harm(tmp_path: Path) -> None:
    sounds = stems() | {"Empty": np.zeros((3 * RATE, 2), np.float32)}
    code, value = found(tmp_path, sounds, (sounds["Drums"] + sounds["Bass"])[: 2 * RATE])
    assert code == 0
    assert [stem["silent"] for stem in value["stems"]] == [False, False, True]


def test_time_stamps_place_the_stems_when_all_have_one(tmp_path: Path) -> None:
    sounds = stems()
    mix = sounds["Drums"].copy()
    mix[RATE:] += sounds["Bass"][RATE:]
    late = {"Mix": (mix, 0), "Drums": (sounds["Drums"], 0), "Bass": (sounds["Bass"][RATE:], RATE)}
    for name, (sound, start) in late.items():
        stamp = Metadata(bext=Bext(time_reference=Samples(10 * RATE + start)))
        write_sound(tmp_path / f"{name}.wav", sound, RATE, encoding=Encoding.INT24, metadata=stamp)
    assert run(tmp_path, "--mix", tmp_path / "Mix.wav").exit_code == 0


def test_a_silent_mix_is_refused(tmp_path: Path) -> None:
    mix = delivery(tmp_path, stems(), np.zeros((RATE, 2), np.float32))
    done = run(tmp_path, "--mix", mix)
    assert done.exit_code == 1
    assert "silent" in str(done.exception)


def test_a_mix_without_stems_is_refused(tmp_path: Path) -> None:
    mix = delivery(tmp_path, {}, noise(1.0, RATE))
    assert "no stem" in str(run(mix, "--mix", mix).exception)


@settings(deadline=None, max_examples=5)
@given(gain=st.floats(-1.0, 1.0), cut=st.integers(0, 2 * 16_000))
def test_nothing_is_ever_changed(tmp_path_factory: pytest.TempPathFactory, gain: float, cut: int) -> None:
    folder = tmp_path_factory.mktemp("set")
    sounds = stems(2.5)
    mix = delivery(folder, sounds, (sounds["Drums"] + np.float32(gain) * sounds["Bass"])[cut:])
    before = read_tree(folder)
    run(folder, "--mix", mix)
    assert read_tree(folder) == before
