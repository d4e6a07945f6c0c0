"""``bridge.json``: how the scripts find the daemon. It lies beside them, wherever they were installed."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stembridge.durable import write_durably
from stembridge.reaper_install.actions import ACTIONS, FOLDER

VERSION = 1
NAME = "bridge.json"


@dataclass(frozen=True)
class Bridge:
    """Where the daemon is.

    Attributes:
        executable: the program that rings the daemon's bell, a full path.
        arguments: what comes before ``notify``.
        port: the daemon's UDP port.
        spool: the folder shared with it.
        config: its configuration file; None for the usual one.

    """

    executable: str
    arguments: tuple[str, ...]
    port: int
    spool: str
    config: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return what the file holds."""
        return {
            "version": VERSION,
            "executable": self.executable,
            "arguments": list(self.arguments),
            "port": self.port,
            "spool": self.spool,
            "config": self.config,
        }


def bridge_to(spool: Path, port: int, *, config: Path | None = None, python: Path | None = None) -> Bridge:
    """Return the way to a daemon of this installation of stembridge.

    Args:
        spool: its spool.
        port: its UDP port.
        config: its configuration file, where that is not the usual one.
        python: the interpreter; None for the one that runs.

    """
    rest = (port, str(spool), str(config.absolute()) if config else None)
    program = python or Path(sys.executable)
    windowless = program.with_name("pythonw.exe")  # on Windows, so that no console flashes up at a click
    if windowless.is_file():
        return Bridge(str(windowless), ("-m", "stembridge.cli"), *rest)
    command = program.with_name("stembridge")
    if command.is_file():
        return Bridge(str(command), (), *rest)
    return Bridge(str(program), ("-m", "stembridge.cli"), *rest)


def write_bridge(folder: Path, bridge: Bridge) -> None:
    """Write the file into a folder of scripts."""
    write_durably(folder / NAME, json.dumps(bridge.to_json(), indent=2).encode())


def read_bridge(folder: Path) -> Bridge | None:
    """Read the file of a folder of scripts; None when there is none that can be used."""
    try:
        value = json.loads((folder / NAME).read_text(encoding="utf-8"))
        if value.pop("version") != VERSION:
            return None
        return Bridge(**value | {"arguments": tuple(value["arguments"])})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def script_folders(resources: Path) -> list[Path]:
    """Find the folders that hold the scripts: our own, and those that ReaPack put elsewhere below ``Scripts``."""
    own = resources / "Scripts" / FOLDER
    scripts = resources / "Scripts"
    found = {
        path.parent for depth in ("*", "*/*", "*/*/*") for path in scripts.glob(f"{depth}/{ACTIONS[0].file}")
    }
    return [own, *sorted(found - {own})]
