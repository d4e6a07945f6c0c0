"""Separation through every door gives the same bytes, and its promises hold on the delivered files."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from acceptance.daemon_rig import Desk, at_desk, check_delivery, command
from demucs_models import save_safetensors, save_th, small_htdemucs

from stembridge.audio.files import open_sound, read_raw_blocks
from stembridge.audio.sound import Encoding
from stembridge.jobs.job import State
from stembridge.testing import noise, small_song, write_sound
from stembridge.units import Hertz

RATE = Hertz(32_000)


@pytest.fixture
def song(tmp_path: Path) -> Path:
    mix = small_song(4.0, RATE)["Mix"] + noise(4.0, RATE, level=0.01)
    return write_sound(tmp_path / "in" / "Night Drive.wav", mix, RATE, encoding=Encoding.INT24)


def configured(tmp_path: Path) -> tuple[str, str]:
    file = tmp_path / "c.yaml"
    file.write_text(f"data: {tmp_path / 'private'}\n", encoding="utf-8")
    return "--config", str(file)


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def audio(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.wav")}


def samples(path: Path) -> np.ndarray:
    return np.concatenate(list(read_raw_blocks(open_sound(path)))).astype(np.int64)


def test_hot_folder_process_and_separate_give_the_same_bytes(tmp_path: Path, song: Path):
    config = configured(tmp_path)
    command("process", song, "--preset", "preview", "--to", tmp_path / "a", *config, check=True)
    command("separate", song, "--preset", "preview", "--to", tmp_path / "b", *config, check=True)
    desk = Desk(tmp_path / "desk", preset="preview").start()
    try:
        (desk.inbox / song.name).write_bytes(song.read_bytes())
        desk.wait_jobs(1)
    finally:
        desk.stop()
    first = audio(tmp_path / "a" / "Night Drive")
    assert len(first) == 4
    assert first == audio(tmp_path / "b" / "Night Drive") == audio(desk.project / "Night Drive")


def test_delivered_stems_sum_to_the_source_and_the_manifest_says_so(tmp_path: Path, song: Path):
    command(
        "process", song, "--preset", "preview", "--to", tmp_path / "out", *configured(tmp_path), check=True
    )
    folder = tmp_path / "out" / "Night Drive"
    manifest = check_delivery(folder)
    assert manifest["separation"]["null_exact"] is True
    stems = [samples(folder / output["path"]) for output in manifest["outputs"]]
    assert np.array_equal(sum(stems), samples(song))


def test_the_second_time_the_stems_come_from_the_cache(tmp_path: Path, song: Path):
    config = configured(tmp_path)
    results = [
        json.loads(
            command(
                "separate", song, "-p", "preview", "--to", tmp_path / to, "--json", *config, check=True
            ).stdout
        )
        for to in ("a", "b")
    ]
    assert [result["cached"] for result in results] == [False, True]
    assert audio(tmp_path / "a" / "Night Drive") == audio(tmp_path / "b" / "Night Drive")
    assert all(result["null_dbfs"] <= -200 and result["model"] == "spectral" for result in results)


def test_a_harmed_cache_is_not_used(tmp_path: Path, song: Path):
    config = configured(tmp_path)
    command("separate", song, "-p", "preview", "--to", tmp_path / "a", *config, check=True)
    kept = next((tmp_path / "private" / "separations").rglob("0.wav"))
    kept.write_bytes(kept.read_bytes()[:-4] + b"\1\2\3\4")
    result = command("separate", song, "-p", "preview", "--to", tmp_path / "b", "--json", *config, check=True)
    assert json.loads(result.stdout)["cached"] is False
    assert audio(tmp_path / "a" / "Night Drive") == audio(tmp_path / "b" / "Night Drive")


def test_the_preview_calls_itself_one(tmp_path: Path, song: Path):
    shown = command(
        "separate", song, "-p", "preview", "--to", tmp_path / "a", *configured(tmp_path), check=True
    )
    findings = check_delivery(tmp_path / "a" / "Night Drive")["findings"]
    assert "rough-preview" in [finding["code"] for finding in findings]
    report = (tmp_path / "a" / "Night Drive" / "report.html").read_text(encoding="utf-8")
    assert "rough preview" in report
    assert shown.returncode == 0


def test_a_missing_model_is_told_at_once_with_the_command_that_helps(tmp_path: Path, song: Path):
    shown = command("separate", song, "-p", "four-stems", "--to", tmp_path / "a", *configured(tmp_path))
    assert shown.returncode == 1
    assert "stembridge models fetch htdemucs" in shown.stderr
    assert not list((tmp_path / "a").rglob("*.wav"))


def test_a_job_without_its_model_waits_goes_on_when_it_comes_and_gives_the_same_bytes(
    tmp_path: Path, song: Path
):
    with at_desk(tmp_path / "desk", preset="four-stems") as desk:
        (desk.inbox / song.name).write_bytes(song.read_bytes())
        (waiting,) = desk.wait_jobs(1, State.WAITING)
        assert waiting.error is not None
        assert "stembridge models fetch htdemucs" in waiting.error.hint
        member = save_safetensors(small_htdemucs(), made(tmp_path / "carried"), "955717e8")
        command("models", "--config", desk.config, "import", member, check=True)
        desk.wait_jobs(1)
    config = tmp_path / "c.yaml"
    config.write_text(f"data: {tmp_path / 'private'}\nmodels: {desk.data / 'models'}\n", encoding="utf-8")
    for door in ("process", "separate"):
        options = ("--preset", "four-stems", "--to", tmp_path / door, "--config", config)
        command(door, song, *options, check=True)
        shutil.rmtree(tmp_path / "private")
        assert audio(tmp_path / door / "Night Drive") == audio(desk.project / "Night Drive")
    assert len(audio(desk.project / "Night Drive")) == 4


def test_a_stem_that_the_model_does_not_make_is_refused(tmp_path: Path, song: Path):
    shown = command(
        "separate", song, "-p", "preview", "--stems", "kazoo", "--to", tmp_path / "a", *configured(tmp_path)
    )
    assert shown.returncode == 1
    assert "no kazoo" in shown.stderr


def own_model(tmp_path: Path, song: Path, folder: Path) -> "subprocess.CompletedProcess[str]":
    options = ("--model", "mine", "--model-folder", folder, "--device", "cpu", "--json")
    return command(
        "separate", song, "-p", "four-stems", *options, "--to", tmp_path / "a", *configured(tmp_path)
    )


def test_a_demucs_model_of_ones_own_separates_from_the_command_line(tmp_path: Path, song: Path):
    save_safetensors(small_htdemucs(), made(tmp_path / "models"), "mine")
    shown = own_model(tmp_path, song, tmp_path / "models")
    assert shown.returncode == 0, shown.stderr
    result = json.loads(shown.stdout)
    assert (result["model"], result["device"], result["null_exact"]) == ("mine", "cpu", True)
    manifest = check_delivery(tmp_path / "a" / "Night Drive")
    gain = 10 ** (manifest["outputs"][0]["gain_db"] / 20)  # random weights are loud, so the set has one gain
    stems = [samples(Path(path)) for path in result["stems"].values()]
    assert np.abs(sum(stems) - gain * samples(song)).max() <= 2**8
    assert manifest["separation"]["model_hash"]


def test_a_pickle_of_ones_own_is_loaded_only_when_it_is_trusted(tmp_path: Path, song: Path):
    pickle = save_th(small_htdemucs(), made(tmp_path / "models"), "mine")
    refused = own_model(tmp_path, song, tmp_path / "models")
    assert refused.returncode == 1
    assert "models import --trust" in refused.stderr
    command("models", *configured(tmp_path), "import", "--trust", pickle, check=True)
    trusted = own_model(tmp_path, song, tmp_path / "models")
    assert trusted.returncode == 0, trusted.stderr
