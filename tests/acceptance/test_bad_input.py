"""Bad input gets one clear error; the original stays, nothing partial appears, and the rest goes on."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from acceptance.bad_files import BAD, zipped
from acceptance.daemon_rig import (
    COMMAND,
    at_desk,
    check_delivery,
    deliveries,
    hash_of,
    sound,
    visible,
    wav_bytes,
)
from click.testing import CliRunner, Result

from stembridge.cli.group import commands
from stembridge.cli.output import print_error
from stembridge.errors import ConfigError, PresetError, StembridgeError
from stembridge.jobs.job import State

MOUNTS = shutil.which("unshare") is not None and hasattr(os, "geteuid") and os.geteuid() == 0
needs_mounts = pytest.mark.skipif(not MOUNTS, reason="only root may make mounts of its own")


def process(*paths: Path, to: Path, preset: str = "source") -> Result:
    line = ["process", *map(str, paths), "--preset", preset, "--to", str(to), "--json"]
    return CliRunner().invoke(commands, line)


def one_clear_error(said: str, path: Path) -> None:
    """What, which file, what to do: one line of each, and no trace of our own code."""
    errors = [line for line in said.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1, said
    assert path.name in errors[0]
    assert said.splitlines()[-1].startswith("  "), said
    assert "Traceback" not in said


@pytest.mark.parametrize("kind", BAD)
def test_process_refuses_it_and_leaves_nothing(tmp_path: Path, kind: str) -> None:
    (tmp_path / "in").mkdir()
    bad = BAD[kind](tmp_path / "in")
    before = hash_of(bad)
    done = process(bad, to=tmp_path / "out")
    assert done.exit_code == 1
    one_clear_error(done.stderr, bad)
    assert json.loads(done.stdout)["outputs"] == []
    assert hash_of(bad) == before
    assert visible(tmp_path) == [f"in/{bad.name}"]


def test_process_goes_on_with_the_rest_of_a_batch(tmp_path: Path) -> None:
    folders = []
    for kind, make in BAD.items():
        (tmp_path / "in" / kind).mkdir(parents=True)
        made = make(tmp_path / "in" / kind)
        folders.append(made if made.suffix == ".zip" else made.parent)
    (tmp_path / "in" / "nothing").mkdir()
    sound(tmp_path / "in" / "good" / "Song_Bass.wav")
    done = process(*folders, tmp_path / "in" / "nothing", tmp_path / "in" / "good", to=tmp_path / "out")
    assert done.exit_code == 1
    assert done.stderr.count("error: ") == len(BAD) + 1
    assert [delivery.name for delivery in deliveries(tmp_path / "out")] == ["Song"]


def test_a_hot_folder_parks_each_with_its_reason_and_delivers_the_rest(tmp_path: Path) -> None:
    with at_desk(tmp_path, workers=2) as desk:
        before = {}
        for make in BAD.values():
            path = make(desk.inbox)
            before[path.name] = hash_of(path)
        for number in range(3):
            sound(desk.inbox / f"good{number}.wav", seed=number)
        desk.wait_jobs(len(BAD) + 3, State.DONE, State.FAILED)
        desk.wait_settled()
        assert {path.name for path in deliveries(desk.project)} == {"good0", "good1", "good2"}
        parked = {path.name: path for path in desk.failed.iterdir()}
        assert {name: hash_of(parked[name]) for name in before} == before
        for name in before:
            reason = parked[f"{name}.reason.txt"].read_text(encoding="utf-8")
            assert all(f"{word}:" in reason for word in ("What", "File", "To do", "Job"))
            assert name in reason
        assert not any("Traceback" in log.read_text() for log in (desk.data / "logs").iterdir())


def test_one_bad_file_of_a_set_is_named_and_the_set_is_not_delivered(tmp_path: Path) -> None:
    sound(tmp_path / "Song" / "Song_Bass.wav")
    (tmp_path / "Song" / "Song_Vox.wav").write_bytes(b"no sound")
    done = process(tmp_path / "Song", to=tmp_path / "out")
    one_clear_error(done.stderr, Path("Song_Vox.wav"))
    assert not (tmp_path / "out").exists() or visible(tmp_path / "out") == []


@pytest.mark.parametrize(
    "names",
    [
        ("Song_Bass.wav", "Song_bass.wav"),
        ("a/Song_Bass.wav", "b/Song_Bass.wav"),
        ("Song_Bass.wav", "Song_Bass.aiff"),
        ("Song Bass.wav", "Song_Bass.wav"),
    ],
)
def test_two_files_that_would_get_one_name_get_two(tmp_path: Path, names: tuple[str, str]) -> None:
    for seed, name in enumerate(names):
        sound(tmp_path / "Song" / name, seed=seed)
    done = process(tmp_path / "Song", to=tmp_path / "out")
    (delivery,) = deliveries(tmp_path / "out")
    outputs = [output["path"].casefold() for output in check_delivery(delivery)["outputs"]]
    assert done.exit_code == 0
    assert len(set(outputs)) == 2


@pytest.mark.parametrize(
    "name",
    [
        "🎸 solo 🔥.wav",
        "ä" * 120 + ".wav",
        "a" * 250 + ".wav",
        "..\\..\\evil.wav",
        "CON.wav",
        "a:b*c?.wav",
        "-rf.wav",
    ],
)
def test_a_name_that_some_system_cannot_hold_is_made_safe(tmp_path: Path, name: str) -> None:
    source = sound(tmp_path / "in" / "Song" / name)
    sound(tmp_path / "in" / "Song" / "Song_Bass.wav", seed=2)
    before = hash_of(source)
    done = process(tmp_path / "in" / "Song", to=tmp_path / "out")
    assert done.exit_code == 0, done.stderr
    (delivery,) = deliveries(tmp_path / "out")
    for path in delivery.iterdir():
        assert len(path.name.encode()) <= 255
        assert not set(path.name) & set('\\/:*?"<>|')
        assert path.stem.upper() not in ("CON", "NUL")
    assert "🎸" not in name or any("🎸" in path.name for path in delivery.iterdir())
    assert hash_of(source) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]


@pytest.mark.parametrize("name", ["solo 🔥", "🎸 Riff", "Lied 🇩🇪", "👨‍👩‍👧 Home"])
def test_pictures_in_the_name_of_a_single_file_are_kept(tmp_path: Path, name: str) -> None:
    done = process(sound(tmp_path / f"{name}.wav"), to=tmp_path / "out")
    (delivery,) = deliveries(tmp_path / "out")
    assert (done.exit_code, delivery.name) == (0, name)
    assert all(name in output.name for output in delivery.glob("*.wav"))


def test_entries_of_a_zip_may_have_any_length_and_marks(tmp_path: Path) -> None:
    names = ["Song/" + "a" * 300 + ".wav", "Song/🎸 Gtr.wav", "Song/Bass*?.wav"]
    entries = [(name, wav_bytes(seed=seed)) for seed, name in enumerate(names)]
    (tmp_path / "Song.zip").write_bytes(zipped(*entries))
    done = process(tmp_path / "Song.zip", to=tmp_path / "out")
    (delivery,) = deliveries(tmp_path / "out")
    assert done.exit_code == 0, done.stderr
    assert len(check_delivery(delivery)["outputs"]) == 3
    assert all(len(path.name.encode()) <= 255 for path in delivery.iterdir())


def in_a_mount(folder: Path, options: str, *line: str) -> "subprocess.CompletedProcess[str]":
    """Run a command where a small file system of its own is mounted on a folder."""
    script = f'mount -t tmpfs -o {options} none "$0" && exec "$@"'
    command = ["unshare", "--mount", "sh", "-c", script, str(folder), *line]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=120)


@needs_mounts
@pytest.mark.parametrize(
    ("options", "what"), [("size=256k", "is full"), ("size=8m,ro", "not allowed")], ids=["full", "read-only"]
)
def test_a_destination_that_cannot_take_it_is_named(tmp_path: Path, options: str, what: str) -> None:
    (tmp_path / "out").mkdir()
    source = sound(tmp_path / "Song_Bass.wav", seconds=10.0)
    before = hash_of(source)
    line = ["process", str(source), "--preset", "source", "--to", str(tmp_path / "out")]
    shown = f'"$@"; code=$?; find "{tmp_path}/out" -mindepth 1; exit $code'
    done = in_a_mount(tmp_path / "out", options, "sh", "-c", shown, "sh", *COMMAND, *line)
    assert done.returncode == 1
    one_clear_error(done.stderr, tmp_path / "out")
    assert what in done.stderr
    assert done.stdout == ""
    assert hash_of(source) == before


@pytest.mark.parametrize("inside", ["", "deeper/still"])
def test_a_destination_that_is_a_file_is_called_one(tmp_path: Path, inside: str) -> None:
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    source = sound(tmp_path / "Song_Bass.wav")
    done = process(source, to=tmp_path / "out" / inside)
    assert (done.exit_code, json.loads(done.stdout)["outputs"]) == (1, [])
    one_clear_error(done.stderr, tmp_path / "out")
    assert "not a folder" in done.stderr
    assert (tmp_path / "out").read_text(encoding="utf-8") == "mine"


def test_a_config_with_five_mistakes_shows_all_five_with_their_lines(tmp_path: Path) -> None:
    config = tmp_path / "stembridge.yaml"
    config.write_text(
        "workerz: 2\n"
        "log_level: loud\n"
        "osc: {port: 99999}\n"
        "hot_folders:\n"
        "  - path: Inbox\n"
        "    to: Inbox/out\n"
        "    preset: no-such-preset\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError) as caught:
        CliRunner().invoke(commands, ["config", "check", str(config)], catch_exceptions=False)
    said = str(caught.value)
    for line in (1, 2, 3, 6, 7):
        assert f"stembridge.yaml:{line}:" in said
    assert "5 mistakes" in said
    assert "workers" in said


def test_an_unknown_preset_key_is_shown_with_its_line_and_what_was_meant(tmp_path: Path) -> None:
    preset = tmp_path / "mine.yaml"
    preset.write_text("description: Mine\nformat: {rate: 48000, deph: 24}\n", encoding="utf-8")
    with pytest.raises(PresetError, match=r"mine\.yaml:2:.*deph.*depth"):
        CliRunner().invoke(commands, ["presets", "check", str(preset)], catch_exceptions=False)


def test_an_error_is_printed_as_what_where_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    print_error(StembridgeError("It broke.", path=Path("a.wav"), hint="Mend it."))
    assert capsys.readouterr().err == "error: a.wav: It broke.\n  Mend it.\n"
