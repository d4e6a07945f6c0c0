"""Starting with the system: what is written, and what the system's own tool is told. The tool is a stand-in."""

import os
import plistlib
import shlex
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from stembridge.cli.group import commands
from stembridge.errors import ConfigError, ServiceError
from stembridge.service import SystemdUnit, WindowsTask, launch_agent, systemd_unit

linux = pytest.mark.skipif(sys.platform != "linux", reason="the systemd unit is for Linux")


class Tool:
    """A program of the system that notes what it is told and answers with a code."""

    def __init__(self, folder: Path, name: str) -> None:
        self._notes = folder / f"{name}.notes"
        self._code = folder / f"{name}.code"
        script = f'#!/bin/sh\necho "$*" >> "{self._notes}"\nexit $(cat "{self._code}")\n'
        (folder / name).write_text(script, encoding="utf-8")
        (folder / name).chmod(0o755)
        self.answers(0)

    def answers(self, code: int) -> None:
        self._code.write_text(str(code), encoding="utf-8")

    @property
    def told(self) -> list[str]:
        return self._notes.read_text(encoding="utf-8").splitlines() if self._notes.exists() else []


@pytest.fixture
def systemctl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tool:
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.defpath}")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return Tool(tmp_path / "bin", "systemctl")


def say(*line: str | Path) -> Result:
    return CliRunner().invoke(commands, ["service", *map(str, line)])


def unit_in(home: Path) -> Path:
    return home / "config" / "systemd" / "user" / "stembridge.service"


@linux
def test_install_writes_a_unit_that_runs_the_daemon_and_starts_it(tmp_path: Path, systemctl: Tool) -> None:
    config = tmp_path / "my stembridge.yaml"
    config.write_text("workers: 1\n", encoding="utf-8")
    done = say("install", "--config", config)
    line = next(line for line in unit_in(tmp_path).read_text().splitlines() if line.startswith("ExecStart="))
    command = shlex.split(line.removeprefix("ExecStart="))
    assert command == [sys.executable, "-m", "stembridge.cli", "run", "--config", str(config)]
    assert systemctl.told[:2] == ["--user daemon-reload", "--user enable --now stembridge"]
    assert (done.exit_code, str(unit_in(tmp_path)) in done.stdout) == (0, True)


@linux
def test_uninstall_stops_it_and_leaves_nothing(tmp_path: Path, systemctl: Tool) -> None:
    say("install")
    assert say("uninstall").stdout == "Uninstalled.\n"
    assert systemctl.told[-1] == "--user disable --now stembridge"
    assert not unit_in(tmp_path).exists()
    assert say("uninstall").stdout == "It was not installed.\n"


@linux
def test_status_says_whether_it_is_installed_and_runs(tmp_path: Path, systemctl: Tool) -> None:
    systemctl.answers(3)
    absent = say("status")
    assert (absent.exit_code, "not installed and not running" in absent.stdout) == (1, True)
    systemctl.answers(0)
    say("install")
    running = say("status", "--json")
    assert running.exit_code == 0
    assert '"installed": true' in running.stdout
    assert '"running": true' in running.stdout


@linux
def test_what_the_system_refuses_is_told_in_its_words(tmp_path: Path, systemctl: Tool) -> None:
    systemctl.answers(5)
    with pytest.raises(ServiceError, match="systemctl said: 5"):
        SystemdUnit(tmp_path).install(["stembridge", "run"])


@linux
def test_a_service_that_the_system_refuses_is_not_left_half_installed(
    tmp_path: Path, systemctl: Tool
) -> None:
    systemctl.answers(5)
    assert isinstance(say("install").exception, ServiceError)
    assert not unit_in(tmp_path).exists()
    systemctl.answers(0)
    say("install")
    before = unit_in(tmp_path).read_bytes()
    systemctl.answers(5)
    say("install", "--config", config_in(tmp_path, "workers: 2\n"))
    assert unit_in(tmp_path).read_bytes() == before


@linux
def test_a_configuration_with_mistakes_is_not_installed(tmp_path: Path, systemctl: Tool) -> None:
    refused = say("install", "--config", config_in(tmp_path, "workerz: 1\n"))
    assert isinstance(refused.exception, ConfigError)
    assert (systemctl.told, unit_in(tmp_path).exists()) == ([], False)


def config_in(folder: Path, text: str) -> Path:
    path = folder / "stembridge.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_system_without_the_tool_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServiceError, match=r"schtasks is not on this machine.*stembridge run"):
        WindowsTask().install(["stembridge", "run"])
    assert WindowsTask().state().installed is False


def test_a_unit_keeps_the_marks_that_mean_something_to_systemd() -> None:
    text = systemd_unit(['/opt/100% $5 "own"/python', "run"])
    assert 'ExecStart="/opt/100%% $$5 \\"own\\"/python" "run"' in text


def test_a_launch_agent_names_the_command_and_starts_at_login() -> None:
    agent = plistlib.loads(launch_agent(["python", "-m", "stembridge.cli", "run"]))
    assert agent["ProgramArguments"] == ["python", "-m", "stembridge.cli", "run"]
    assert agent["RunAtLoad"] is True
