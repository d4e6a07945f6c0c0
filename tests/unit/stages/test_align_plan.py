import json
from pathlib import Path
from typing import Any

import numpy as np
import placed_stems
import pytest
import soundfile
from placed_stems import RATE, Sound, cut_to_start, mixed

from stembridge.audio.sound import Container, Encoding, SoundFormat
from stembridge.pipeline import Bench, perform
from stembridge.presets import Align, Format, Preset
from stembridge.request import Request
from stembridge.separators.library import Library
from stembridge.separators.models import ModelStore
from stembridge.stages.deliver import Delivered
from stembridge.stages.moved import Moved
from stembridge.stages.separation_cache import SeparationCache
from stembridge.stages.shift import turned_over
from stembridge.stages.signals import ArraySignal
from stembridge.testing import write_sound

SONG = placed_stems.song(6, seconds=5.0)
MIX = mixed(SONG)
PAD = Align(start="pad", length="common", reference="mix")


def deliver(
    folder: Path, files: dict[str, Sound], align: Align = PAD, form: Format | None = None
) -> Delivered:
    paths = [
        write_sound(folder / "in" / f"Song_{name}.wav", sound, RATE, encoding=Encoding.INT24)
        for name, sound in files.items()
    ]
    (folder / "out").mkdir()
    request = Request(tuple(paths), "p", folder / "out", "Song")
    form = form or Format()
    preset = Preset(id="p", description="Stems in their places", align=align, name="{stem}", format=form)
    bench = Bench(Library(ModelStore(folder / "models")), SeparationCache(folder / "cache"), threads=2)
    return perform(request, preset, bench, job="j")


def outputs(delivered: Delivered) -> dict[str, Sound]:
    return {path.stem: soundfile.read(path, dtype="float32")[0] for path in delivered.outputs}


def told(delivered: Delivered, code: str) -> list[dict[str, Any]]:
    return [dict(finding) for finding in delivered.findings if finding["code"] == code]


def without(*names: str) -> dict[str, Sound]:
    return {"Mix": MIX} | {name: stem for name, stem in SONG.items() if name not in names}


def test_a_late_and_an_early_stem_are_moved_and_the_set_sums_to_its_mix(tmp_path: Path):
    late, early = cut_to_start(SONG["bass"], -480), cut_to_start(SONG["keys"], 33)
    delivered = deliver(tmp_path, without("bass", "keys") | {"bass": late, "keys": early})
    sounds = outputs(delivered)
    mix = sounds.pop("mix")
    assert mix.shape == MIX.shape
    assert np.abs(sum(sounds.values()) - mix).max() < 1e-6
    assert [finding["measured"] for finding in told(delivered, "aligned")] == [-480, 33]


def test_what_was_done_stands_in_the_manifest_and_in_the_report(tmp_path: Path):
    delivered = deliver(tmp_path, without("bass") | {"bass": cut_to_start(SONG["bass"], -480)})
    manifest = json.loads(delivered.manifest.read_text(encoding="utf-8"))
    (bass,) = (each for each in manifest["plan"]["stems"] if each["source"] == "Song_bass.wav")
    assert (bass["lead"], bass["offset"]["offset_samples"], bass["offset"]["accepted"]) == (-480, -480, True)
    report = (delivered.folder / "report.html").read_text(encoding="utf-8")
    assert "480 samples" in report
    assert "It came 480 samples late" in report


def test_what_sounds_before_the_mix_starts_is_not_cut(tmp_path: Path):
    count_in = cut_to_start(SONG["drums"], -2_400)
    count_in[100:300] = 0.2
    sounds = outputs(deliver(tmp_path, without("drums") | {"drums": count_in}))
    assert all(len(sound) == len(MIX) + 2_400 for sound in sounds.values())
    np.testing.assert_allclose(sounds["drums"][:2_400], count_in[:2_400], atol=1e-6)
    assert not sounds["mix"][:2_400].any()


