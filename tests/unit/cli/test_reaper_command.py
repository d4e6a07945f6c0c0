"""The lines of ``stembridge reaper``, as a person types them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from stembridge import __version__
from stembridge.cli.reaper import reaper
from stembridge.reaper_install.bridge import read_bridge
from stembridge.testing import tree


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("stembridge.reaper_install.places.is_reaper_running", lambda: False)
    config = f"data: {tmp_path / 'data'}\nosc: {{port: 4711}}\n"
    return tree(tmp_path, {"REAPER/reaper.ini": "", "stembridge.yaml": config})


def run(home: Path, verb: str, *options: str) -> Result:
    line = [verb, "--resource-path", str(home / "REAPER")]
    named = [] if verb == "uninstall" else ["--config", str(home / "stembridge.yaml")]
    return CliRunner().invoke(reaper, [*line, *named, *options])


def test_install_says_what_it_did_and_what_is_still_missing(home):
    done = run(home, "install")
    assert done.exit_code == 0
    assert "scripts are in" in done.output
    assert "UDP port 4711" in done.output
    assert "The actions are registered in" in done.output
    assert "stembridge run" in done.output.splitlines()[-1]


def test_the_scripts_ring_for_the_configuration_that_was_named(home, monkeypatch):
    scripts = home / "REAPER" / "Scripts" / "Stembridge"
    run(home, "install")
    assert read_bridge(scripts).config == str(home / "stembridge.yaml")
    monkeypatch.setenv("STEMBRIDGE_CONFIG", str(home / "stembridge.yaml"))
    CliRunner().invoke(reaper, ["install", "--resource-path", str(home / "REAPER")])
    assert read_bridge(scripts).config == str(home / "stembridge.yaml")


def test_the_doctor_ends_with_one_until_everything_is_right(home):
    run(home, "install")
    ill = run(home, "doctor")
    assert ill.exit_code == 1
    assert "BAD   Daemon: not running" in ill.output
    assert "stembridge run" in ill.output
    beat = {"version": __version__, "pid": 1, "time": 4e9, "port": 4711, "token": False}
    tree(home, {"data/spool/heartbeat.json": json.dumps(beat)})
    well = run(home, "doctor", "--json")
    assert well.exit_code == 0, well.output
    assert {result["state"] for result in json.loads(well.output)} <= {"good", "note"}


def test_uninstall_takes_back_what_install_brought(home):
    run(home, "install")
    done = run(home, "uninstall")
    assert done.exit_code == 0
    assert list((home / "REAPER" / "Scripts").iterdir()) == []
    assert "Stembridge" not in (home / "REAPER" / "reaper-kb.ini").read_text()
