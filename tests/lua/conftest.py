"""One REAPER with the scripts installed, for both Lua versions, and a daemon: played by the test, or the real one."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from acceptance.daemon_rig import Desk
from lua.fake_daemon import FakeDaemon
from lua.model import Item, Track
from lua.rooms import Room
from lua.script import Script, load_runtime
from lua.standin import Reaper

SCRIPTS = Path(__file__).parents[2] / "reaper_scripts" / "Stembridge"
NOW = 1_700_000_000.0
RATE = 48000


@dataclass
class Studio:
    """REAPER, the installed scripts, and the daemon."""

    reaper: Reaper
    daemon: FakeDaemon
    scripts: Path
    media: Path

    def run(self, action: str) -> Script:
        """Run one of the actions."""
        return self.reaper.run_script(self.scripts / f"Stembridge_{action}.lua")

    def wave(self, name: str = "song.wav", seconds: float = 4.0, rate: int = RATE, channels: int = 2) -> Path:
        """Make a file of noise."""
        path = self.media / name
        path.parent.mkdir(parents=True, exist_ok=True)
        noise = np.random.default_rng(7).uniform(-0.5, 0.5, (round(seconds * rate), channels))
        soundfile.write(path, noise, rate, subtype="FLOAT")
        return path

    def item(self, track: Track | None = None, **values: Any) -> Item:
        """Put a selected item of a new file on a track, of its own or a given one."""
        source = values.pop("source", None) or self.wave()
        item = self.reaper.add_item(track or self.reaper.add_track("Song"), source, **values)
        item.values["B_UISEL"] = 1.0
        return item

    def separate(self, *items: Item) -> list[dict[str, Any]]:
        """Select items, run the action, return what was newly sent."""
        before = {request["id"] for request in self.daemon.requests()}
        self.reaper.select(*items)
        self.run("Separate selected items")
        return [request for request in self.daemon.requests() if request["id"] not in before]

    def deliver(self, requests: list[dict[str, Any]], **values: Any) -> None:
        """Finish requests and give the scripts a second to notice."""
        for request in requests:
            self.daemon.finish(request, **values)
        self.reaper.tick_seconds(1.0)

    def ext(self, key: str) -> str:
        """Return what the scripts stored in REAPER."""
        return self.reaper.ext.get(("stembridge", key), ("", False))[0]


@pytest.fixture(params=["5.3", "5.4"])
def lua_version(request: pytest.FixtureRequest) -> str:
    """Each Lua that REAPER has had."""
    try:
        load_runtime(request.param)
    except ImportError:
        pytest.skip(f"this build of lupa has no Lua {request.param}")
    return str(request.param)


@pytest.fixture
def make_studio(tmp_path: Path, lua_version: str) -> Iterator[Callable[..., Studio]]:
    """Return a function that makes a studio with its own kind of REAPER."""
    made: list[Studio] = []

    def make(**kind: Any) -> Studio:
        made.append(_studio(tmp_path, lua_version, **kind))
        return made[-1]

    yield make
    for studio in made:
        for script in studio.reaper.running_scripts:
            script.end()


@pytest.fixture
def make_room(desk: Desk) -> Iterator[Callable[..., Room]]:
    """Return a function that makes rooms beside a real daemon, the ``desk`` of the test."""
    made: list[Room] = []

    def make(lua_version: str = "5.4", **kind: Any) -> Room:
        try:
            load_runtime(lua_version)
        except ImportError:
            pytest.skip(f"this build of lupa has no Lua {lua_version}")
        home = desk.home / f"room {len(list(desk.home.glob('room *')))}"
        made.append(Room(desk, home, lua_version, **kind))
        return made[-1]

    yield make
    for room in made:
        room.close()


@pytest.fixture
def studio(make_studio: Callable[..., Studio]) -> Studio:
    """A usual studio."""
    return make_studio()


def _studio(root: Path, lua_version: str, **kind: Any) -> Studio:
    resources = root / "REAPER"
    scripts = resources / "Scripts" / "Stembridge"
    shutil.copytree(SCRIPTS, scripts)
    spool = root / "spool"
    executable = root / "stembridge program" / "stembridge"
    executable.parent.mkdir()
    executable.touch()
    bridge = {"version": 1, "executable": str(executable), "arguments": [], "port": 9137, "spool": str(spool)}
    (scripts / "bridge.json").write_text(json.dumps(bridge), encoding="utf-8")
    reaper = Reaper(lua_version, resources, now=lambda: NOW, **kind)
    reaper.project.record_path = str(root / "project" / "Media")
    Path(reaper.project.record_path).mkdir(parents=True)
    return Studio(reaper, FakeDaemon(spool, NOW), scripts, root / "media")
