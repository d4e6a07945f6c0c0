"""A strict stand-in of REAPER for tests of its scripts: the real Lua, the unmodified scripts, no REAPER.

It keeps the rules of the real one that scripts fall over: opaque handles that die with their object, exact names
and argument types, floats where REAPER gives floats, ``defer`` that waits for the next turn, balanced undo blocks and
refreshes at the end of every turn, a directory cache, a rename that replaces nothing on Windows, scripted answers.
"""

import copy
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lua.calls_project import ProjectCalls
from lua.calls_sources import SourceCalls, open_source
from lua.calls_system import SystemCalls
from lua.calls_tracks import ItemCalls, TrackCalls
from lua.model import Item, Project, Source, Take, Track, bury
from lua.rpp_text import project_text
from lua.script import Script
from lua.signatures import read_signatures
from lua.values import Handles, bytes_of
from lua.world import TURN_S, World

NEWER = {"InsertTrackInProject": "7.0", "set_action_options": "7.03"}
EXTENSIONS = {"SWS": ("CF_", "BR_", "SNM_", "NF_"), "JS": ("JS_",)}
YES, NO = 6, 7
RENDER_TO_NEW_TAKE = 41999


class Calls(ProjectCalls, TrackCalls, ItemCalls, SourceCalls, SystemCalls):
    """All calls of the ``reaper`` table that the stand-in plays."""

    def __init__(self, world: World) -> None:
        self.world = world


class LuaModule:
    """A module of the scripts: call its functions with Python's values."""

    def __init__(self, script: Script, table: Any) -> None:
        self._script = script
        self._table = table

    def __call__(self, function: str, *arguments: Any) -> Any:
        """Call a function; lists, dicts and texts become Lua's."""
        with self._script.world.running(self._script):
            return self._table[bytes_of(function)](*map(self.to_lua, arguments))

    def run(self, code: str) -> None:
        """Run a line of Lua in the state of the module."""
        self._script.lua.execute(bytes_of(code))

    def to_lua(self, value: Any) -> Any:
        """Return a value as Lua has it."""
        if isinstance(value, str):
            return bytes_of(value)
        if isinstance(value, list):
            return self._script.lua.table_from([self.to_lua(part) for part in value])
        if isinstance(value, dict):
            return self._script.lua.table_from({bytes_of(k): self.to_lua(v) for k, v in value.items()})
        return value


