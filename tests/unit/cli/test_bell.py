"""The quick way to the daemon is the proper way, only quicker."""

import json
import subprocess
import sys
import time
from pathlib import Path

import platformdirs
import pytest

from stembridge.cli.bell import ADDRESS, config_folder, data_folder, message, quick_port, ring
from stembridge.config import load_config
from stembridge.osc_codec import decode
from stembridge.protocol import SUBMIT, Said


def beat(folder: Path, **changes: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    plain = {"version": "0.1.0", "pid": 1, "time": time.time(), "port": 9999, "token": False}
    (folder / "heartbeat.json").write_text(json.dumps(plain | changes))


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("STEMBRIDGE_DATA", raising=False)
    monkeypatch.setenv("STEMBRIDGE_CONFIG", str(tmp_path / "stembridge.yaml"))
    return (tmp_path / "stembridge.yaml").write_text


def test_the_message_is_the_one_in_the_table():
    assert SUBMIT.address == ADDRESS
    assert decode(message(ADDRESS, "0" * 32)) == (Said(SUBMIT.address, ("0" * 32,)),)
    assert decode(message("/a", "größe", "abc"))[0].arguments == ("größe", "abc")


def test_the_usual_folders_are_those_of_platformdirs():
    assert Path(data_folder()) == platformdirs.user_data_path("stembridge", appauthor=False)
    assert Path(config_folder()) == platformdirs.user_config_path("stembridge", appauthor=False)


@pytest.mark.parametrize(
    "text", ["data: here\n", "data: 'here'  # mine\n", 'data: "./here"\nworkers: 2\n', "spool: here/spool\n"]
)
def test_the_heartbeat_is_found_where_the_configuration_says(configured, tmp_path, text):
    configured(text)
    spool = load_config(tmp_path / "stembridge.yaml", environ={}).spool
    beat(spool)
    assert quick_port() == 9999


def test_the_environment_goes_before_the_file(configured, tmp_path, monkeypatch):
    configured("data: here\n")
    monkeypatch.setenv("STEMBRIDGE_DATA", str(tmp_path / "there"))
    beat(tmp_path / "there" / "spool")
    assert quick_port() == 9999


def test_a_configuration_that_is_named_goes_before_the_environment(configured, tmp_path):
    configured("data: here\n")
    (tmp_path / "mine.yaml").write_text("data: mine\n")
    beat(tmp_path / "mine" / "spool")
    assert (quick_port(), quick_port(str(tmp_path / "mine.yaml"))) == (None, 9999)


@pytest.mark.parametrize(
    "arguments", [[], ["x"], ["--config", "0" * 32], ["--port", "1", "0" * 32], ["a", "b", "c"]]
)
def test_wrong_use_is_told(arguments, capsys):
    assert ring(arguments) == 2
    assert "notify [--config FILE] ID" in capsys.readouterr().err


@pytest.mark.parametrize("changes", [{"token": True}, {"time": 0.0}], ids=str)
def test_a_dead_daemon_and_one_with_a_token_are_left_to_the_proper_way(configured, tmp_path, changes):
    configured("data: here\n")
    beat(tmp_path / "here" / "spool", **changes)
    assert quick_port() is None


def test_nothing_heavy_is_imported():
    said = "import sys; sys.argv = ['stembridge', 'notify', 'x']\nfrom stembridge.cli import main\n"
    look = (
        "try: main()\nexcept SystemExit: pass\nprint({'click', 'json', 'pathlib', 'yaml'} & set(sys.modules))"
    )
    ran = subprocess.run(
        [sys.executable, "-S", "-c", said + look], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "set()"
