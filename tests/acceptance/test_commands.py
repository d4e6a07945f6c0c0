"""The commands a person types, beside a running daemon and without one."""

import json
import re
import shutil
import signal
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import rpp
from acceptance.daemon_rig import (
    COMMAND,
    Desk,
    at_desk,
    check_delivery,
    command,
    deliveries,
    hash_of,
    long_sound,
    sound,
    visible,
    wav_bytes,
)

from stembridge.jobs.job import State
from stembridge.testing import wait_until

JOB_KEYS = {"id", "state", "stage", "percent", "preset", "sources", "outputs", "error"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with at_desk(tmp_path_factory.mktemp("desk")) as desk:
        yield desk


def value_of(done: Any) -> Any:
    """Read the one JSON value that a command printed."""
    return json.loads(done.stdout)


def test_drop_and_wait_gives_the_jobs_as_they_ended(desk: Desk, tmp_path: Path) -> None:
    path = sound(tmp_path / "Song_Bass.wav", seed=11)
    done = desk.run("drop", path, "--preset", "source", "--to", tmp_path / "out", "--wait", "--json")
    (job,) = value_of(done)
    assert done.returncode == 0
    assert job.keys() >= JOB_KEYS
    assert (job["state"], job["percent"], job["preset"], job["error"]) == ("done", 100.0, "source", None)
    assert job["sources"] == [str(path)]
    assert all(Path(output).is_file() for output in job["outputs"])
    assert path.is_file()
    check_delivery(Path(job["manifest"]).parent)


def test_drop_without_waiting_names_the_job_at_once(desk: Desk, tmp_path: Path) -> None:
    path = sound(tmp_path / "quick.wav", seed=12)
    (job,) = value_of(desk.run("drop", path, "--preset", "source", "--json"))
    wait_until(lambda: value_of(desk.run("job", job["id"], "--json"))["state"] == "done")
    assert visible(tmp_path / "quick")  # beside the file it was made from


def test_drop_of_a_bad_file_ends_with_one_and_says_why(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "bad.wav"
    path.write_bytes(b"no sound at all")
    done = desk.run("drop", path, "--preset", "source", "--to", tmp_path / "out", "--wait", "--json")
    (job,) = value_of(done)
    assert done.returncode == 1
    assert job["state"] == "failed"
    assert job["error"].keys() == {"code", "message", "hint"}
    assert str(path) in job["error"]["message"]
    assert path.read_bytes() == b"no sound at all"
    assert job["error"]["hint"] in done.stderr


def test_what_was_removed_is_delivered_again_when_it_is_dropped_again(desk: Desk, tmp_path: Path) -> None:
    line = ("drop", sound(tmp_path / "Song_Bass.wav", seed=21), "--preset", "source", "--wait", "--json")
    (first,) = value_of(desk.run(*line))
    shutil.rmtree(Path(first["manifest"]).parent)
    (again,) = value_of(desk.run(*line))
    assert (again["id"], again["state"]) == (first["id"], "done")
    check_delivery(Path(again["manifest"]).parent)


@pytest.mark.parametrize("verb", ["process", "conform", "drop", "separate"])
def test_nothing_is_delivered_into_a_hot_folder_to_be_taken_in_again(
    desk: Desk, tmp_path: Path, verb: str
) -> None:
    before = visible(desk.inbox)
    path = sound(tmp_path / "Song_Bass.wav", seed=22)
    preset = "preview" if verb == "separate" else "source"
    done = desk.run(verb, path, "--preset", preset, "--to", desk.inbox / "Stems")
    assert (done.returncode, done.stdout) == (1, "")
    assert "This lies in a hot folder" in done.stderr
    assert visible(desk.inbox) == before


def test_a_done_job_has_nothing_to_retry_even_when_its_original_is_put_away(
    desk: Desk, tmp_path: Path
) -> None:
    path = sound(tmp_path / "Song_Keys.wav", seed=23)
    path.rename(desk.inbox / path.name)
    wait_until(lambda: (desk.done / path.name).exists(), what="the delivery")
    (job,) = [job for job in desk.jobs() if job.name == "Song_Keys"]
    done = desk.run("retry", job.id)
    assert (done.returncode, "is done, so there is nothing to retry" in done.stderr) == (1, True)


def test_jobs_lists_the_newest_first(desk: Desk, tmp_path: Path) -> None:
    for number in (31, 32):
        path = sound(tmp_path / f"take{number}.wav", seed=number)
        desk.run("drop", path, "--preset", "source", "--wait", check=True)
    listed = value_of(desk.run("jobs", "--json"))
    assert [Path(job["sources"][0]).name for job in listed[:2]] == ["take32.wav", "take31.wav"]
    assert all(job.keys() >= JOB_KEYS for job in listed)
    assert listed[0]["id"] in desk.run("jobs").stdout


def test_a_job_is_shown_with_its_error_and_the_time_as_clocks_say_it(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "worse.wav"
    path.write_bytes(b"no sound either")
    (job,) = value_of(desk.run("drop", path, "--preset", "source", "--wait", "--json"))
    shown = desk.run("job", job["id"]).stdout.splitlines()
    assert {f"id: {job['id']}", "state: failed", "sources:", f"  {path}"} <= set(shown)
    assert f"  hint: {job['error']['hint']}" in shown
    assert any(re.fullmatch(r"created: 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d", line) for line in shown)


def test_a_job_that_is_not_known_ends_with_one(desk: Desk) -> None:
    for verb in ("job", "cancel", "retry"):
        done = desk.run(verb, "feedfeed")
        assert (done.returncode, done.stdout) == (1, "")
        assert "There is no job feedfeed" in done.stderr


@pytest.mark.parametrize(
    "line",
    [
        ["process"],
        ["process", "no-such-file.wav", "--preset", "source", "--to", "out"],
        ["frobnicate"],
        ["jobs", "--config", "no-such-file.yaml"],
        ["jobs", "--limit", "-1"],
        ["demo", "--to", __file__],
        ["presets", "show", "no-such-preset"],
        ["drop", "no-such-file.wav", "--preset", "source"],
        ["run", "--config", "no-such-file.yaml"],
    ],
)
def test_wrong_use_ends_with_two_and_prints_nothing_on_standard_output(
    tmp_path: Path, line: list[str]
) -> None:
    done = command(*line, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("verb", ["run", "worker", "jobs"])
def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path, verb: str) -> None:
    desk = Desk(tmp_path)
    desk.data.write_text("a file", encoding="utf-8")
    done = desk.run(verb)
    assert (done.returncode, done.stdout, done.stderr.count("error: ")) == (1, "", 1)
    assert str(desk.data) in done.stderr
    assert "Traceback" not in done.stderr


def test_a_worker_that_cannot_reach_its_database_says_so_in_one_sentence(tmp_path: Path) -> None:
    desk = Desk(tmp_path, settings="database: postgresql://nobody@127.0.0.1:1/none")
    done = desk.run("worker")
    assert (done.returncode, done.stdout, done.stderr.count("error: ")) == (1, "", 1)
    assert "The job database cannot be used" in done.stderr
    assert "Traceback" not in done.stderr


def test_drop_without_a_daemon_says_how_to_start_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    done = desk.run("drop", sound(tmp_path / "song.wav"), "--preset", "source")
    assert (done.returncode, done.stdout) == (1, "")
    assert "stembridge run" in done.stderr


def test_jobs_before_the_first_daemon_is_an_empty_list(tmp_path: Path) -> None:
    assert value_of(Desk(tmp_path).run("jobs", "--json")) == []


def test_process_gives_the_documented_shape(tmp_path: Path) -> None:
    for stem in ("Bass", "Vox"):
        sound(tmp_path / "Song" / f"Song_{stem}.wav", seed=len(stem))
    done = command(
        "process", tmp_path / "Song", "--preset", "house-48k24", "--to", tmp_path / "out", "--json"
    )
    value = value_of(done)
    assert (done.returncode, value.keys()) == (0, {"outputs", "manifest", "session", "findings"})
    (delivery,) = deliveries(tmp_path / "out")
    assert [Path(path).name for path in value["outputs"]] == [
        "Song_bass_48k24b.wav",
        "Song_vocals_48k24b.wav",
    ]
    assert value["manifest"] == str(delivery / "manifest.json")
    assert value["session"] == str(delivery / "Song.rpp")
    assert value["findings"] == []
    assert not (tmp_path / "out" / ".stembridge").exists()


def test_process_goes_on_after_a_bad_delivery(tmp_path: Path) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    sound(good / "Song_Bass.wav")
    bad.mkdir()
    (bad / "noise.wav").write_bytes(b"")
    done = command("process", bad, good, "--preset", "source", "--to", tmp_path / "out", "--json")
    assert done.returncode == 1
    assert "noise.wav" in done.stderr
    assert [delivery.name for delivery in deliveries(tmp_path / "out")] == ["Song"]
    assert len(value_of(done)["outputs"]) == 1


def test_process_twice_makes_two_deliveries_of_the_same_bytes(tmp_path: Path) -> None:
    path = sound(tmp_path / "Song_Bass.wav")
    for _ in range(2):
        command("process", path, "--preset", "cd-44k16", "--to", tmp_path / "out", check=True)
    first, second = deliveries(tmp_path / "out")
    assert [first.name, second.name] == ["Song", "Song_2"]
    for kind in ("wav", "rpp", "RTrackTemplate"):
        assert hash_of(next(first.glob(f"*.{kind}"))) == hash_of(next(second.glob(f"*.{kind}"))), kind


def test_a_track_template_of_the_set_lies_beside_the_session(tmp_path: Path) -> None:
    for stem in ("Bass", "Vox"):
        sound(tmp_path / "Song" / f"Song_{stem}.wav", seed=len(stem))
    command("process", tmp_path / "Song", "--preset", "house-48k24", "--to", tmp_path / "out", check=True)
    (delivery,) = deliveries(tmp_path / "out")
    template = delivery / check_delivery(delivery)["track_template"]
    tracks = rpp.loads(f"<TEMPLATE\n{template.read_text(encoding='utf-8')}>\n").findall("TRACK")
    assert [value_in(track, "NAME") for track in tracks] == ["Song", "bass", "vocals"]
    assert [value_in(track, "ISBUS") for track in tracks] == ["1", "0", "2"]
    assert not any(track.findall("ITEM") for track in tracks)


def value_in(element: rpp.Element, name: str) -> str:
    return str(next(entry[1] for entry in element if isinstance(entry, list) and entry[0] == name))


def test_plan_prints_what_would_be_done_and_does_nothing(tmp_path: Path) -> None:
    path = sound(tmp_path / "in" / "Song_Bass.wav")
    before = visible(tmp_path)
    done = command("plan", path, "--preset", "house-48k24", "--json", cwd=tmp_path)
    (stem,) = value_of(done)["stems"]
    assert (stem["output"], stem["to"]["rate"], stem["from"]["rate"]) == (
        "Song_bass_48k24b.wav",
        48_000,
        44_100,
    )
    assert "Song_bass_48k24b.wav" in command("plan", path, "--preset", "house-48k24", cwd=tmp_path).stdout
    assert visible(tmp_path) == before


def test_a_file_in_a_zip_is_called_by_its_place_in_the_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "Song.zip", "w") as archive:
        archive.writestr("Song/Song_Bass.wav", wav_bytes())
        archive.writestr("Song/Song_Vox.wav", b"text")
    where = tmp_path / "Song.zip" / "Song" / "Song_Vox.wav"
    for line in (["plan"], ["process", "--to", tmp_path / "out"]):
        done = command(*line, tmp_path / "Song.zip", "--preset", "source")
        assert (done.returncode, f"error: {where}: This is not a sound file." in done.stderr) == (1, True)


def test_the_manifest_names_the_zip_that_a_file_came_in(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "Song.zip", "w") as archive:
        archive.writestr("Song/Song_Bass.wav", wav_bytes())
    done = command("process", tmp_path / "Song.zip", "--preset", "source", "--to", tmp_path / "out", "--json")
    (entry,) = json.loads(Path(value_of(done)["manifest"]).read_bytes())["sources"]
    assert (entry["path"], entry["name"]) == (str(tmp_path / "Song.zip"), "Song/Song_Bass.wav")


def test_plan_shows_the_deliveries_beside_one_that_cannot_be_planned(tmp_path: Path) -> None:
    good, bad = sound(tmp_path / "good" / "Song_Bass.wav").parent, tmp_path / "bad"
    bad.mkdir()
    (bad / "noise.wav").write_bytes(b"")
    done = command("plan", bad, good, "--preset", "source", "--json")
    assert (done.returncode, "noise.wav" in done.stderr) == (1, True)
    assert [each["stems"][0]["role"] for each in value_of(done)] == ["bass"]


def test_plan_of_a_zip_leaves_nothing_behind(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "Song.zip", "w") as archive:
        archive.writestr("Song_Bass.wav", wav_bytes())
    done = command("plan", tmp_path / "Song.zip", "--preset", "source", "--json", cwd=tmp_path)
    assert [stem["source"] for stem in value_of(done)["stems"]] == ["Song_Bass.wav"]
    assert visible(tmp_path) == ["Song.zip"]


def test_a_queued_job_that_is_cancelled_is_put_aside(tmp_path: Path) -> None:
    with at_desk(tmp_path, preset="house-48k24") as desk:
        long_sound(desk.inbox / "long.wav")
        desk.wait_jobs(1, State.RUNNING)
        with desk.frozen():
            sound(desk.inbox / "next.wav")
            (queued,) = (job for job in desk.wait_jobs(1, State.QUEUED) if job.name == "next")
            value = value_of(desk.run("cancel", queued.id, "--json"))
        assert value["state"] == "cancelled"
        desk.wait_jobs(1)
        desk.wait_settled()
        assert [delivery.name for delivery in deliveries(desk.project)] == ["long"]
        assert visible(desk.failed) == ["next.wav", "next.wav.reason.txt"]


def test_a_running_job_that_is_cancelled_leaves_nothing_and_can_be_done_after_all(tmp_path: Path) -> None:
    with at_desk(tmp_path, preset="house-48k24") as desk:
        original = hash_of(long_sound(desk.inbox / "long.wav"))
        (running,) = desk.wait_jobs(1, State.RUNNING)
        wait_until(lambda: any(desk.project.rglob("*.wav")), what="the first bytes of an output")
        with desk.frozen():
            desk.run("cancel", running.id, check=True)
        desk.wait_settled()
        assert visible(desk.project) == []
        assert hash_of(desk.failed / "long.wav") == original
        desk.run("retry", running.id, check=True)
        desk.wait_jobs(1)
        desk.wait_settled()
        assert len(deliveries(desk.project)) == 1
        assert visible(desk.inbox) == ["_done/long.wav"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_daemon_in_the_middle_of_a_job(tmp_path: Path, number: signal.Signals) -> None:
    desk = Desk(tmp_path, preset="house-48k24", workers=2).start()
    try:
        long_sound(desk.inbox / "long.wav")
        desk.wait_jobs(1, State.RUNNING)
        everyone = desk.processes()
        everyone[0].send_signal(number)
        assert everyone[0].wait(60) in (0, None)
        assert desk.daemon is not None
        assert desk.daemon.wait() == 0
        assert psutil.wait_procs(everyone, timeout=30)[1] == []
        assert [job.state for job in desk.jobs()] == [State.QUEUED]
        assert visible(desk.project) == []
        desk.start()
        desk.wait_jobs(1)
        desk.wait_settled()
        assert len(deliveries(desk.project)) == 1
        assert desk.stop() == 0
    finally:
        desk.close()


def test_a_daemon_that_is_stopped_as_soon_as_it_runs_stops_and_says_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    daemon = subprocess.Popen(
        [*COMMAND, "run", "--config", str(desk.config)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    wait_until((desk.data / "spool" / "heartbeat.json").exists)
    daemon.terminate()
    out, _ = daemon.communicate(timeout=60)
    assert (daemon.returncode, out) == (0, b"")
    assert not (desk.data / "spool" / "heartbeat.json").exists()
