"""The scripts brought into a REAPER, found wrong, mended, and taken out again."""

import json
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from stembridge import __version__
from stembridge.data import data_folder
from stembridge.errors import DeliveryError, IntakeError
from stembridge.heartbeat import Beat
from stembridge.reaper_install.actions import ACTIONS
from stembridge.reaper_install.bridge import Bridge, bridge_to, read_bridge
from stembridge.reaper_install.doctor import examine_reaper
from stembridge.reaper_install.index import make_index
from stembridge.reaper_install.install import install, script_files, uninstall
from stembridge.reaper_install.places import find_resources
from stembridge.testing import read_tree, tree

SHIPPED = data_folder("reaper_scripts") / "Stembridge"
KEYMAP = "KEY 9 77 40044 0\r\n"
BEAT = Beat(__version__, 1, 0.0, 9137)


def closed() -> bool:
    return False


@pytest.fixture
def reaper(tmp_path: Path) -> Path:
    return tree(tmp_path / "REAPER", {"reaper.ini": "[REAPER]\n", "reaper-kb.ini": KEYMAP})


@pytest.fixture
def bridge(tmp_path: Path) -> Bridge:
    (tmp_path / "spool").mkdir()
    return bridge_to(tmp_path / "spool", 9137)


def test_every_action_has_its_script_and_every_script_that_reapack_shows_is_an_action():
    assert all((SHIPPED / action.file).is_file() for action in ACTIONS)
    main = [line for line in (SHIPPED / ACTIONS[0].file).read_text().splitlines() if "[main]" in line]
    assert len(main) == len(ACTIONS)


def test_installing_copies_the_scripts_tells_them_the_way_and_registers_them(reaper, bridge):
    install(reaper, bridge, is_running=closed)
    target = reaper / "Scripts" / "Stembridge"
    assert script_files(target) == script_files(SHIPPED)
    assert json.loads((target / "bridge.json").read_text())["port"] == 9137
    assert read_bridge(target) == bridge
    keymap = (reaper / "reaper-kb.ini").read_bytes().decode()
    assert keymap.startswith(KEYMAP)
    assert keymap.count("\r\n") == 1 + len(ACTIONS)


def test_the_old_action_list_is_kept_and_never_written_over(reaper, bridge):
    for _ in range(2):
        install(reaper, bridge, is_running=closed)
    uninstall(reaper, is_running=closed)
    backups = sorted(reaper.glob("reaper-kb.ini.before-stembridge-*"))
    assert [backup.name[-1] for backup in backups] == ["1", "2"]
    assert backups[0].read_bytes().decode() == KEYMAP


def test_installing_twice_changes_nothing(reaper, bridge):
    install(reaper, bridge, is_running=closed)
    before = read_tree(reaper)
    install(reaper, bridge, is_running=closed)
    assert read_tree(reaper) == before


def test_uninstalling_leaves_what_was_there_before(reaper, bridge):
    before = read_tree(reaper)
    tree(reaper / "Scripts" / "Stembridge", {"mine.txt": "mine"})
    install(reaper, bridge, is_running=closed)
    said = uninstall(reaper, is_running=closed)
    left = {name: content for name, content in read_tree(reaper).items() if "before-stembridge" not in name}
    assert left == before | {"Scripts/Stembridge/mine.txt": b"mine"}
    assert any("mine.txt" in sentence for sentence in said)


@pytest.mark.parametrize("own", [b"", b"print('mine')\r\n", b"\xff no UTF-8\n\nprint(2)"])
def test_uninstalling_takes_our_line_out_of_the_startup_script_and_no_other(reaper, bridge, own):
    install(reaper, bridge, is_running=closed)
    lua = (SHIPPED / "lib" / "startup_hook.lua").read_text(encoding="utf-8")
    (mark,) = re.findall(r'MARK = "(.+)"', lua)
    script = reaper / "Scripts" / "__startup.lua"
    script.write_bytes(f"do end {mark}\n".encode() + own)
    said = uninstall(reaper, is_running=closed)
    assert (script.read_bytes() if script.exists() else b"") == own
    assert any("__startup.lua" in sentence for sentence in said)


def test_uninstalling_leaves_no_way_to_the_daemon_beside_scripts_of_reapack(reaper, bridge):
    elsewhere = tree(reaper / "Scripts" / "Stembridge scripts" / "Stembridge", {ACTIONS[0].file: "x"})
    install(reaper, bridge, is_running=closed)
    uninstall(reaper, is_running=closed)
    assert read_tree(elsewhere) == {ACTIONS[0].file: b"x"}


def test_uninstalling_takes_out_what_the_scripts_registered_themselves(reaper, bridge):
    install(reaper, bridge, is_running=closed)
    keymap = reaper / "reaper-kb.ini"
    line = (
        'SCR 4 0 RS0123 "Custom: Stembridge_Watch for stems.lua" "Stembridge/Stembridge_Watch for stems.lua"'
    )
    keymap.write_bytes(keymap.read_bytes() + line.encode() + b"\r\n")
    uninstall(reaper, is_running=closed)
    assert keymap.read_bytes().decode() == KEYMAP


def test_while_reaper_runs_its_action_list_is_left_alone_and_the_way_by_hand_is_told(reaper, bridge):
    said = install(reaper, bridge, is_running=lambda: True)
    assert (reaper / "reaper-kb.ini").read_bytes().decode() == KEYMAP
    assert "Load ReaScript" in said[-1]
    with pytest.raises(DeliveryError, match="is running"):
        uninstall(reaper, is_running=lambda: True)


