"""How long a user of REAPER waits: from the action to the start of its job, and from finished stems to their tracks."""

import json
import time
from pathlib import Path

import pytest
from acceptance.daemon_rig import at_desk
from lua.rooms import STEMS, Room
from lua.script import load_runtime
from lua.world import TURN_S

pytestmark = pytest.mark.benchmark
ROUNDS = 12
START_LIMIT_S, INSERT_LIMIT_S = 0.5, 1.0


@pytest.mark.parametrize("bell", ["datagram", "process"])
def test_how_long_reaper_waits(tmp_path, bell):
    try:
        load_runtime("5.4")
    except ImportError:
        pytest.skip("this build of lupa has no Lua 5.4")
    with at_desk(tmp_path, settings=f"allowed_roots: [{tmp_path}]") as desk:
        room = Room(desk, tmp_path / "room", "5.4", sockets=bell == "datagram")
        sources = [room.song(f"Take {number}", seconds=1.0) for number in range(ROUNDS + 1)]
        waits = [one_round(room, source, number) for number, source in enumerate(sources)][
            1:
        ]  # the daemon is warm
        room.close()
    starts, inserts = (sorted(column) for column in zip(*waits, strict=True))
    print(f"\nbell by {bell}, {ROUNDS} rounds")
    tell("action chosen to job started", starts, START_LIMIT_S)
    tell("stems finished to tracks inserted", inserts, INSERT_LIMIT_S)


def tell(what: str, waits: list[float], limit: float) -> None:
    middle, most = waits[len(waits) // 2], waits[-1]
    print(
        f"{what}: median {middle:.3f} s, slowest {most:.3f} s; against the limit of {limit} s: {most / limit:.2f}"
    )


def one_round(room: Room, source: Path, number: int) -> tuple[float, float]:
    """Separate an item; return the seconds until its job ran, and from its finished stems until their tracks."""
    item = room.item(source)
    chosen = time.time()
    room.separate(item)
    (request,) = asked(room)
    wait(room, lambda: state_of(room, request) in ("running", "done"))
    started = time.time() - chosen
    wait(room, lambda: len(room.stems()) == (number + 1) * len(STEMS))
    inserted = time.time()
    newest = max(room.deliveries(), key=lambda folder: folder.stat().st_mtime)
    finished = (
        (newest / "manifest.json").stat().st_mtime
    )  # the last file of a delivery, before it is published
    wait(room, lambda: not room.reaper.running_scripts)
    return started, inserted - finished


def wait(room: Room, condition) -> None:
    while not condition():
        time.sleep(TURN_S)
        room.reaper.tick()


def asked(room: Room) -> list[str]:
    return [word.split("@")[0] for word in room.reaper.ext["stembridge", "pending"][0].split()]


def state_of(room: Room, request: str) -> str:
    path = room.spool / "status" / f"{request}.json"
    return str(json.loads(path.read_bytes())["state"]) if path.exists() else ""
