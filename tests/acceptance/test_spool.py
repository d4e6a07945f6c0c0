"""A real daemon and real files: what a script in REAPER leaves in the spool, and what it finds there."""

import json
import os
import stat
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from acceptance.daemon_rig import Desk, at_desk, command

from stembridge.audio.chunks import read_metadata
from stembridge.audio.files import open_sound, read_raw_blocks
from stembridge.audio.sound import Encoding
from stembridge.testing import noise, small_song, wait_until, write_sound
from stembridge.units import Hertz

RATE = Hertz(48_000)
PRESET = "description: A rough look\nseparate: {model: spectral, stems: [vocals, drums, bass, other]}\n"


class Script:
    """Does with files what the scripts in REAPER do."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.spool = desk.data / "spool"
        self.project = desk.home / 'My Song\'s 50 % "Größe"'
        self.project.mkdir(exist_ok=True)

    def put(self, folder: str, name: str, value: object) -> None:
        path = self.spool / folder / f"{name}.json"
        part = path.with_suffix(".tmp")
        part.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        part.replace(path)

    def ask(self, **changes: Any) -> str:
        request = changes.pop("id", uuid.uuid4().hex)
        body = {
            "version": 1,
            "id": request,
            "kind": "conform",
            "preset": "source",
            "script_version": "0.1.0",
            "project": {"path": "", "record_path": str(self.project), "rate": 48000.0, "name": "Song"},
            "destination": None,
        }
        self.put("requests", request, body | changes)
        return request

    def status(self, request: str) -> dict[str, Any]:
        path = self.spool / "status" / f"{request}.json"
        return json.loads(path.read_bytes()) if path.exists() else {"state": None}

    def wait(self, request: str, *states: str) -> dict[str, Any]:
        wanted = states or ("done",)
        ended = {"done", "failed", "cancelled", "rejected", *wanted}
        wait_until(lambda: self.status(request)["state"] in ended, what="the end of the job")
        status = self.status(request)
        assert status["state"] in wanted, (status["state"], status.get("message"), status.get("hint"))
        return status


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Script]:
    home = tmp_path_factory.mktemp("desk")
    (home / "presets").mkdir()
    (home / "presets" / "rough.yaml").write_text(PRESET)
    with at_desk(home, settings=f"allowed_roots: [{home}]") as desk:
        yield Script(desk)


def song(script: Script, name: str = "Take 1.wav", seconds: float = 3.0, seed: int = 1) -> Path:
    path = script.project / name
    mix = small_song(seconds, RATE)["Mix"] + noise(seconds, RATE, level=0.01, seed=seed)
    return write_sound(path, mix, RATE, encoding=Encoding.INT24)


def item(**changes: Any) -> dict[str, Any]:
    plain = {
        "guid": "{1}",
        "track_guid": "{2}",
        "position": 10.0,
        "length": 1.0,
        "start_offset": 1.0,
        "play_rate": 1.0,
        "loop": False,
        "channel_mode": 0,
        "name": "Take 1.wav",
        "fade_in": 0.01,
    }
    return plain | changes


def test_the_spool_is_private(script):
    assert stat.S_IMODE(script.spool.stat().st_mode) == 0o700


def test_a_folder_is_conformed_into_the_project(script):
    folder = script.project / "Delivery"
    for number in (1, 2):
        write_sound(folder / f"Song_Stem{number}.wav", noise(0.3, RATE, seed=number), RATE)
    status = script.wait(script.ask(path=str(folder)))
    assert Path(status["manifest"]).parent.parent == script.project / "Stembridge"
    assert [Path(stem["path"]).is_file() for stem in status["stems"]] == [True, True]
    keys = {"name", "path", "role", "colour", "channels", "rate", "start", "muted"}
    assert keys == set(status["stems"][0])


def test_an_item_comes_back_as_stems_that_sum_to_what_it_plays(script):
    source = song(script)
    request = script.ask(
        kind="separate", preset="rough", item=item(), source={"path": str(source), "section": None},
        handles=0.5, stems=None,
    )  # fmt: skip
    status = script.wait(request)
    assert (status["handles"], status["length"]) == ({"before": 0.5, "after": 0.5}, 2.0)
    played = np.concatenate(list(read_raw_blocks(open_sound(source))))[24_000:120_000]
    stems = [np.concatenate(list(read_raw_blocks(open_sound(Path(s["path"]))))) for s in status["stems"]]
    assert len(stems) == 4
    assert np.array_equal(np.sum(stems, axis=0, dtype=np.int64), played)
    (told,) = json.loads(Path(status["manifest"]).read_bytes())["sources"]
    assert (told["path"], told["excerpt"]["start"], told["excerpt"]["stop"]) == (str(source), 24_000, 120_000)
    for stem in status["stems"]:
        told = read_metadata(Path(stem["path"]))
        assert told.bext is not None
        assert told.bext.time_reference == 9.5 * RATE
        assert f"<NAME>{stem['name']} 1</NAME>" in told.ixml
        assert f"<TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO>{round(9.5 * RATE)}<" in told.ixml


def test_only_the_wanted_stems_come_back(script):
    request = script.ask(
        kind="separate", preset="rough", item=item(length=0.5), stems=["drums", "all but drums"],
        source={"path": str(song(script, "Take 2.wav", seed=2)), "section": None}, handles=0,
    )  # fmt: skip
    assert {stem["name"] for stem in script.wait(request)["stems"]} == {"drums", "no_drums"}


def test_two_items_that_play_the_same_become_one_job(script):
    source = {"path": str(song(script, "Take 3.wav", seed=3)), "section": None}
    wanted = {"kind": "separate", "preset": "rough", "item": item(length=0.5), "source": source}
    one, two = script.ask(**wanted), script.ask(**wanted)
    first, second = script.wait(one), script.wait(two)
    assert first["job"] == second["job"]
    assert first["id"] != second["id"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"version": 2}, "version"),
        ({"version": None}, "version"),
        ({"kind": "dance"}, "malformed"),
        ({"preset": "sauce"}, "preset"),
        ({"path": "/etc"}, "not-allowed"),
        ({"path": "relative"}, "not-allowed"),
        ({"destination": "/etc"}, "not-allowed"),
        ({"project": {"record_path": "/var/tmp"}}, "not-allowed"),
        ({"kind": "separate", "preset": "rough", "item": item(), "source": {"path": "/etc/passwd"}}, "not-allowed"),
        ({"kind": "separate", "preset": "rough", "item": item(length=-1), "source": {"path": "/x"}}, "malformed"),
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_done_is_rejected_with_what_to_do(script, changes, code):
    usable = {"path": str(script.project)}
    status = script.wait(script.ask(**usable | changes), "rejected")
    assert status["code"] == code
    assert status["message"]
    assert status["hint"]
    assert status["log"].endswith("stembridge.log")


def test_a_request_id_that_was_used_for_something_else_is_rejected(script):
    for name in ("First", "Second"):
        write_sound(script.project / name / "Song_Bass.wav", noise(0.1, RATE, seed=len(name)), RATE)
    request = script.ask(path=str(script.project / "First"))
    script.wait(request)
    script.ask(id=request, path=str(script.project / "Second"))
    wait_until(lambda: script.status(request)["state"] == "rejected", what="the refusal")
    status = script.status(request)
    assert (status["code"], status["hint"]) == ("request-reused", "Use a new id for each request.")


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "null", '"x"', "\ufeff{}", " " * 300_000], ids=len)
def test_what_is_no_request_is_rejected(script, text):
    request = uuid.uuid4().hex
    script.put("requests", request, text)
    os.utime(script.spool / "requests" / f"{request}.json", (1, 1))
    assert script.wait(request, "rejected")["code"] in ("malformed", "version")
    wait_until(lambda: not (script.spool / "requests" / f"{request}.json").exists())


def test_an_item_that_cannot_be_cut_is_rejected_with_a_way_out(script):
    source = {"path": str(song(script, "Take 4.wav", seed=4)), "section": None}
    status = script.wait(
        script.ask(kind="separate", preset="rough", item=item(channel_mode=7), source=source), "rejected"
    )
    assert status["code"] == "channel-mode"
    assert "41999" in status["hint"]


def test_a_source_that_is_no_sound_is_rejected(script):
    path = script.project / "notes.wav"
    path.write_text("not a sound")
    request = script.ask(kind="separate", preset="rough", item=item(), source={"path": str(path)})
    assert script.wait(request, "rejected")["code"] == "not-audio"


def test_nothing_is_delivered_into_a_hot_folder_to_be_taken_in_again(script):
    inside = {"record_path": str(script.desk.inbox / "Media")}
    status = script.wait(script.ask(path=str(script.project), project=inside), "rejected")
    assert (status["code"], "name another" in status["hint"]) == ("hot-folder", True)


def test_a_path_that_the_system_cannot_look_at_is_rejected_and_the_next_request_is_taken(script):
    (script.project / "After").mkdir()
    write_sound(script.project / "After" / "Song_Bass.wav", noise(0.1, RATE, seed=8), RATE)
    lost = script.ask(path=f"{script.project}/{'x' * 300}.wav")
    status = script.wait(lost, "rejected")
    assert (status["code"], "File name too long" in status["message"]) == ("unreadable", True)
    assert status["hint"]
    script.wait(script.ask(path=str(script.project / "After")))


def test_a_request_that_lay_there_while_nobody_looked_is_done_at_the_start(script):
    folder = script.project / "Later"
    write_sound(folder / "Song_Bass.wav", noise(0.3, RATE, seed=9), RATE)
    script.desk.stop()
    request = script.ask(path=str(folder))
    script.desk.start()
    assert script.wait(request)["percent"] == 100.0


def test_jobs_are_listed_and_cancelled_by_files(script):
    gone = script.ask(path=str(script.project / "Delivery"))
    job = script.wait(gone)["job"]
    listed = json.loads((script.spool / "jobs.json").read_bytes())["jobs"]
    assert job in [entry["id"] for entry in listed]
    script.put("commands", uuid.uuid4().hex, {"version": 1, "command": "cancel", "id": gone})
    wait_until(lambda: not list((script.spool / "commands").glob("*.json")), what="the end of the command")
    assert script.status(gone)["state"] == "done"


def test_presets_are_listed(script):
    listed = json.loads((script.spool / "presets.json").read_bytes())["presets"]
    rough = next(entry for entry in listed if entry["name"] == "rough")
    assert (rough["kind"], rough["stems"]) == ("separate", ["vocals", "drums", "bass", "other"])


def test_the_bell_is_answered_before_the_next_look(script):
    environment = os.environ | {"STEMBRIDGE_CONFIG": str(script.desk.config)}
    assert command("notify", uuid.uuid4().hex, env=environment).returncode == 0
    assert command("notify", "../x", env=environment).returncode == 2


def test_with_nobody_there_the_bell_says_so(tmp_path):
    config = tmp_path / "stembridge.yaml"
    config.write_text("data: there\n")
    rung = command("notify", "0" * 32, env=os.environ | {"STEMBRIDGE_CONFIG": str(config)})
    assert rung.returncode == 1
    assert "stembridge run" in rung.stderr
