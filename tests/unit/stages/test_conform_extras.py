"""What a preset may ask of channels and level: mono folded, pairs joined, one gain for a whole set."""

import json
import math
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.audio.chunks import read_metadata
from stembridge.audio.meter import Measurement
from stembridge.audio.sound import Block, Encoding
from stembridge.errors import PresetError
from stembridge.intake.paths import requests_for
from stembridge.pipeline import Bench, perform, plan_only
from stembridge.preset_model import Gain, Preset
from stembridge.presets import PresetStore
from stembridge.request import Request
from stembridge.separators.library import Library
from stembridge.separators.models import ModelStore
from stembridge.stages.deliver import Delivered
from stembridge.stages.gain import choose_gain
from stembridge.stages.separation_cache import SeparationCache
from stembridge.stages.set_level import SetLevel
from stembridge.testing import noise, write_sound
from stembridge.units import Hertz

RATE = Hertz(48_000)


def request_of(folder: Path, sounds: dict[str, Block], encoding: Encoding = Encoding.INT24) -> Request:
    for name, sound in sounds.items():
        write_sound(folder / "Song" / f"{name}.wav", sound, RATE, encoding=encoding)
    (request,) = requests_for([folder / "Song"], preset="test", destination=folder / "out")
    return request


def deliver(request: Request, **values: object) -> Delivered:
    home = request.destination
    preset = Preset(id="test", description="A test", name="{song}_{stem}", **values)
    bench = Bench(Library(ModelStore(home / "models")), SeparationCache(home / "cache"))
    return perform(request, preset, bench, job="a" * 16)


def outputs(delivered: Delivered) -> dict[str, Block]:
    return {path.name: soundfile.read(path, always_2d=True, dtype="int32")[0] for path in delivered.outputs}


def written(request: Request, name: str) -> Block:
    return soundfile.read(request.sources[0].parent / f"{name}.wav", always_2d=True, dtype="int32")[0]


def codes(delivered: Delivered) -> list[str]:
    return [finding["code"] for finding in delivered.findings]


def mono(seconds: float, seed: int, level: float = 0.1) -> Block:
    return noise(seconds, RATE, channels=1, seed=seed, level=level)


def test_dual_mono_is_folded_and_keeps_its_samples(tmp_path: Path):
    one = mono(1.0, 1)
    sounds = {"Song_Vox": np.repeat(one, 2, axis=1), "Song_Keys": noise(1.0, RATE, seed=2), "Song_Bass": one}
    request = request_of(tmp_path, sounds, Encoding.FLOAT32)
    found = outputs(delivered := deliver(request, format={"dual_mono": "fold"}))
    assert {name: sound.shape[1] for name, sound in found.items()} == {
        "Song_vocals.wav": 1,
        "Song_keys.wav": 2,
        "Song_bass.wav": 1,
    }
    assert np.array_equal(found["Song_vocals.wav"], written(request, "Song_Vox")[:, :1])
    assert codes(delivered) == ["folded"]
    assert outputs(deliver(request_of(tmp_path / "b", sounds)))["Song_vocals.wav"].shape[1] == 2


def test_dual_mono_under_dither_is_folded_and_a_narrow_stereo_file_is_not(tmp_path: Path):
    one = mono(1.0, 1)
    narrow = np.concatenate([one, one * np.float32(0.99)], axis=1)
    sounds = {"Song_Vox": np.repeat(one, 2, axis=1), "Song_Keys": narrow, "Song_Bass": np.zeros_like(narrow)}
    delivered = deliver(request_of(tmp_path, sounds, Encoding.INT16), format={"dual_mono": "fold"})
    assert {name: sound.shape[1] for name, sound in outputs(delivered).items()} == {
        "Song_vocals.wav": 1,
        "Song_keys.wav": 2,
        "Song_bass.wav": 1,
    }


@pytest.mark.parametrize(("left", "right"), [(".L", ".R"), ("_L", "_R"), ("-Left", "-Right"), (" L", " R")])
def test_left_and_right_become_one_stereo_file_sample_by_sample(left: str, right: str, tmp_path: Path):
    names = (f"Song_Drums{left}", f"Song_Drums{right}")
    request = request_of(
        tmp_path, {names[0]: mono(1.5, 1), names[1]: mono(1.5, 2), "Song_Bass": mono(1.5, 3)}
    )
    delivered = deliver(request, format={"pairs": "join"})
    found = outputs(delivered)
    assert list(found) == ["Song_drums.wav", "Song_bass.wav"]
    both = np.concatenate([written(request, name) for name in names], axis=1)
    assert np.array_equal(found["Song_drums.wav"], both)
    manifest = json.loads(delivered.manifest.read_text("utf-8"))
    assert manifest["outputs"][0]["beside"] == f"{names[1]}.wav"
    assert {each["name"] for each in manifest["sources"]} == {f"{name}.wav" for name in (*names, "Song_Bass")}
    assert f"{names[0]}.wav and {names[1]}.wav" in read_metadata(delivered.outputs[0]).bext.coding_history


