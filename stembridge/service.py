"""Starting the daemon with the system: a systemd user unit, a LaunchAgent, or a Windows task.

Linux was tried; the macOS and Windows definitions follow Apple's launchd.plist(5) and Microsoft's schtasks
documentation and could not be tried on those systems.
"""

import os
import plistlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from stembridge.durable import write_durably
from stembridge.errors import ServiceError

NAME = "stembridge"
LABEL = "org.stembridge.daemon"


@dataclass(frozen=True)
class ServiceState:
    """Whether the daemon is started with the system, and whether it runs."""

    kind: str
    installed: bool
    running: bool
    definition: str

    def to_json(self) -> dict[str, object]:
        """Return the state as JSON types."""
        return asdict(self)

    def sentence(self) -> str:
        """Return the state in words."""
        there = f"installed as a {self.kind} ({self.definition})" if self.installed else "not installed"
        return f"The service is {there} and {'running' if self.running else 'not running'}."


class Service(Protocol):
    """One system's way of starting a program at login."""

    kind: str

    def install(self, command: list[str]) -> None:
        """Write the definition and start the daemon."""

    def uninstall(self) -> None:
        """Stop the daemon and remove the definition."""

    def state(self) -> ServiceState:
        """Say what is there."""


class SystemdUnit:
    """A systemd user unit."""

    kind = "systemd user unit"

    def __init__(self, folder: Path | None = None) -> None:
        base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
        self._file = (folder or base / "systemd" / "user") / f"{NAME}.service"

    def install(self, command: list[str]) -> None:
        """Write the unit, enable it and start it."""
        calls = [("systemctl", "--user", "daemon-reload"), ("systemctl", "--user", "enable", "--now", NAME)]
        _place(self._file, systemd_unit(command).encode(), calls)

    def uninstall(self) -> None:
        """Stop the unit and remove it."""
        if self._file.exists():
            _call("systemctl", "--user", "disable", "--now", NAME)
            self._file.unlink()

    def state(self) -> ServiceState:
        """Ask systemd."""
        running = _succeeds("systemctl", "--user", "is-active", "--quiet", NAME)
        return ServiceState(self.kind, self._file.exists(), running, str(self._file))


class LaunchAgent:
    """A macOS LaunchAgent."""

    kind = "LaunchAgent"

    def __init__(self, folder: Path | None = None) -> None:
        self._file = (folder or Path.home() / "Library" / "LaunchAgents") / f"{LABEL}.plist"

    def install(self, command: list[str]) -> None:
        """Write the agent and load it."""
        _place(self._file, launch_agent(command), [("launchctl", "load", "-w", str(self._file))])

    def uninstall(self) -> None:
        """Unload the agent and remove it."""
        if self._file.exists():
            _call("launchctl", "unload", "-w", str(self._file))
            self._file.unlink()

    def state(self) -> ServiceState:
        """Ask launchd."""
        return ServiceState(
            self.kind, self._file.exists(), _succeeds("launchctl", "list", LABEL), str(self._file)
        )


class WindowsTask:
    """A Windows scheduled task that runs at logon."""

    kind = "scheduled task"

    def install(self, command: list[str]) -> None:
        """Create the task and run it."""
        line = subprocess.list2cmdline(command)
        _call("schtasks", "/Create", "/F", "/SC", "ONLOGON", "/TN", NAME, "/TR", line)
        _call("schtasks", "/Run", "/TN", NAME)

    def uninstall(self) -> None:
        """End the task and delete it."""
        if self.state().installed:
            _succeeds("schtasks", "/End", "/TN", NAME)
            _call("schtasks", "/Delete", "/F", "/TN", NAME)

    def state(self) -> ServiceState:
        """Ask the task scheduler."""
        installed = _succeeds("schtasks", "/Query", "/TN", NAME)
        return ServiceState(self.kind, installed, installed and _task_runs(), NAME)


def systemd_unit(command: list[str]) -> str:
    """Return the unit file; see systemd.service(5) for the quoting."""
    quoted = " ".join(
        '"' + part.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$") + '"'
        for part in command
    )
    return (
        "[Unit]\nDescription=stembridge: stems beside your DAW\n\n"
        f"[Service]\nExecStart={quoted}\nRestart=on-failure\nRestartSec=5\nKillMode=mixed\nTimeoutStopSec=30\n\n"
        "[Install]\nWantedBy=default.target\n"
    )


def launch_agent(command: list[str]) -> bytes:
    """Return the property list; see launchd.plist(5)."""
    return plistlib.dumps(
        {
            "Label": LABEL,
            "ProgramArguments": command,
            "RunAtLoad": True,
            "KeepAlive": {"SuccessfulExit": False},
            "ProcessType": "Background",
        }
    )


def install_service(config: Path | None) -> str:
    """Start the daemon at every login, and now; returns what was done, in words."""
    service = _of_this_system()
    command = [sys.executable, "-m", "stembridge.cli", "run"]
    if config is not None:
        command += ["--config", str(config.resolve())]
    service.install(command)
    return f"Installed: {service.state().definition}. The daemon starts at every login."


def uninstall_service() -> str:
    """Stop starting the daemon at login; returns what was done, in words."""
    service = _of_this_system()
    installed = service.state().installed
    service.uninstall()
    return "Uninstalled." if installed else "It was not installed."


def service_status() -> ServiceState:
    """Say whether the daemon is started with the system, and whether it runs."""
    return _of_this_system().state()


def _of_this_system() -> Service:
    if sys.platform == "win32":
        return WindowsTask()
    return LaunchAgent() if sys.platform == "darwin" else SystemdUnit()


def _place(file: Path, content: bytes, calls: Sequence[tuple[str, ...]]) -> None:
    """Write a definition and have the system take it; one that it refuses is not left behind."""
    before = file.read_bytes() if file.exists() else None
    file.parent.mkdir(parents=True, exist_ok=True)
    write_durably(file, content)
    try:
        for call in calls:
            _call(*call)
    except ServiceError:
        if before is None:
            file.unlink()
        else:
            write_durably(file, before)
        raise


def _task_runs() -> bool:
    listed = _run("schtasks", "/Query", "/TN", NAME, "/FO", "CSV", "/NH")
    return "Running" in listed.stdout


def _call(*command: str) -> None:
    done = _run(*command)
    if done.returncode:
        raise ServiceError(
            f"{command[0]} said: {(done.stderr or done.stdout).strip() or done.returncode}",
            hint="Run `stembridge run` by hand, or start it with your system's own tools.",
        )


def _succeeds(*command: str) -> bool:
    return shutil.which(command[0]) is not None and _run(*command).returncode == 0


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which(command[0])
    if program is None:
        raise ServiceError(
            f"{command[0]} is not on this machine.",
            hint="Run `stembridge run` by hand, or start it with your system's own tools.",
        )
    return subprocess.run([program, *command[1:]], capture_output=True, text=True, check=False)  # noqa: S603