def test_scripts_of_an_older_version_go(reaper, bridge):
    tree(reaper / "Scripts" / "Stembridge" / "lib", {"gone.lua": "old", "json.lua": "old"})
    install(reaper, bridge, is_running=closed)
    assert script_files(reaper / "Scripts" / "Stembridge") == script_files(SHIPPED)


def test_scripts_that_reapack_put_elsewhere_are_told_the_way_too(reaper, bridge):
    elsewhere = tree(reaper / "Scripts" / "Stembridge scripts" / "Stembridge", {ACTIONS[0].file: "x"})
    install(reaper, bridge, is_running=closed)
    assert read_bridge(elsewhere) == bridge


def test_what_could_not_be_written_is_named(reaper, bridge):
    (reaper / "Scripts").write_text("a file where the folder should be")
    with pytest.raises(DeliveryError, match="could not be written") as refused:
        install(reaper, bridge, is_running=closed)
    assert str(refused.value.path).startswith(str(reaper / "Scripts"))


def bad(reaper: Path, spool: Path, beat: Beat | None = BEAT) -> list[str]:
    found = examine_reaper(reaper, spool, beat)
    assert all(result.hint for result in found if result.state == "bad")
    return [f"{result.about}: {result.text}" for result in found if result.state == "bad"]


def test_the_doctor_finds_nothing_wrong_after_an_installation(reaper, bridge):
    install(reaper, bridge, is_running=closed)
    assert bad(reaper, Path(bridge.spool)) == []


def test_the_doctor_says_what_is_wrong(reaper, bridge, tmp_path):
    assert any(word.startswith("Scripts:") and "not there" in word for word in bad(reaper, tmp_path))
    install(reaper, bridge, is_running=closed)
    spool = Path(bridge.spool)
    assert "not running" in bad(reaper, spool, None)[0]
    assert "is installed" in bad(reaper, spool, replace(BEAT, version="0.0.1"))[0]
    assert "port 9137; the daemon has 9138" in bad(reaper, spool, replace(BEAT, port=9138))[0]
    assert "another spool" in bad(reaper, tmp_path)[0]
    (reaper / "Scripts" / "Stembridge" / ACTIONS[0].file).write_text("old")
    (reaper / "reaper-kb.ini").write_text("")
    assert [word.partition(":")[0] for word in bad(reaper, spool)] == ["Scripts", "Actions"]
    (reaper / "Scripts" / "Stembridge" / "bridge.json").write_text('{"version": 1}')
    assert "bridge.json is missing" in bad(reaper, spool)[1]


@pytest.mark.parametrize(
    ("system", "environ", "place"),
    [
        ("linux", {}, ".config/REAPER"),
        ("linux", {"XDG_CONFIG_HOME": "{home}/cfg"}, "cfg/REAPER"),
        ("darwin", {}, "Library/Application Support/REAPER"),
        ("win32", {"APPDATA": "{home}/Roaming"}, "Roaming/REAPER"),
    ],
)
def test_the_resource_folder_is_found_on_every_system(tmp_path, system, environ, place):
    tree(tmp_path / place, {"reaper.ini": ""})
    there = {key: value.format(home=tmp_path) for key, value in environ.items()}
    assert find_resources(environ=there, system=system, home=tmp_path) == tmp_path / place


def test_a_folder_without_reaper_ini_is_refused_and_a_portable_one_is_taken(tmp_path, reaper):
    with pytest.raises(IntakeError, match=r"no reaper\.ini") as refused:
        find_resources(environ={}, system="linux", home=tmp_path / "nobody")
    assert "--resource-path" in refused.value.hint
    assert find_resources(reaper) == reaper


def test_the_index_for_reapack_lists_every_file_once():
    text = make_index(SHIPPED, url="https://example.org/Stembridge/", time=datetime(2026, 1, 2, tzinfo=UTC))
    sources = ET.fromstring(text).findall("./category/reapack/version/source")
    files = [source.get("file", ACTIONS[0].file) for source in sources]
    assert sorted(files) == [path.as_posix() for path in script_files(SHIPPED)]
    assert sum(source.get("main") == "main" for source in sources) == len(ACTIONS)
    assert all(str(source.text).startswith("https://example.org/Stembridge/") for source in sources)
    assert 'time="2026-01-02T00:00:00Z"' in text


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows has other permissions")
def test_the_private_spool_of_another_user_is_told(reaper, tmp_path):
    (tmp_path / "private" / "spool" / "requests").mkdir(parents=True)
    with shut_out(tmp_path / "private"):
        found = examine_reaper(reaper, tmp_path / "private" / "spool", None)
    (spool,) = [result for result in found if result.about == "Spool"]
    assert (spool.state, "may not be written to" in spool.text, "same user" in spool.hint) == (
        "bad",
        True,
        True,
    )


@contextmanager
def shut_out(folder: Path) -> Iterator[None]:
    """Be somebody who may not look into a folder, though into all above it."""
    root = os.geteuid() == 0
    way = stat.S_IXGRP | stat.S_IXOTH
    modes = [(above, stat.S_IMODE(above.stat().st_mode)) for above in folder.parents if root]
    narrow = [(above, mode) for above, mode in modes if mode & way != way]
    for above, mode in narrow:
        above.chmod(mode | way)
    folder.chmod(0o700 if root else 0)
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o700)
        for above, mode in narrow:
            above.chmod(mode)
