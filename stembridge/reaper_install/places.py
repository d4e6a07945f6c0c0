"""Where REAPER keeps its things: the resource folder of an installation."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import psutil

from stembridge.errors import IntakeError

INI = "reaper.ini"
NAMES = frozenset({"reaper", "reaper.exe", "reaper64.exe"})


def find_resources(
    given: Path | None = None,
    *,
    environ: Mapping[str, str] = os.environ,
    system: str = sys.platform,
    home: Path | None = None,
) -> Path:
    """Find REAPER's resource folder.

    Args:
        given: the folder, for a portable installation; None for the user's own.
        environ: the environment.
        system: ``sys.platform``.
        home: the user's home.

    Raises:
        IntakeError: with the code ``no-reaper``, if REAPER never ran from there.

    """
    folder = given or _usual(environ, system, home or Path.home())
    if (folder / INI).is_file():
        return folder.absolute()
    hint = "Start REAPER once, or name the folder that REAPER shows under Options > Show resource path"
    raise IntakeError(
        "This is not a resource folder of REAPER: there is no reaper.ini in it.",
        path=folder,
        hint=f"{hint} with --resource-path.",
        code="no-reaper",
    )


def _usual(environ: Mapping[str, str], system: str, home: Path) -> Path:
    if system == "win32":
        return Path(environ.get("APPDATA") or home / "AppData" / "Roaming") / "REAPER"
    if system == "darwin":
        return home / "Library" / "Application Support" / "REAPER"
    return Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "REAPER"


def is_reaper_running() -> bool:
    """Tell whether any REAPER runs on this machine; it writes its files anew when it ends."""
    return any((process.info["name"] or "").casefold() in NAMES for process in psutil.process_iter(["name"]))
