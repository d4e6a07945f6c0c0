"""What goes wrong on the way through a real daemon is told in REAPER: one sentence, what to do, where the log is."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest
from acceptance.daemon_rig import Desk, at_desk, long_sound
from lua.rooms import Room
from lua.standin import YES
from osc_client import Client

PRIVATE = ["unshare", "--mount", "--propagation", "private"]
MOUNT = (
    'mount -t tmpfs -o size=128k none "$0/full" && mount -t tmpfs -o ro,size=1m none "$0/sealed" && exec "$@"'
)
MOUNTS = (
    hasattr(os, "geteuid")
    and os.geteuid() == 0
    and shutil.which("unshare") is not None
    and subprocess.run([*PRIVATE, "true"], check=False, capture_output=True).returncode == 0
)
needs_mounts = pytest.mark.skipif(not MOUNTS, reason="only root may make mounts of its own")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk whose daemon sees a full disk and one that may not be written to, where mounts can be made."""
    home = tmp_path_factory.mktemp("desk")
    for name in ("full", "sealed"):
        (home / name).mkdir()
    prefix = [*PRIVATE, "sh", "-c", MOUNT, str(home)] if MOUNTS else []
    with at_desk(home, prefix=prefix, settings=f"allowed_roots: [{home}]") as desk:
        yield desk


def told(room: Room) -> str:
    """Wait until the user is told something, and return it."""
    room.wait(lambda: bool(room.reaper.messages))
    (message,) = room.reaper.messages
    assert message.splitlines()[-1] == f"Log: {room.desk.data / 'logs' / 'stembridge.log'}"
    assert len(message.splitlines()) == 2
    return message.splitlines()[0]


@needs_mounts
def test_a_project_folder_that_may_not_be_written_to_fails_the_job(make_room, desk):
    room = make_room("5.3", sockets=True)
    room.reaper.project.record_path = str(desk.home / "sealed")
    room.separate(room.item(room.song()))
    assert "Writing is not allowed: Read-only file system." in (said := told(room))
    assert "Give the user that runs stembridge permission" in said


@needs_mounts
def test_a_full_disk_is_told_once_and_the_job_is_not_given_up(make_room, desk):
    room = make_room("5.4", sockets=True)
    room.reaper.project.record_path = str(desk.home / "full")
    room.separate(room.item(room.song()))
    assert "The disk of the destination is full. Make room" in told(room)
    room.reaper.tick_seconds(5.0)
    assert len(room.reaper.messages) == 1
    window = room.run("Show jobs")
    room.wait(lambda: any(text.startswith("queued: /") for text in window.window.texts))
    room.click(window, "Cancel")
    room.wait(lambda: room.reaper.running_scripts == [window])


def test_a_source_that_vanishes_before_its_turn_fails_the_job(make_room, desk):
    room = make_room("5.3", sockets=True)
    busy = room.item(long_sound(room.folder / "Long.wav"))
    doomed = room.item(room.song("Doomed"))
    room.separate(busy)
    room.wait(lambda: states(room) == ["running"])
    room.separate(doomed)
    room.wait(lambda: states(room) == ["running", "queued"])
    (room.folder / "Doomed.wav").unlink()
    cancel(room)
    assert "no longer there" in (said := told(room))
    assert said.startswith("Doomed.wav: ")


def cancel(room: Room) -> None:
    """Cancel the oldest job that this REAPER waits for."""
    with Client(room.port) as client:
        client.say("/stembridge/cancel", asked(room)[0])
        client.hear("/stembridge/state")


def asked(room: Room) -> list[str]:
    """Return the ids of the requests that this REAPER waits for, the oldest first."""
    return [word.split("@")[0] for word in room.reaper.ext["stembridge", "pending"][0].split()]


def states(room: Room) -> list[str]:
    """Return how these requests stand, as far as the daemon has said."""
    paths = [room.spool / "status" / f"{request}.json" for request in asked(room)]
    return [json.loads(path.read_bytes())["state"] for path in paths if path.is_file()]


def test_a_model_that_is_missing_is_told_with_how_to_get_it(make_room, desk):
    room = make_room("5.4", sockets=True)
    room.reaper.ext["stembridge", "preset"] = ("four-stems", True)
    room.separate(room.item(room.song()))
    said = told(room)
    assert said.startswith("Take 1.wav waits: ")
    assert "stembridge models fetch htdemucs" in said
    cancel(room)


def test_a_source_outside_the_allowed_folders_is_rejected(make_room, tmp_path):
    room = make_room("5.4", sockets=True)
    outside = room.song("Outside").rename(tmp_path / "Outside.wav")
    (room.folder / "link.wav").symlink_to(outside)
    room.separate(room.item(room.folder / "link.wav"))
    assert "outside the folders that may be named" in (said := told(room))
    assert "allowed_roots" in said


def test_scripts_older_than_the_daemon_are_told_how_to_be_renewed(make_room):
    room = make_room("5.4", sockets=True)
    script = room.scripts / "lib" / "request.lua"
    script.write_text(script.read_text().replace("version = 1,", "version = 0,"))
    room.separate(room.item(room.song()))
    assert "of another version" in (said := told(room))
    assert "stembridge reaper install" in said


def test_a_delivery_sent_while_the_daemon_is_away_is_conformed_and_offered_when_it_is_back(make_room, desk):
    room = make_room("5.3")
    room.reaper.run_processes = False
    delivery = room.song("Delivery/Song_Bass").parent
    room.song("Delivery/Song_Vox")
    presets = json.loads((room.spool / "presets.json").read_bytes())["presets"]
    source = next(preset for preset in presets if preset["name"] == "source")
    desk.stop()
    room.reaper.say("file", str(delivery / "Song_Vox.wav"))
    room.reaper.say("menu", f"source: {source['description']}")
    room.reaper.say("box", YES)
    room.run("Conform a delivery...")
    room.reaper.tick_seconds(1.0)
    desk.start()
    room.wait_stems(2)
    assert [name for _, name in room.reaper.project.levels()] == ["Delivery stems", "bass", "vocals"]
    assert "conformed, 2 files" in room.reaper.messages[-1]
