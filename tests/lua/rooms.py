"""Rooms with a REAPER each, whose scripts were brought in by the installer and talk to a real daemon."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zlib import crc32

from acceptance.daemon_rig import Desk
from lua.model import Item, Project
from lua.script import Script
from lua.standin import Reaper

from stembridge.audio.sound import Encoding
from stembridge.heartbeat import read_beat
from stembridge.reaper_install.bridge import bridge_to
from stembridge.reaper_install.install import install
from stembridge.testing import noise, small_song, write_sound
from stembridge.units import Hertz

RATE = Hertz(48_000)
STEMS = ["drums", "bass", "vocals", "other"]
PATIENCE_S = 90.0
TRICKY = 'My Song\'s 50 % "Größe"'


class Room:
    """One REAPER beside a daemon."""

    def __init__(self, desk: Desk, home: Path, lua_version: str, **kind: Any) -> None:
        self.desk = desk
        self.spool = desk.data / "spool"
        beat = read_beat(self.spool / "heartbeat.json", now=time.time())
        assert beat is not None
        resources = home / "REAPER"
        resources.mkdir(parents=True)
        self.port = beat.port
        bridge = bridge_to(self.spool, self.port, config=desk.config)
        install(resources, bridge, is_running=lambda: False)
        self.scripts = resources / "Scripts" / "Stembridge"
        self.folder = home / TRICKY
        self.reaper = Reaper(lua_version, resources, **kind)
        self.reaper.run_processes = True
        self.reaper.process_answer = None
        self.reaper.ext["stembridge", "preset"] = ("preview", True)
        self.open(self.reaper.project)

    def open(self, project: Project) -> Project:
        """Give a project a place on the disk."""
        self.folder.mkdir(exist_ok=True)
        project.record_path = str(self.folder / "Media")
        Path(project.record_path).mkdir(exist_ok=True)
        return project

    def song(self, name: str = "Take 1", *, seconds: float = 3.0, rate: Hertz = RATE) -> Path:
        """Write a song that is like no other."""
        path = self.folder / f"{name}.wav"
        grain = noise(seconds, rate, level=0.01, seed=crc32(str(path).encode()))
        return write_sound(path, small_song(seconds, rate)["Mix"] + grain, rate, encoding=Encoding.INT24)

    def item(self, source: Any, track: str = "Song", **values: Any) -> Item:
        """Put an item on a new track."""
        return self.reaper.add_item(self.reaper.add_track(track), source, **values)

    def run(self, action: str) -> Script:
        """Run an action."""
        return self.reaper.run_script(self.scripts / f"Stembridge_{action}.lua")

    def separate(self, *items: Item) -> None:
        """Select items and run the action."""
        self.reaper.select(*items)
        self.run("Separate selected items")

    def stems(self) -> list[Item]:
        """Return the items that were inserted."""
        return [item for item in self.reaper.project.items if item.ext.get("stembridge")]

    def wait(self, condition: Callable[[], bool]) -> None:
        """Let REAPER turn until something is so."""
        self.reaper.tick_until(condition, seconds=PATIENCE_S)

    def wait_stems(self, count: int = len(STEMS)) -> list[Item]:
        """Wait for inserted stems and for the scripts to have nothing left to do."""
        self.wait(lambda: len(self.stems()) >= count and not self.reaper.running_scripts)
        assert len(self.stems()) == count
        return self.stems()

    def traces(self) -> list[Path]:
        """Return what lies in the project's folder of deliveries, hidden or not."""
        folder = Path(self.reaper.project.record_path) / "Stembridge"
        return sorted(folder.iterdir()) if folder.is_dir() else []

    def deliveries(self) -> list[Path]:
        """Return the deliveries of the project."""
        return [path for path in self.traces() if not path.name.startswith(".")]

    def save(self) -> Path:
        """Save the project."""
        self.reaper.save(self.folder / "song.rpp")
        return self.folder / "song.rpp"

    def click(self, window: Script, text: str, place: int = 0) -> None:
        """Click on a text in a window."""
        window.window.point_at(text, place)
        window.window.hold(down=True)
        self.reaper.tick()
        window.window.hold(down=False)
        self.reaper.tick()

    def close(self) -> None:
        """End what still runs; every bell was heard."""
        for script in self.reaper.running_scripts:
            script.end()
        assert all(bell.wait(30) == 0 for bell in self.reaper.started)