class Reaper(World):
    """One REAPER.

    Args:
        lua_version: "5.3" or "5.4".
        resources: its resource folder; scripts may lie anywhere.
        windows: whether file rules and colours are those of Windows.
        version: what REAPER calls itself; newer calls are missing in older ones.
        extensions: of "SWS" and "JS", those that are installed.
        sockets: whether a socket library is installed.
        now: the wall clock, in seconds since 1970.

    """

    def __init__(
        self,
        lua_version: str,
        resources: Path,
        *,
        windows: bool = False,
        version: str = "7.30",
        extensions: Iterable[str] = (),
        sockets: bool = False,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(resources, windows=windows, version=version)
        self.lua_version = lua_version
        self.sockets = sockets
        self.now = now
        self.signatures = read_signatures()
        self.calls = Calls(self)
        self.handles = Handles()
        self.scripts: list[Script] = []
        self._stack: list[Script] = []
        self.actions[RENDER_TO_NEW_TAKE] = self._render
        self.offered = {name for name in self.signatures if self._offers(name, tuple(extensions))}

    def _offers(self, name: str, extensions: tuple[str, ...]) -> bool:
        prefixes = {prefix: extension for extension, group in EXTENSIONS.items() for prefix in group}
        for prefix, extension in prefixes.items():
            if name.startswith(prefix):
                return extension in extensions and hasattr(Calls, name)
        if name in NEWER and _version(self.version) < _version(NEWER[name]):
            return False
        return hasattr(Calls, name)

    def run_script(self, path: str | Path) -> Script:
        """Run a script as its action would."""
        script = Script(Path(path), self, self.signatures)
        self.scripts.append(script)
        script.start()
        if not self._stack:
            self.check_rules()
        return script

    def require(self, folder: Path, name: str) -> "LuaModule":
        """Load a module of the scripts in ``folder``, for tests of that module alone."""
        script = Script(folder / "test.lua", self, self.signatures)
        script.lua.globals()[b"package"][b"path"] = bytes_of(f"{folder}/?.lua")
        found = script.lua.globals()[b"require"](bytes_of(name))
        return LuaModule(script, found[0] if isinstance(found, tuple) else found)

    def tick(self, turns: int = 1) -> None:
        """Let that many turns of REAPER's main loop pass, a thirtieth of a second each."""
        for _ in range(turns):
            self.clock += TURN_S
            for script in [script for script in self.scripts if script.pending]:
                waiting, script.pending = script.pending, []
                for function in waiting:
                    script.run(function)
            self.check_rules()

    def tick_seconds(self, seconds: float) -> None:
        """Let that much of REAPER's time pass."""
        self.tick(round(seconds / TURN_S))

    def tick_until(self, condition: Callable[[], bool], *, seconds: float) -> None:
        """Let turns pass in real time, for a real daemon, until something is so.

        Raises:
            TimeoutError: if it is not so in time.

        """
        give_up = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > give_up:
                raise TimeoutError(f"not in {seconds} s; REAPER said {self.messages}")
            time.sleep(TURN_S)
            self.tick()

    @property
    def running_scripts(self) -> list[Script]:
        """Scripts that wait for their next turn."""
        return [script for script in self.scripts if not script.ended]

    @contextmanager
    def running(self, script: Script) -> Iterator[None]:
        """Mark a script as the one that runs."""
        self._stack.append(script)
        try:
            yield
        finally:
            self._stack.pop()

    def defer(self, function: Any) -> None:
        """Queue a function for the next turn; never call it now."""
        self._stack[-1].pending.append(function)

    def at_exit(self, function: Any) -> None:
        """Keep a function for the end of the script."""
        self._stack[-1].exits.append(function)

    def script_path(self) -> str:
        """Return the path of the script that runs."""
        return str(self._stack[-1].path)

    def say(self, kind: str, *answers: Any) -> None:
        """Script what the user answers to a "box", "form", "menu", "file" or "folder"."""
        self.answers[kind].extend(answers)

    def add_track(self, name: str = "", *, depth: int = 0) -> Track:
        """Add a track at the end of the project in front."""
        track = Track(name)
        track.values["I_FOLDERDEPTH"] = float(depth)
        self.project.tracks.append(track)
        return track

    def add_item(
        self,
        track: Track,
        source: Source | Path,
        *,
        position: float = 0.0,
        length: float | None = None,
        name: str | None = None,
        **values: float,
    ) -> Item:
        """Add an item with one take; ``values`` go to the take where it knows the name, else to the item."""
        media = open_source(str(source)) if isinstance(source, Path) else source
        assert media is not None
        take = Take(media, Path(media.path).name if name is None else name)
        item = Item(takes=[take])
        for key, value in values.items():
            (take.values if key in take.values and key != "D_VOL" else item.values)[key] = float(value)
        item.values["D_POSITION"] = position
        item.values["D_LENGTH"] = media.length / take.values["D_PLAYRATE"] if length is None else length
        track.items.append(item)
        return item

    def select(self, *items: Item) -> None:
        """Select exactly these items."""
        for item in self.project.items:
            item.values["B_UISEL"] = float(item in items)

    def delete_item(self, item: Item) -> None:
        """Delete an item as the user would."""
        self.calls.DeleteTrackMediaItem(self.track_of(item), item)

    def open_project(self, project: Project) -> None:
        """Open a project in a tab of its own, in front."""
        self.projects.append(project)
        self.project = project

    def close_project(self, project: Project) -> None:
        """Close a tab; the next one comes to the front, or an empty one."""
        self.projects.remove(project)
        project.dead = True
        bury(project.tracks)
        self.projects = self.projects or [Project()]
        if self.project is project:
            self.project = self.projects[0]

    def restart(self) -> None:
        """Quit and start again with the project that was in front, as it was saved."""
        saved = copy.deepcopy(self.project)
        for script in self.scripts:
            script.abandon()
        for project in list(self.projects):
            self.close_project(project)
        self.scripts.clear()
        self.projects, self.project = [saved], saved
        self.ext = {key: (value, persist) for key, (value, persist) in self.ext.items() if persist}
        self.handles = Handles()
        self.clock = 50.0

    def save(self, path: Path) -> None:
        """Save the project in front as a ``.rpp``."""
        path.write_text(project_text(self.project), encoding="utf-8")
        self.project.path = str(path)

    def _render(self, project: Project) -> None:
        """Play "render items to new take": a file without FX, stretch markers or rate, in an active new take."""
        for item in [item for item in project.items if item.selected]:
            old = item.take
            path = Path(project.record_path) / f"render-{len(list(Path(project.record_path).glob('*')))}.wav"
            media = self.rendered(path, item)
            item.takes.append(Take(media, f"{old.name} render"))
            item.active = len(item.takes) - 1

    def rendered(self, path: Path, item: Item) -> Source:
        """Make the file that a render of an item gives: silence of its length."""
        import numpy as np
        import soundfile

        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, np.zeros((round(item.length * 48000), 2)), 48000)
        media = open_source(str(path))
        assert media is not None
        return media


def _version(text: str) -> tuple[int, int]:
    """REAPER's versions are decimal: 6.47 is before 6.5."""
    whole, _, part = text.partition(".")
    return int(whole), int(part.ljust(2, "0")[:2])