def test_a_loop_stays_and_its_candidates_are_named(tmp_path: Path):
    loop = np.tile(SONG["drums"][:12_000], (10, 1))
    files = {"Mix": MIX - SONG["drums"] + loop, "drums": loop[12_000:-24_000]}
    delivered = deliver(tmp_path, files)
    (finding,) = told(delivered, "alignment-unsure")
    assert finding["severity"] == "warning"
    assert "It fits at" in finding["hint"]
    np.testing.assert_allclose(outputs(delivered)["drums"][:84_000], files["drums"], atol=1e-6)


def test_a_place_beyond_the_limit_is_told_and_not_taken(tmp_path: Path):
    late = cut_to_start(SONG["bass"], -2_400)
    align = Align(start="pad", reference="mix", limit=0.05)
    delivered = deliver(tmp_path, without("bass") | {"bass": late}, align)
    (finding,) = told(delivered, "alignment-unsure")
    assert "farther" in finding["message"]
    np.testing.assert_allclose(outputs(delivered)["bass"], late, atol=1e-6)


@pytest.mark.parametrize("is_allowed", [True, False])
def test_an_inverted_stem_is_turned_over_only_where_the_preset_allows_it(tmp_path: Path, is_allowed: bool):
    align = Align(start="pad", reference="mix", polarity=is_allowed)
    delivered = deliver(tmp_path, without("keys") | {"keys": -SONG["keys"]}, align)
    sign = 1 if is_allowed else -1
    np.testing.assert_allclose(outputs(delivered)["keys"], sign * SONG["keys"], atol=1e-6)
    (finding,) = told(delivered, "polarity")
    assert finding["severity"] == ("info" if is_allowed else "warning")


def test_a_drifting_stem_is_told_and_left(tmp_path: Path):
    song = placed_stems.song(3, seconds=16.0)
    fast = Moved(ArraySignal.of(song["keys"]), 0.0, -120e-6)
    files = {"Mix": mixed(song), "keys": fast.read(0, fast.frames)}
    delivered = deliver(tmp_path, files)
    (finding,) = told(delivered, "clock-drift")
    assert finding["measured"] == pytest.approx(120, abs=1)
    assert told(delivered, "aligned") == []


def test_a_drifting_stem_is_brought_back_where_that_is_asked(tmp_path: Path):
    song = placed_stems.song(3, seconds=16.0)
    fast = Moved(ArraySignal.of(song["keys"]), 480.0, -120e-6)
    files = {"Mix": mixed(song), "keys": fast.read(0, fast.frames)}
    delivered = deliver(tmp_path, files, PAD.model_copy(update={"drift": True}))
    (finding,) = told(delivered, "clock-drift")
    assert finding["severity"] == "info"
    entry = next(each for each in entries(delivered) if each["stem"] == "keys")
    assert round(entry["drift_ppm"], 3) == finding["measured"] == pytest.approx(120, abs=1)
    assert residue(outputs(delivered)["keys"], song["keys"]) < -40.0


@pytest.mark.parametrize("is_asked", [True, False])
def test_a_stem_between_two_samples_is_moved_there_only_when_that_is_asked(tmp_path: Path, is_asked: bool):
    between = delayed(cut_to_start(SONG["bass"], -480), -0.37)
    files = without("bass") | {"bass": between}
    delivered = deliver(tmp_path, files, PAD.model_copy(update={"fraction": is_asked}))
    (finding,) = told(delivered, "between-samples")
    assert finding["measured"] == pytest.approx(0.37, abs=0.02)
    assert ("align.fraction" in finding["hint"]) is not is_asked
    left = residue(outputs(delivered)["bass"], SONG["bass"])
    assert left < -55.0 if is_asked else left > -40.0