def test_sides_of_unequal_length_stay_two_files_and_are_told(tmp_path: Path):
    request = request_of(tmp_path, {"Song_Drums.L": mono(1.0, 1), "Song_Drums.R": mono(1.1, 2)})
    delivered = deliver(request, format={"pairs": "join"})
    assert len(delivered.outputs) == 2
    (finding,) = delivered.findings
    assert (finding["code"], finding["measured"], finding["limit"]) == ("pair", 52_800, 48_000)


def test_a_side_without_the_other_is_told(tmp_path: Path):
    request = request_of(tmp_path, {"Song_Drums.L": mono(1.0, 1), "Song_Bass": mono(1.0, 2)})
    (finding,) = deliver(request, format={"pairs": "join"}).findings
    assert (finding["code"], finding["path"]) == ("pair", "Song_Drums.L.wav")
    assert finding["message"] == "By its name it is the left side of a stem, and there is no right one."


def test_sides_stay_two_files_where_the_preset_does_not_ask(tmp_path: Path):
    request = request_of(tmp_path, {"Song_Drums.L": mono(0.5, 1), "Song_Drums.R": mono(0.5, 2)})
    assert len(deliver(request).outputs) == 2


def song() -> dict[str, Block]:
    stems = {name: noise(2.0, RATE, seed=seed, level=0.05) for seed, name in enumerate(("Drums", "Bass"))}
    return {
        f"Song_{name}": sound for name, sound in (stems | {"Mix": stems["Drums"] + stems["Bass"]}).items()
    }


def loudness(path: Path) -> float:
    pyebur128 = pytest.importorskip("pyebur128", reason="the oracle for loudness")
    samples, rate = soundfile.read(path, dtype="float32")
    state = pyebur128.R128State(samples.shape[1], rate, pyebur128.MeasurementMode.MODE_I)
    state.add_frames(np.ascontiguousarray(samples).reshape(-1), len(samples))
    return float(pyebur128.get_loudness_global(state))


def test_one_gain_brings_the_mix_to_its_loudness_and_the_stems_still_sum(tmp_path: Path):
    delivered = deliver(request_of(tmp_path, song()), gain={"loudness": -23.0}, format={"depth": 24})
    by_name = {path.name: path for path in delivered.outputs}
    assert loudness(by_name["Song_mix.wav"]) == pytest.approx(-23.0, abs=0.02)
    found = {name: soundfile.read(path)[0] for name, path in by_name.items()}
    left = found["Song_mix.wav"] - found["Song_drums.wav"] - found["Song_bass.wav"]
    assert 20 * math.log10(np.sqrt(np.mean(left**2))) < -120.0
    entries = json.loads(delivered.manifest.read_text("utf-8"))["outputs"]
    (gain,) = {entry["gain_db"] for entry in entries}
    history = read_metadata(by_name["Song_mix.wav"]).bext.coding_history
    assert f"gain {gain:+.2f} dB" in history
    assert [(each["code"], each["unit"], each["limit"]) for each in delivered.findings] == [
        ("gain", "LUFS", -23.0)
    ]


def test_without_a_mix_the_sum_is_measured(tmp_path: Path):
    sounds = song()
    mix = sounds.pop("Song_Mix")
    delivered = deliver(request_of(tmp_path, sounds), gain={"true_peak": -6.0})
    total = sum(soundfile.read(path)[0] for path in delivered.outputs)
    assert np.max(np.abs(total)) <= 10 ** (-6.0 / 20)
    assert np.max(np.abs(total)) > 0.8 * 10 ** (-6.0 / 20)
    assert "the sum of the stems" in delivered.findings[0]["message"]
    assert np.max(np.abs(mix)) < 0.45


def level(integrated: float | None, true_peak: float | None, peak: float | None) -> SetLevel:
    nothing = dict.fromkeys(field.name for field in fields(Measurement))
    read = Measurement(**nothing | {"integrated": integrated, "true_peak": true_peak})  # type: ignore[arg-type]
    return SetLevel(read, peak, "the mix")


