"""What the calls of the stand-in share: the open projects, the user's scripted answers, the rules."""

import shlex
import subprocess
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lua.model import Item, Project, Source, Take, Track
from lua.values import ScriptError

FIRST_SCRIPT_COMMAND = 55000
BACKGROUND = (-1, -2)
TURN_S = 1 / 30


class RuleError(AssertionError):
    """A rule of REAPER was broken; reported at the end of the turn, whatever the script made of it."""


class World:
    """The state of one REAPER, without its scripts."""

    def __init__(self, resources: Path, *, windows: bool, version: str) -> None:
        self.resources = resources
        self.windows = windows
        self.version = version
        self.offered: set[str] = set()
        self.clock = 1000.0
        self.projects = [Project(record_path=str(resources / "Media"))]
        self.project = self.projects[0]
        self.ext: dict[tuple[str, str], tuple[str, bool]] = {}
        self.refresh_depth = 0
        self.directories: dict[tuple[str, bool], list[str]] = {}
        self.commands: dict[int, str] = {}
        self.actions: dict[int, Callable[[Project], None]] = {}
        self.processes: list[str] = []
        self.process_answer: str | None = "0\n"
        self.run_processes = False
        self.started: list[subprocess.Popen[bytes]] = []
        self.answers: dict[str, deque[Any]] = defaultdict(deque)
        self.messages: list[str] = []
        self.forms: list[tuple[str, Mapping[str, str]]] = []
        self.console: list[str] = []
        self.opened: list[str] = []
        self.options: list[int] = []
        self.faults: list[RuleError] = []

    def fault(self, text: str) -> RuleError:
        """Remember a broken rule; raise what is returned."""
        self.faults.append(RuleError(text))
        return self.faults[-1]

    def of(self, project: Project | None) -> Project:
        """Return the project meant: nil and 0 mean the one in front."""
        return project or self.project

    def at(self, values: list[Any], index: int) -> Any:
        """Return one of a list; past the end is nil."""
        return values[index] if 0 <= index < len(values) else None

    def known(self, values: Mapping[str, float], name: str) -> float:
        """Return a value by a name that REAPER knows."""
        if name not in values:
            raise self.fault(f"{name} is not the name of a value here")
        return values[name]

    def string(
        self, target: Any, name: str, value: str, set_it: bool, *, writable: tuple[str, ...] = ()
    ) -> Any:
        """Read or write a text of a track, item or take."""
        if name.startswith("P_EXT:"):
            return self._ext(target.ext, name.removeprefix("P_EXT:"), value, set_it)
        if name == "GUID" and not set_it:
            return True, target.guid
        if name not in writable:
            raise self.fault(f"{name} is not the name of a text here")
        if set_it:
            target.name = value
        return True, target.name

    def _ext(self, store: dict[str, str], key: str, value: str, set_it: bool) -> tuple[bool, str]:
        if set_it:
            store[key] = value
        return key in store, store.get(key, "")

    def home_of(self, track: Track) -> Project:
        """Return the project of a track."""
        return next(project for project in self.projects if track in project.tracks)

    def track_of(self, item: Item) -> Track:
        """Return the track of an item."""
        return next(track for project in self.projects for track in project.tracks if item in track.items)

    def item_of(self, take: Take) -> Item:
        """Return the item of a take."""
        return next(item for project in self.projects for item in project.items if take in item.takes)

    def answer(self, kind: str, about: str) -> Any:
        """Return what the test said the user would answer."""
        if not self.answers[kind]:
            raise self.fault(f"nobody answers the {kind}: {about}")
        return self.answers[kind].popleft()

    def start_process(self, command: str, timeout: int) -> str | None:
        """Start a program the way ExecProcess does: no PATH, no shell, no wait for -1 and -2."""
        self.processes.append(command)
        program, *arguments = shlex.split(command, posix=not self.windows)
        if timeout not in BACKGROUND:
            raise self.fault("a process that REAPER waits for blocks it")
        if not Path(program.strip('"')).is_file():
            return None
        if self.run_processes:
            self.started.append(subprocess.Popen([program, *arguments]))
        return self.process_answer

    def register(self, path: str) -> int:
        """Return the command of a script; the same script keeps its command."""
        for command, known in self.commands.items():
            if known == path:
                return command
        if not Path(path).is_file():
            return 0
        self.commands[FIRST_SCRIPT_COMMAND + len(self.commands)] = path
        return FIRST_SCRIPT_COMMAND + len(self.commands) - 1

    def perform(self, command: int, project: Project) -> None:
        """Run an action: a script, or one that the test scripted."""
        if command in self.commands:
            self.run_script(self.commands[command])
        elif command in self.actions:
            self.actions[command](project)
        else:
            raise self.fault(f"action {command} is not scripted")

    def check_rules(self) -> None:
        """Raise the first rule that was broken in this turn."""
        for project in self.projects:
            if project.undo_depth:
                self.fault(f"an undo block is open at the end of a turn ({project.undo_depth})")
        if self.refresh_depth:
            self.fault(f"the refresh is held back at the end of a turn ({self.refresh_depth})")
        if self.faults:
            raise self.faults[0]

    def run_script(self, path: str | Path) -> Any:
        """Run a script; see ``standin.Reaper``."""
        raise NotImplementedError

    def defer(self, function: Any) -> None:
        """Queue a function for the next turn."""
        raise NotImplementedError

    def at_exit(self, function: Any) -> None:
        """Keep a function for the end of the script."""
        raise NotImplementedError

    def script_path(self) -> str:
        """Return the path of the script that runs."""
        raise NotImplementedError


def section(parent: Source, offset: float, length: float, *, reversed_: bool = False) -> Source:
    """Return a section of a source."""
    return Source("", "SECTION", length, parent.rate, parent.channels, parent, offset, reversed_)


__all__ = ["RuleError", "ScriptError", "World", "section"]