def test_without_a_mix_no_clock_is_corrected_and_nothing_slid(tmp_path: Path):
    drums, bass, keys, _ = placed_stems.song(3, seconds=16.0).values()
    fast = Moved(ArraySignal.of(0.5 * drums + 0.1 * keys), 0.0, -120e-6)
    files = {"close": drums + 0.2 * bass, "over": fast.read(0, fast.frames), "room": 0.3 * (drums + bass)}
    delivered = deliver(tmp_path, files, PAD.model_copy(update={"drift": True, "fraction": True}))
    assert {(each["drift_ppm"], each["delay"]) for each in entries(delivered)} == {(0.0, 0.0)}
    assert all("align.drift" not in finding["hint"] for finding in told(delivered, "clock-drift"))


def entries(delivered: Delivered) -> list[dict[str, Any]]:
    return list(json.loads(delivered.manifest.read_text(encoding="utf-8"))["outputs"])


def delayed(sound: Sound, by: float) -> Sound:
    """Delay a sound by a part of a sample in the spectrum of the whole: exact, and by no filter of ours."""
    size = len(sound) + 4096
    spectrum = np.fft.rfft(sound, size, axis=0)
    turned = spectrum * np.exp(-2j * np.pi * np.fft.rfftfreq(size) * by)[:, np.newaxis]
    return np.fft.irfft(turned, size, axis=0)[: len(sound)].astype(np.float32)


def residue(made: Sound, wanted: Sound) -> float:
    """Return what differs between two sounds, in dB against one of them."""
    size = min(len(made), len(wanted))
    return float(10 * np.log10(np.sum((made[:size] - wanted[:size]) ** 2) / np.sum(wanted[:size] ** 2)))


@pytest.mark.parametrize("in_halves", ["Mix", "guitar"])
def test_both_halves_of_a_stem_and_of_a_mix_are_heard(tmp_path: Path, in_halves: str):
    guitar = np.stack([np.zeros(len(MIX), np.float32), SONG["guitar"].sum(axis=1)], axis=1)
    files = without("guitar") | {"Mix": MIX - SONG["guitar"] + guitar, "guitar": cut_to_start(guitar, -480)}
    halves = files.pop(in_halves)
    files |= {f"{in_halves}.L": halves[:, :1], f"{in_halves}.R": halves[:, 1:]}
    delivered = deliver(tmp_path, files, form=Format(pairs="join"))
    assert [finding["measured"] for finding in told(delivered, "aligned")] == [-480]


def test_without_a_mix_that_is_said_once(tmp_path: Path):
    delivered = deliver(tmp_path, SONG)
    assert len(told(delivered, "no-mix-to-align")) == 1
    assert told(delivered, "alignment-unsure") == []


def test_a_silent_mix_is_said(tmp_path: Path):
    delivered = deliver(tmp_path, without() | {"Mix": np.zeros_like(MIX)})
    (finding,) = told(delivered, "no-mix-to-align")
    assert "silent" in finding["message"]


def test_a_preset_that_does_not_ask_moves_nothing(tmp_path: Path):
    late = cut_to_start(SONG["bass"], -480)
    sounds = outputs(deliver(tmp_path, without("bass") | {"bass": late}, Align(start="pad")))
    np.testing.assert_allclose(sounds["bass"], late, atol=1e-6)


@pytest.mark.parametrize(
    ("encoding", "lowest", "highest"),
    [
        (Encoding.INT16, -(2**15), 2**15 - 1),
        (Encoding.INT24, -(2**31), 2**31 - 256),
        (Encoding.INT32, -(2**31), 2**31 - 1),
    ],
)
def test_the_lowest_integer_turns_into_the_highest(encoding: Encoding, lowest: int, highest: int):
    kind = np.int16 if encoding is Encoding.INT16 else np.int32
    form = SoundFormat(Container.WAV, encoding, RATE, 1)
    (block,) = turned_over(iter([np.array([[lowest], [highest], [256]], kind)]), -1, form)
    assert block.tolist() == [[highest], [-highest], [-256]]
