"""Doctor: what is wrong between REAPER and the daemon, in words, with what to do."""

import os
from collections.abc import Iterator
from pathlib import Path

from stembridge import __version__
from stembridge.data import data_folder
from stembridge.diagnosis import Result
from stembridge.heartbeat import Beat
from stembridge.reaper_install.actions import ACTIONS, FOLDER
from stembridge.reaper_install.bridge import Bridge, read_bridge, script_folders
from stembridge.reaper_install.install import KEYMAP, script_files
from stembridge.reaper_install.keymap import missing

AGAIN = "Run: stembridge reaper install"
SOCKETS = Path("Scripts", "Mavriq ReaScript Repository", "Various", "Mavriq-Lua-Sockets")


def examine_reaper(resources: Path, spool: Path, beat: Beat | None) -> tuple[Result, ...]:
    """Look at everything that has to be right for the actions to work.

    Args:
        resources: REAPER's resource folder.
        spool: the spool of the configuration.
        beat: the daemon's last sign of life; None when it is not running.

    """
    return (
        Result("REAPER", "good", str(resources)),
        *_daemon(beat),
        *(result for folder in script_folders(resources) for result in _scripts(folder, spool, beat)),
        *_actions(resources),
        *_spool(spool),
        *_sockets(resources),
    )


def _daemon(beat: Beat | None) -> Iterator[Result]:
    if beat is None:
        hint = "Start it with: stembridge run, or at every login with: stembridge service install"
        yield Result("Daemon", "bad", "not running; actions wait for it", hint)
    elif beat.version != __version__:
        text = f"version {beat.version} is running, but {__version__} is installed"
        yield Result("Daemon", "bad", text, "Stop it and start it again.")
    else:
        yield Result("Daemon", "good", f"version {beat.version}, UDP port {beat.port}")
        if beat.token:
            text = "asks for a token, which scripts do not know: requests wait for the next look, a second at most"
            yield Result("Bell", "note", text)


def _scripts(folder: Path, spool: Path, beat: Beat | None) -> Iterator[Result]:
    if not folder.is_dir():
        yield Result("Scripts", "bad", f"{folder} is not there", AGAIN)
        return
    old = _old_files(folder)
    if old:
        yield Result("Scripts", "bad", f"{folder}: {len(old)} are of another version, {old[0]} first", AGAIN)
    else:
        yield Result("Scripts", "good", str(folder))
    yield _bridge(read_bridge(folder), spool, beat)


def _old_files(folder: Path) -> list[str]:
    shipped = data_folder("reaper_scripts") / FOLDER
    names = sorted({*script_files(shipped), *script_files(folder)})
    return [name.as_posix() for name in names if _content(shipped / name) != _content(folder / name)]


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _bridge(bridge: Bridge | None, spool: Path, beat: Beat | None) -> Result:
    about = "Bridge"
    if bridge is None:
        return Result(about, "bad", "bridge.json is missing or cannot be read", AGAIN)
    if Path(bridge.spool) != spool:
        return Result(about, "bad", f"the scripts use another spool, {bridge.spool}; it is {spool}", AGAIN)
    if beat is not None and bridge.port != beat.port:
        return Result(about, "bad", f"the scripts use port {bridge.port}; the daemon has {beat.port}", AGAIN)
    if not Path(bridge.executable).is_file():
        return Result(about, "bad", f"{bridge.executable} is gone", AGAIN)
    return Result(about, "good", f"port {bridge.port}, spool {bridge.spool}")


def _actions(resources: Path) -> Iterator[Result]:
    path = resources / KEYMAP
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    absent = missing(text, ACTIONS)
    if absent:
        names = ", ".join(action.title.removeprefix("Custom: ") for action in absent)
        yield Result("Actions", "bad", f"not registered: {names}", f"Close REAPER. {AGAIN}")
    else:
        yield Result("Actions", "good", f"{len(ACTIONS)} are in the action list")


def _spool(spool: Path) -> Iterator[Result]:
    closed = next((folder for folder in (spool / "requests", spool / "commands") if _is_closed(folder)), None)
    if closed is not None:
        hint = "Run REAPER and the daemon as the same user."
        yield Result("Spool", "bad", f"{closed} may not be written to", hint)
    elif spool.is_dir():
        yield Result("Spool", "good", str(spool))
    else:
        yield Result("Spool", "note", f"{spool} is not there yet; the daemon makes it when it starts")


def _is_closed(folder: Path) -> bool:
    try:
        return folder.is_dir() and not os.access(folder, os.W_OK)
    except PermissionError:  # what it lies in is another user's, and private
        return True


def _sockets(resources: Path) -> Iterator[Result]:
    if not (resources / SOCKETS).is_dir():
        yield Result(
            "Bell",
            "note",
            "the socket library for scripts is not installed; each click starts a small program instead",
            "It is not needed. ReaPack has it: Mavriq Lua Sockets.",
        )
