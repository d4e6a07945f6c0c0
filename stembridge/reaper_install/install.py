"""Install and uninstall: each step said in a sentence, so that a person can do by hand what could not be done."""

import os
import shutil
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

from stembridge.data import data_folder
from stembridge.durable import write_durably
from stembridge.errors import DeliveryError
from stembridge.reaper_install.actions import ACTIONS, BACKGROUND, FOLDER, Action
from stembridge.reaper_install.bridge import NAME, Bridge, script_folders, write_bridge
from stembridge.reaper_install.keymap import register, unregister

KEYMAP = "reaper-kb.ini"
STARTUP = "__startup.lua"
STARTUP_MARK = b"-- Stembridge: offer finished stems at start"
"""Ends the line that the setting *Offer stems at start* puts into the user's startup script."""

BY_HAND = (
    "REAPER is running, so its action list was left alone. Close REAPER and run this again; or in REAPER: "
    "Actions > Show action list > New action > Load ReaScript, and choose the Stembridge_ files in {folder}."
)


def install(resources: Path, bridge: Bridge, *, is_running: Callable[[], bool]) -> list[str]:
    """Bring the scripts and actions into REAPER; doing it again changes nothing that is right.

    Args:
        resources: REAPER's resource folder.
        bridge: the way to the daemon.
        is_running: tells whether REAPER runs, which would undo changes of its action list when it ends.

    Returns:
        What was done, in sentences.

    Raises:
        DeliveryError: if a file cannot be written.

    """
    target = resources / "Scripts" / FOLDER
    with _Explained(target):
        copied = copy_scripts(data_folder("reaper_scripts") / FOLDER, target)
        for folder in script_folders(resources):
            write_bridge(folder, bridge)
        done = [f"{copied} scripts are in {target}."]
        done.append(f"They talk to the daemon through {bridge.spool} (bell: UDP port {bridge.port}).")
        if is_running():
            return [*done, BY_HAND.format(folder=target)]
        return [*done, _change_keymap(resources, register, ACTIONS, "registered")]


def uninstall(resources: Path, *, is_running: Callable[[], bool]) -> list[str]:
    """Take scripts and actions out of REAPER again, and the line in its startup script if there is one.

    Shortcuts and settings that the user made stay in REAPER's files.

    Raises:
        DeliveryError: if a file cannot be written.

    """
    target = resources / "Scripts" / FOLDER
    if is_running():
        raise DeliveryError(
            "REAPER is running and would write its action list anew.",
            hint="Close REAPER, then run this again.",
            code="reaper-running",
        )
    with _Explained(target):
        kept = _remove_scripts(data_folder("reaper_scripts") / FOLDER, target)
        done = [f"The scripts are gone from {target}."]
        if kept:
            done.append(f"Other files are left there: {', '.join(kept)}.")
        for folder in script_folders(resources):
            (folder / NAME).unlink(missing_ok=True)
        if _clear_startup(resources / "Scripts" / STARTUP):
            done.append(f"The line that offered stems at start is gone from {STARTUP}.")
        return [*done, _change_keymap(resources, unregister, (*ACTIONS, BACKGROUND), "taken out")]


def copy_scripts(source: Path, target: Path) -> int:
    """Copy the scripts, each whole or not at all, and remove those of an older version; return how many there are."""
    wanted = script_files(source)
    for relative in wanted:
        path = target / relative
        content = (source / relative).read_bytes()
        if path.is_file() and path.read_bytes() == content:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        write_durably(path, content)
    for stale in set(script_files(target)) - set(wanted):
        (target / stale).unlink()
    return len(wanted)


def script_files(folder: Path) -> list[Path]:
    """List the Lua files of a folder of scripts, relative to it."""
    return sorted(path.relative_to(folder) for path in folder.rglob("*.lua"))


def _remove_scripts(source: Path, target: Path) -> list[str]:
    for relative in {*script_files(source), Path(NAME)}:
        (target / relative).unlink(missing_ok=True)
    for folder in sorted((path for path in target.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()
    if target.is_dir() and not any(target.iterdir()):
        target.rmdir()
    return sorted(path.name for path in target.iterdir()) if target.is_dir() else []


def _clear_startup(path: Path) -> bool:
    """Take our line out of the user's startup script, and the script away when nothing else is in it."""
    old = path.read_bytes() if path.is_file() else b""
    new = b"".join(line for line in old.splitlines(keepends=True) if STARTUP_MARK not in line)
    if new == old:
        return False
    if new:
        write_durably(path, new)
    else:
        path.unlink()
    return True


def _change_keymap(resources: Path, change: Callable[..., str], actions: Sequence[Action], what: str) -> str:
    path = resources / KEYMAP
    old = path.read_bytes() if path.exists() else b""
    new = change(old.decode("utf-8", "surrogateescape"), actions).encode("utf-8", "surrogateescape")
    if new == old:
        return f"The actions are {what} already."
    backup = _back_up(path) if path.exists() else None
    write_durably(path, new)
    kept = f" The old file is {backup.name}." if backup else ""
    return f"The actions are {what} in {path}.{kept}"


def _back_up(path: Path) -> Path:
    for number in count(1):
        backup = path.with_name(f"{path.name}.before-stembridge-{number}")
        if not backup.exists():
            shutil.copy2(path, backup)
            return backup
    raise AssertionError("unreachable: the numbers do not end")


class _Explained:
    """Says which folder could not be written to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        """Do nothing."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Turn what the system said into an error with a hint."""
        if isinstance(error, OSError):
            reason = os.strerror(error.errno) if error.errno else str(error)
            raise DeliveryError(
                f"A file could not be written: {reason}.",
                path=Path(str(error.filename)) if error.filename else self._folder,
                hint="Give yourself permission to write there, then run this again.",
                code="not-writable",
            ) from error
