import json
from pathlib import Path

import numpy as np
from click.testing import CliRunner, Result

from stembridge.audio.sound import Encoding
from stembridge.cli.conform import conform
from stembridge.testing import noise, read_tree, tree, write_sound
from stembridge.units import Hertz

RATE = Hertz(48_000)


def song(folder: Path, *, gap: bool = False) -> Path:
    for seed, name in enumerate(("Drums", "Bass")):
        sound = noise(2.0, RATE, level=0.05, seed=seed)
        if gap and name == "Bass":
            sound[RATE : RATE + 2_400] = np.float32(0.0)
        write_sound(folder / f"{folder.name}_{name}.wav", sound, RATE, encoding=Encoding.FLOAT32)
    return folder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(conform, [str(each) for each in arguments])


def quick(folder: Path) -> tuple[object, ...]:
    """Return the options of the vendor preset without its search for codecs, which takes two seconds a file."""
    text = "description: Quick\nextends: vendor-music-48k24\ncheck: {lossy: off}\n"
    tree(folder, {"presets/quick.yaml": text, "stembridge.yaml": "presets: presets\n"})
    return "--preset", "quick", "--config", folder / "stembridge.yaml"


def test_a_good_delivery_is_conformed_by_the_vendor_preset(tmp_path: Path):
    done = run(song(tmp_path / "Good"), "--to", tmp_path / "out", "--json")
    value = json.loads(done.stdout)
    assert (done.exit_code, value["verdict"], value["error"]) == (0, "ready", None)
    assert [Path(path).name for path in value["outputs"]] == ["Good_drums_48k24b.wav", "Good_bass_48k24b.wav"]
    assert value["session"].endswith("Good.rpp")


def test_a_rejected_delivery_says_all_that_was_found_and_the_batch_goes_on(tmp_path: Path):
    bad, good = song(tmp_path / "Bad", gap=True), song(tmp_path / "Good")
    before = read_tree(bad)
    done = run(bad, good, "--to", tmp_path / "out", "--json", *quick(tmp_path))
    rejected, delivered = json.loads(done.stdout)["deliveries"]
    assert (done.exit_code, rejected["verdict"], delivered["verdict"]) == (1, "rejected", "ready")
    assert (rejected["findings"][0]["code"], rejected["findings"][0]["path"]) == ("dropout", "Bad_Bass.wav")
    assert (rejected["error"]["code"], rejected["outputs"]) == ("rejected", [])
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["Good"]
    assert read_tree(bad) == before


def test_findings_are_printed_for_people_with_their_place(tmp_path: Path):
    done = run(song(tmp_path / "Bad", gap=True), "--to", tmp_path / "out", *quick(tmp_path))
    assert done.exit_code == 1
    assert "error: Bad_Bass.wav:" in done.stdout
    assert "[1.000 s]" in done.stdout


def test_what_is_no_audio_fails_with_its_reason(tmp_path: Path):
    (tmp_path / "x.wav").write_text("no")
    done = run(tmp_path / "x.wav", "--to", tmp_path / "out", "--json")
    value = json.loads(done.stdout)
    assert (done.exit_code, value["verdict"], value["findings"]) == (1, None, [])
    assert value["error"]["message"]