@pytest.mark.parametrize(
    ("found", "wanted", "gain"),
    [
        (level(-20.0, -3.0, -3.0), Gain(loudness=-23.0), -3.0),
        (level(-30.0, -3.0, None), Gain(loudness=-23.0), 7.0),
        (level(-30.0, -3.0, -3.0), Gain(loudness=-23.0), 3.0),
        (level(-30.0, -3.0, -9.0), Gain(loudness=-23.0, true_peak=-1.0), 2.0),
        (level(-22.98, -3.0, -3.0), Gain(loudness=-23.0), 0.0),
        (level(-30.0, 1.0, -0.1), Gain(true_peak=-1.0), -2.0),
        (level(None, None, None), Gain(loudness=-23.0), None),
    ],
)
def test_the_gain_keeps_to_every_target_and_clips_nothing(found: SetLevel, wanted: Gain, gain: float | None):
    assert choose_gain(found, wanted) == gain


def test_a_set_of_several_rates_gets_no_gain_and_says_so(tmp_path: Path):
    request = request_of(tmp_path, {"Song_Drums": mono(0.5, 1)})
    write_sound(tmp_path / "Song" / "Song_Bass.wav", noise(0.5, Hertz(44_100)), Hertz(44_100))
    (request,) = requests_for([tmp_path / "Song"], preset="test", destination=tmp_path / "out")
    delivered = deliver(request, gain={"loudness": -23.0})
    assert [(each["code"], each["severity"]) for each in delivered.findings] == [("gain", "warning")]


def test_a_plan_shows_gain_and_channels_before_anything_is_done(tmp_path: Path):
    request = request_of(tmp_path, {"Song_Vox": np.repeat(mono(1.0, 1, 0.02), 2, axis=1)})
    preset = Preset(id="t", description="A", format={"dual_mono": "fold"}, gain={"true_peak": -1.0})
    (stem,) = plan_only(request, preset).to_json()["stems"]
    assert (stem["from"]["channels"], stem["to"]["channels"]) == (2, 1)
    assert stem["gain_db"] > 10.0
    assert not request.destination.exists()


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("gain: {}", "Give it a target"),
        ("gain: {loudness: -23 dB}", "LUFS"),
        ("gain: {loudness: -23 LUFS}\nseparate: {stems: [vocals]}", "Separated stems keep"),
        ("format: {pairs: joined}", "join"),
    ],
)
def test_mistakes_in_a_preset_are_told(text: str, mistake: str, tmp_path: Path):
    file = tmp_path / "mine.yaml"
    file.write_text(f"description: Mine\n{text}\n", encoding="utf-8")
    with pytest.raises(PresetError, match=mistake):
        PresetStore(tmp_path).load("mine")


def again(first: Delivered, folder: Path, **values: object) -> Delivered:
    (request,) = requests_for([first.folder], preset="test", destination=folder)
    return deliver(request, **values)


@given(
    seeds=st.lists(st.integers(0, 99), min_size=1, max_size=3, unique=True),
    source=st.sampled_from([Encoding.INT16, Encoding.INT24, Encoding.FLOAT32]),
    depth=st.sampled_from([16, 24, "float"]),
    rate=st.sampled_from([44_100, 48_000]),
    start=st.sampled_from(["keep", "pad"]),
    length=st.sampled_from(["keep", "common"]),
    gain=st.sampled_from([None, {"loudness": -20.0}, {"true_peak": -3.0}]),
    channels=st.sampled_from([{}, {"dual_mono": "fold", "pairs": "join"}]),
)
@settings(deadline=None, max_examples=12)
def test_conforming_a_conformed_set_changes_nothing(
    seeds, source, depth, rate, start, length, gain, channels, tmp_path_factory
):
    folder = tmp_path_factory.mktemp("law")
    names = ("Drums.L", "Drums.R", "Bass")
    sounds = {f"Song_{names[place]}": mono(0.6, seed) for place, seed in enumerate(seeds)}
    values = {
        "format": {"rate": rate, "depth": depth, **channels},
        "align": {"start": start, "length": length},
        "gain": gain,
    }
    first = deliver(request_of(folder, sounds, source), **values)
    second = again(first, folder / "again", **values)
    assert {name: sound.tobytes() for name, sound in outputs(second).items()} == {
        name: sound.tobytes() for name, sound in outputs(first).items()
    }
