"""The first command of the README, as a stranger runs it: the main job with the real daemon, and what it shows."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from acceptance.daemon_rig import check_delivery, command, visible


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("a person's #1 folder: demo")


def test_the_demo_delivers_a_song_and_says_where_it_is(home: Path) -> None:
    done = command("demo", "--to", home / "demo")
    assert done.returncode == 0, done.stderr
    delivery = home / "demo" / "Project" / "Demo Song"
    manifest = check_delivery(delivery)
    assert {output["stem"] for output in manifest["outputs"]} == {"drums", "bass", "keys", "vocals", "mix"}
    assert {(output["rate"], output["encoding"]) for output in manifest["outputs"]} == {(48_000, "int24")}
    assert str(delivery / "report.html") in done.stdout
    assert len(visible(home / "demo" / "Inbox" / "_done")) == 5


def test_the_demo_stops_its_daemon_and_keeps_to_its_folder(home: Path) -> None:
    running = [each.info["cmdline"] or [] for each in psutil.process_iter(["cmdline"])]
    assert not any(str(home) in part for line in running for part in line)
    assert [path.name for path in home.iterdir()] == ["demo"]


def test_the_demo_overwrites_nothing_when_it_is_run_again(home: Path) -> None:
    before = {name: (home / "demo" / name).stat().st_mtime_ns for name in visible(home / "demo")}
    done = command("demo", "--to", home / "demo")
    assert done.returncode == 0, done.stderr
    assert {name: (home / "demo" / name).stat().st_mtime_ns for name in visible(home / "demo")} == before
    check_delivery(home / "demo-2" / "Project" / "Demo Song")


def test_help_loads_none_of_the_heavy_libraries() -> None:
    script = (
        "import sys; from click.testing import CliRunner; from stembridge.cli.group import commands\n"
        "shown = CliRunner().invoke(commands, ['--help']).output\n"
        "print('process' in shown, sorted({'numpy', 'scipy', 'torch', 'pydantic', 'dbos', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == "True []\n"
