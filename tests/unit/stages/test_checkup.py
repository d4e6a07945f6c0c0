import json
from pathlib import Path, PurePosixPath

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from stembridge.audio.files import read_blocks
from stembridge.audio.sound import Block, Encoding
from stembridge.check_model import Check
from stembridge.cli.check import check as check_command
from stembridge.errors import CheckError
from stembridge.pipeline import Bench, perform
from stembridge.presets import Preset, PresetStore
from stembridge.request import Request
from stembridge.separators.library import Library
from stembridge.separators.models import ModelStore
from stembridge.stages.checkup import check_up
from stembridge.stages.probe import Facts, Source, probe
from stembridge.stages.separation_cache import SeparationCache
from stembridge.testing import noise, read_tree, small_song, write_sound
from stembridge.units import Hertz

RATE = Hertz(48_000)
QUICK = Check.model_validate({"lossy": "off"})


def song(folder: Path, stems: dict[str, Block] | None = None, rate: Hertz = RATE) -> tuple[Facts, ...]:
    sounds = stems or {name: 0.5 * sound for name, sound in small_song(4.0, rate).items()}
    paths = [
        write_sound(folder / f"Song_{name}.wav", sound, rate, encoding=Encoding.INT24)
        for name, sound in sounds.items()
    ]
    return tuple(probe(Source(path, PurePosixPath(path.name))) for path in paths)


def codes(facts: tuple[Facts, ...], **rules: object) -> list[str]:
    check = Check.model_validate({"lossy": "off", **rules})
    return [finding.code for finding in check_up(facts, check).findings]


def halves(seconds: float = 2.0) -> dict[str, Block]:
    return {name: noise(seconds, RATE, level=0.05, seed=seed) for seed, name in enumerate(("Drums", "Bass"))}


def test_a_good_set_has_no_errors(tmp_path: Path) -> None:
    done = check_up(song(tmp_path, halves()), QUICK)
    assert (done.verdict, [each.code for each in done.findings]) == ("ready", ["no-mix"])


def test_files_of_another_rate_depth_and_length_are_told(tmp_path: Path) -> None:
    facts = song(tmp_path, halves() | {"Keys": noise(2.0, RATE, level=0.05, seed=5)})
    odd = write_sound(tmp_path / "Song_Vox.wav", noise(1.0, Hertz(44_100), level=0.05, seed=9), Hertz(44_100))
    found = codes((*facts, probe(Source(odd, PurePosixPath(odd.name)))))
    assert {"unequal-rate", "unequal-depth", "unequal-length"} <= set(found)


def test_a_lossy_file_has_no_depth_to_differ_in(tmp_path: Path) -> None:
    facts = song(tmp_path, halves())
    soundfile.write(tmp_path / "Song_Keys.mp3", 0.05 * noise(2.0, RATE, seed=5), RATE)
    keys = probe(Source(tmp_path / "Song_Keys.mp3", PurePosixPath("Song_Keys.mp3")))
    assert "unequal-depth" not in codes((*facts, keys))


def test_a_missing_and_an_extra_stem_are_told(tmp_path: Path) -> None:
    facts = song(tmp_path, halves())
    stems = {"wanted": ["drums", "keys / pads"], "extra": False}
    assert sorted(codes(facts, stems=stems)) == ["extra-stem", "missing-stem", "no-mix"]
    assert codes(facts, stems={"wanted": ["drums", "bass"], "extra": False}) == ["no-mix"]


def test_two_files_with_the_same_sound_are_told_whatever_their_depth(tmp_path: Path) -> None:
    (one,) = song(tmp_path, {"Drums": noise(1.0, RATE, level=0.05)})
    (sound,) = read_blocks(one.sound)
    path = write_sound(tmp_path / "Song_Bass.wav", sound, RATE, encoding=Encoding.FLOAT32)
    assert "identical" in codes((one, probe(Source(path, PurePosixPath(path.name)))))


def test_two_silent_files_are_not_doubles(tmp_path: Path) -> None:
    silence = np.zeros((48_000, 2), np.float32)
    assert "identical" not in codes(song(tmp_path, {"Drums": silence, "Bass": silence}))


