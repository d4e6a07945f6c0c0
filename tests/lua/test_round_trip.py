"""The whole way: the unmodified scripts on a real Lua, the real daemon as a process, real UDP, real files."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from acceptance.daemon_rig import Desk, at_desk, check_delivery, long_sound
from lua.model import Project
from lua.renderer import Placed, levels, read_tracks
from lua.rooms import STEMS, Room
from lua.standin import YES
from lua.world import section

from stembridge.units import Hertz

QUIET = 10 ** (-90 / 20)
PLAY_RATES = (0.5, 1.0, 1.37, 2.0)
OFFSET = 0.4 + 1 / 3


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home = tmp_path_factory.mktemp("desk")
    with at_desk(home, workers=2, settings=f"allowed_roots: [{home}]") as desk:
        yield desk


@pytest.mark.parametrize(
    ("lua_version", "kind"),
    [("5.3", {}), ("5.4", {"sockets": True}), ("5.4", {"sockets": True, "windows": True, "version": "6.47"})],
    ids=[
        "Lua 5.3 and a process as bell",
        "Lua 5.4 and a datagram",
        "an old REAPER with the rules of Windows",
    ],
)
def test_selected_items_come_back_as_stems(make_room, lua_version, kind):
    room = make_room(lua_version, **kind)
    one = room.item(room.song("One"), "Guitar", position=10.0, length=1.5, D_STARTOFFS=1.25)
    two = room.item(room.song("Two"), "Keys", position=2.0)
    room.separate(one, two)
    room.wait_stems(8)
    assert room.reaper.messages == []
    assert bool(room.reaper.processes) is not bool(room.reaper.sockets)
    file = room.save()
    assert [level for level, _ in levels(file)] == [0, 1, 2, 2, 2, 2] * 2
    names = [name for _, name in levels(file)]
    assert names == ["Guitar", "One stems", *STEMS, "Keys", "Two stems", *STEMS]
    tracks = read_tracks(file)
    assert [item.muted for (item,) in (tracks[0], tracks[6])] == [True, True]
    for placed, stems in ((tracks[0][0], tracks[2:6]), (tracks[6][0], tracks[8:12])):
        assert {(stem.position, stem.length) for (stem,) in stems} == {(placed.position, placed.length)}
    for folder in room.deliveries():
        check_delivery(folder)
    assert len(room.reaper.project.undo) == 2


def source_of(room: Room, kind: str) -> Any:
    path = room.folder / "Take 1.wav"
    if not path.exists():
        room.song(rate=Hertz(44_100))
    whole = room.reaper.calls.PCM_Source_CreateFromFile(str(path))
    return whole if kind == "file" else section(whole, 0.2 + 1 / 3, 2.1, reversed_=kind == "reversed")


def excerpt_of(stem: Placed) -> dict[str, Any]:
    manifest = check_delivery(stem.path.parent)
    (source,) = manifest["sources"]
    return dict(source["excerpt"], rate=source["rate"], frames=source["frames"])


def error_in_frames(item: Placed, stem: Placed) -> float:
    """Return by how many frames of the source a stem stands beside what the item plays at its first instant."""
    cut = excerpt_of(stem)
    played = item.frame_at(0.0, cut["rate"], cut["frames"])
    inside = stem.frame_at(0.0, cut["rate"], 0)
    return (cut["stop"] - inside if cut["reversed"] else cut["start"] + inside) - played


def test_inserted_stems_stand_at_the_sample_and_sum_to_the_item(make_room):
    room = make_room("5.3", sockets=True)
    wanted = [(kind, rate) for kind in ("file", "section", "reversed") for rate in PLAY_RATES]
    room.separate(
        *(
            room.item(
                source_of(room, kind), f"{kind} at {rate}",
                position=10.0 + number / 7, length=0.6, D_STARTOFFS=OFFSET, D_PLAYRATE=rate,
            )
            for number, (kind, rate) in enumerate(wanted)
        )
    )  # fmt: skip
    room.wait_stems(len(wanted) * len(STEMS))
    tracks = read_tracks(room.save())
    for place in range(len(wanted)):
        (item,), _, *stems = tracks[6 * place : 6 * place + 6]
        assert {(stem.position, stem.length, stem.play_rate) for (stem,) in stems} == {
            (item.position, item.length, item.play_rate)
        }
        assert abs(error_in_frames(item, stems[0][0])) < 1e-6
        heard = np.sum([stem.render(48_000) for (stem,) in stems], axis=0)
        expected = item.render(48_000)
        assert np.abs(expected).max() > 0.1
        assert np.abs(heard - expected).max() < QUIET, wanted[place]


def test_a_running_job_is_cancelled_from_the_window_and_leaves_nothing(make_room):
    room = make_room("5.3", sockets=True)
    room.separate(room.item(long_sound(room.folder / "Long.wav")))
    window = room.run("Show jobs")
    room.wait(lambda: any(text.endswith(" %  separate") for text in window.window.texts))
    room.click(window, "Cancel")
    room.wait(lambda: any(text.startswith("cancelled") for text in window.window.texts))
    room.wait(lambda: room.reaper.running_scripts == [window])
    room.wait(lambda: room.traces() == [])  # the worker that was stopped cleans up behind itself
    assert (room.stems(), room.reaper.messages) == ([], [])


def test_closing_the_window_and_reaper_itself_cancels_nothing(make_room):
    room = make_room("5.4", sockets=True)
    room.reaper.say("form", {"Offer stems at start (yes/no)": "yes"})
    room.run("Settings")
    room.separate(room.item(room.song()))
    room.run("Show jobs").window.close()
    room.save()
    room.reaper.restart()
    room.reaper.say("box", YES)
    room.reaper.run_script(room.reaper.resources / "Scripts" / "__startup.lua")
    room.wait_stems()
    (message,) = room.reaper.messages
    assert "Take 1.wav: 4 stems are ready." in message


def test_two_reapers_get_each_its_own_and_the_same_work_is_done_once(make_room):
    one, two = rooms = make_room("5.3", sockets=True), make_room("5.4", sockets=True)
    two.reaper.project.record_path = one.reaper.project.record_path
    own = [room.item(room.song(f"Own {place}")) for place, room in enumerate(rooms)]
    shared = [room.item(one.folder / "Own 0.wav", "Again") for room in rooms]
    for room, first, second in zip(rooms, own, shared, strict=True):
        room.separate(first, second)
    one.wait(lambda: two.reaper.tick() or min(len(one.stems()), len(two.stems())) == 8)
    for room in rooms:
        room.wait_stems(8)
        assert room.reaper.messages == []
    names = [
        json.loads((folder / "manifest.json").read_bytes())["plan"]["song"] for folder in one.deliveries()
    ]
    assert sorted(names) == ["Own 0", "Own 1"]


def test_stems_of_a_project_that_changed_meanwhile_wait_for_insert(make_room):
    room = make_room("5.4", sockets=True)
    gone = room.item(room.song("Gone"), position=3.0, length=2.0)
    hidden = room.item(room.song("Hidden"))
    room.separate(gone, hidden)
    room.reaper.delete_item(gone)
    home, other = room.reaper.project, room.open(Project())
    room.reaper.open_project(other)
    room.wait(lambda: "".join(room.reaper.messages).count("Its project is not in front.") == 2)
    assert (home.items, other.items) == ([hidden], [])
    room.reaper.project = home
    window = room.run("Show jobs")
    room.wait(lambda: window.window.texts.count("Insert") >= 2)
    room.click(window, "Insert", 0)
    room.click(window, "Insert", 1)
    assert {stem.position for stem in room.stems()} == {0.0, 3.0}
    assert len(room.stems()) == 8
