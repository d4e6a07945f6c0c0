import json
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from stembridge.audio.sound import Encoding
from stembridge.cli.check import check
from stembridge.session.manifest import schema_path
from stembridge.testing import noise, read_tree, tree, write_sound
from stembridge.units import Hertz

RATE = Hertz(16_000)


def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(schema_path().with_name("check.schema.json").read_text("utf-8"))
    return found


def delivery(folder: Path, *, gain: float = 1.0, names: tuple[str, ...] = ("Drums", "Bass")) -> Path:
    stems = [noise(3.0, RATE, level=0.05, seed=seed) for seed, _ in enumerate(names)]
    mix = np.sum(stems, axis=0, dtype=np.float32)
    sounds = dict(zip(names, [np.float32(gain) * stems[0], *stems[1:]], strict=True)) | {"Mix": mix}
    for name, sound in sounds.items():
        write_sound(folder / f"{folder.name}_{name}.wav", sound, RATE, encoding=Encoding.INT24)
    return folder


def run(folder: Path, *arguments: str | Path) -> Result:
    """Check by rules that leave out what takes long to look for."""
    rules = {"quick.yaml": "description: Quick\ncheck: {lossy: off}\n", "stembridge.yaml": "presets: .\n"}
    tree(folder / "rules", rules)
    options = ["--preset", "quick", "--config", folder / "rules" / "stembridge.yaml"]
    return CliRunner().invoke(check, [str(one) for one in (*options, *arguments)])


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())


def test_a_check_writes_a_page_and_a_record_that_fits_its_schema(tmp_path: Path) -> None:
    song = delivery(tmp_path / "Song", gain=-1.0)
    before = read_tree(song)
    result = run(tmp_path, song, "--report", tmp_path / "out")
    assert (result.exit_code, read_tree(song)) == (1, before)
    record = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    Draft202012Validator(schema()).validate(record)
    assert [each["role"] for each in record["files"]] == ["bass", "drums", "mix"]
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    for told in (
        "Rejected: 1 thing to ask the vendor",
        "Song_Drums.wav is inverted.",
        "Message to the vendor",
    ):
        assert told in page
    for section in ("findings", "letter", "files", "timeline", "loudness", "null", "sources"):
        assert (f'<section id="{section}"' in page) == (section != "loudness")


def test_names_that_say_nothing_are_asked_by_their_sound_where_the_preset_wants_that(tmp_path: Path) -> None:
    song = delivery(tmp_path / "Track", names=("1", "2"))
    (song / "Track_Mix.wav").rename(song / "Track_3.wav")
    rules = {"ears.yaml": "description: Ears\ncheck: {lossy: off}\nidentify: {audio: true}\n"}
    tree(tmp_path / "rules", rules)
    arguments = (song, "--json", "--preset", "ears")
    record = json.loads(run(tmp_path, *arguments).stdout)
    assert [null["mix"] for null in record["nulls"]] == ["Track_3.wav"]
    assert json.loads(run(tmp_path, song, "--json").stdout)["nulls"] == []


def test_of_several_deliveries_each_has_its_page(tmp_path: Path) -> None:
    songs = [delivery(tmp_path / name / "Song") for name in ("a", "b")]
    run(tmp_path, *songs, "--report", tmp_path / "out")
    assert sorted(read_tree(tmp_path / "out")) == ["Song.html", "Song_2.html", "report.json"]
    record = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    Draft202012Validator(schema()).validate(record)
    assert len(record["deliveries"]) == 2


def test_a_record_without_a_key_does_not_fit(tmp_path: Path) -> None:
    record = json.loads(run(tmp_path, delivery(tmp_path / "Song"), "--json").stdout)
    for key in record:
        without = {name: value for name, value in record.items() if name != key}
        assert not Draft202012Validator(schema()).is_valid(without)


def test_a_file_that_cannot_be_read_is_a_finding_and_the_others_are_checked(tmp_path: Path) -> None:
    song = delivery(tmp_path / "Song", gain=-1.0)
    whole = (song / "Song_Bass.wav").read_bytes()
    (song / "Song_Bass.wav").write_bytes(whole[: len(whole) // 2])
    (song / "Song_Keys.wav").write_bytes(b"")
    result = run(tmp_path, song, "--json", "--report", tmp_path / "out")
    record = json.loads(result.stdout)
    Draft202012Validator(schema()).validate(record)
    assert result.exit_code == 1
    assert {("truncated", "Song_Bass.wav"), ("empty", "Song_Keys.wav")} <= {
        (finding["code"], finding["path"]) for finding in record["findings"]
    }
    assert [each["path"] for each in record["files"]] == ["Song_Drums.wav", "Song_Mix.wav"]
    assert record["nulls"] == []
    assert "Song_Keys.wav" in (tmp_path / "out" / "report.html").read_text("utf-8")


def test_a_file_that_proves_bad_on_the_way_is_a_finding_and_the_others_are_checked(tmp_path: Path) -> None:
    song = delivery(tmp_path / "Song")
    keys = noise(3.0, RATE)
    keys[2 * RATE] = np.nan
    soundfile.write(song / "Song_Keys.wav", keys, RATE, "FLOAT")
    record = json.loads(run(tmp_path, song, "--json").stdout)
    (error,) = (finding for finding in record["findings"] if finding["severity"] == "error")
    assert (error["code"], error["path"]) == ("not-finite", "Song_Keys.wav")
    assert len(record["files"]) == 3


def test_a_delivery_of_nothing_that_can_be_read_is_rejected(tmp_path: Path) -> None:
    tree(tmp_path / "Song", {"a.wav": "no sound"})
    record = json.loads(run(tmp_path, tmp_path / "Song", "--json", "--report", tmp_path / "out").stdout)
    assert (record["verdict"], record["files"]) == ("rejected", [])
    assert "Rejected: 1 thing to ask the vendor" in (tmp_path / "out" / "report.html").read_text("utf-8")


def test_a_delivery_that_cannot_be_opened_leaves_the_others_alone(tmp_path: Path) -> None:
    tree(tmp_path, {"bad.zip": "no archive"})
    result = run(tmp_path, tmp_path / "bad.zip", delivery(tmp_path / "Song"), "--json")
    record = json.loads(result.stdout)
    Draft202012Validator(schema()).validate(record)
    assert (result.exit_code, [each["name"] for each in record["deliveries"]]) == (1, ["Song"])
    assert "bad.zip" in result.stderr