def test_a_rule_that_is_off_is_silent(tmp_path: Path) -> None:
    facts = song(tmp_path, {"Drums": np.zeros((48_000, 2), np.float32)})
    assert codes(facts) == ["silent"]
    assert codes(facts, silent="off") == []


def test_report_only_changes_no_verdict(tmp_path: Path) -> None:
    facts = song(tmp_path, {"Drums": np.zeros((48_000, 2), np.float32)})
    for report_only in (False, True):
        rules = {"silent": "refuse", "report_only": report_only, "lossy": "off"}
        assert check_up(facts, Check.model_validate(rules)).verdict == "rejected"


def test_a_check_changes_no_file(tmp_path: Path) -> None:
    facts = song(tmp_path)
    before = read_tree(tmp_path)
    check_up(facts, QUICK)
    assert read_tree(tmp_path) == before


def bench(folder: Path) -> Bench:
    return Bench(Library(ModelStore(folder / "models")), SeparationCache(folder / "cache"))


def strict(**rules: object) -> Preset:
    check = Check.model_validate({"lossy": "off", **rules})
    return Preset(id="strict", description="A preset that checks", check=check)


def test_a_rejected_delivery_is_not_conformed(tmp_path: Path) -> None:
    song(tmp_path / "in", {"Drums": np.zeros((48_000, 2), np.float32)})
    request = Request((tmp_path / "in" / "Song_Drums.wav",), "strict", tmp_path / "out", "Song")
    with pytest.raises(CheckError, match=r"rejected for 1 reason\. Song_Drums\.wav: The file is silent"):
        perform(request, strict(silent="refuse"), bench(tmp_path), job="a" * 16)
    assert read_tree(tmp_path / "out") == {}


def test_a_rejected_delivery_is_conformed_all_the_same_where_the_rules_only_report(tmp_path: Path) -> None:
    song(tmp_path / "in", {"Drums": np.zeros((48_000, 2), np.float32)})
    request = Request((tmp_path / "in" / "Song_Drums.wav",), "strict", tmp_path / "out", "Song")
    lenient = strict(silent="refuse", report_only=True)
    delivered = perform(request, lenient, bench(tmp_path), job="a" * 16)
    assert [finding["severity"] for finding in delivered.findings] == ["error"]
    assert delivered.outputs


def test_findings_of_a_check_are_delivered(tmp_path: Path) -> None:
    song(tmp_path / "in", {"Drums": np.zeros((48_000, 2), np.float32)})
    request = Request((tmp_path / "in" / "Song_Drums.wav",), "strict", tmp_path / "out", "Song")
    delivered = perform(request, strict(silent="warn"), bench(tmp_path), job="a" * 16)
    assert [finding["code"] for finding in delivered.findings] == ["silent"]


def test_the_command_prints_its_documented_shape_and_exits_by_the_verdict(tmp_path: Path) -> None:
    song(tmp_path / "in", {"Drums": np.zeros((48_000, 2), np.float32)})
    options = ["--json", "--report", str(tmp_path / "report")]
    done = CliRunner().invoke(check_command, [str(tmp_path / "in"), *options])
    value = json.loads(done.stdout)
    assert (done.exit_code, value["verdict"]) == (0, "notes")
    keys = {"code", "severity", "path", "measured", "limit", "unit", "at", "message", "hint"}
    assert set(value["findings"][0]) == keys
    assert json.loads((tmp_path / "report" / "report.json").read_text("utf-8")) == value


def test_the_command_exits_with_1_when_rejected(tmp_path: Path) -> None:
    song(tmp_path / "in", halves())
    options = ["--preset", "me-48k24", "--json"]
    done = CliRunner().invoke(check_command, [str(tmp_path / "in"), *options])
    assert done.exit_code == 1
    assert json.loads(done.stdout)["verdict"] == "rejected"


@pytest.mark.parametrize(
    "name", ["vendor-any", "vendor-music-48k24", "mastering-intake", "me-48k24", "stems-for-sync"]
)
def test_the_promised_presets_check(name: str) -> None:
    assert PresetStore().load(name).check is not None
