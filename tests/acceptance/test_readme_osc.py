"""The README's table of OSC addresses: each row is a row of the vocabulary, and each line of it works as it stands."""

import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from acceptance.daemon_rig import Desk, long_sound, sound

from stembridge.heartbeat import read_beat
from stembridge.protocol import COMMANDS, REPLIES
from stembridge.testing import wait_until

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
ROWS = re.findall(
    r"^\| (reply )?`(/stembridge/\w+)` \| (.+?) \| .+? \| (?:`(.+?)`)? ?\|$", README, re.MULTILINE
)
LINES = {address: line for _, address, _, line in ROWS if line}
SPOOLED = "0123456789abcdef0123456789abcdef"
ANSWERS = {
    "/stembridge/ping": r"/stembridge/pong sis ",
    "/stembridge/submit": rf'/stembridge/accepted ss "{SPOOLED}"',
    "/stembridge/separate": r'/stembridge/accepted ss "take-1"',
    "/stembridge/conform": r'/stembridge/accepted ss "reel-7"',
    "/stembridge/cancel": r'/stembridge/state ssfs "\w+" "cancelled"',
    "/stembridge/status": r'/stembridge/state ssfs "\w+" "cancelled"',
    "/stembridge/jobs": r"(?s)/stembridge/state ssfs .*/stembridge/state ssfs .*/stembridge/state ssfs ",
}
needs_liblo = pytest.mark.skipif(
    shutil.which("oscsend") is None or shutil.which("oscdump") is None,
    reason="liblo's tools are not installed",
)


class Listener:
    """liblo's ``oscdump`` on the port that replies go to."""

    def __init__(self, port: int, file: Path) -> None:
        self._file = file
        self._read = 0
        with file.open("wb") as stream:
            self.process = subprocess.Popen(["oscdump", "-L", str(port)], stdout=stream)

    def text(self) -> str:
        return self._file.read_text(encoding="utf-8")

    def wait(self, pattern: str, *, since: int = 0) -> None:
        try:
            wait_until(lambda: re.search(pattern, self.text()[since:]) is not None, what=pattern)
        except TimeoutError as error:
            raise AssertionError(f"{pattern} was not said; heard {self.text()}") from error


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Listener]]:
    """A daemon with the files that the table names in its home, and a listener to what it says."""
    home = tmp_path_factory.mktemp("home")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    desk = Desk(home, settings=f"allowed_roots: [{home}]")
    desk.config.write_text(desk.config.read_text().replace("{port: 0}", f"{{port: 0, reply_port: {port}}}"))
    furnish(home, desk)
    listener = Listener(port, home / "heard.txt")
    desk.start()
    try:
        yield desk, listener
        assert desk.stop() == 0
    finally:
        desk.close()
        listener.process.terminate()
        listener.process.wait()


def furnish(home: Path, desk: Desk) -> None:
    long_sound(home / "song.wav")
    sound(home / "Delivery" / "Song_Bass.wav", seed=1)
    later = sound(home / "Later" / "Song_Vox.wav", seed=2)
    request = {
        "version": 1, "id": SPOOLED, "kind": "conform", "preset": "source", "path": str(later.parent),
        "project": {"record_path": str(home)},
    }  # fmt: skip
    (home / "request.json").write_text(json.dumps(request), encoding="utf-8")


def say(line: str, desk: Desk) -> None:
    """Type a line of the table into a shell, with the port that this daemon has."""
    beat = read_beat(desk.data / "spool" / "heartbeat.json", now=time.time())
    assert beat is not None
    typed = line.replace(" 9137 ", f" {beat.port} ")
    assert typed != line
    subprocess.run(typed, shell=True, check=True, env=os.environ | {"HOME": str(desk.home)})


def test_the_table_has_every_address_with_its_arguments():
    rows = {address: (bool(reply), arguments) for reply, address, arguments, _ in ROWS}
    assert set(rows) == set(COMMANDS) | set(REPLIES)
    for address, (is_reply, arguments) in rows.items():
        row = (REPLIES if is_reply else COMMANDS)[address]
        assert "".join(re.findall(r"(?:^|, )\[?([sif]) ", arguments)) == row.tags, address
        assert len(re.findall(r"\[", arguments)) == sum(argument.optional for argument in row.arguments)


def test_every_command_has_a_line_with_its_types():
    assert set(LINES) == set(COMMANDS) == set(ANSWERS)
    for address, line in LINES.items():
        words = line.split()
        assert words[:4] == ["oscsend", "127.0.0.1", "9137", address]
        assert (words[4] if len(words) > 4 else "") == COMMANDS[address].tags


@needs_liblo
def test_every_line_is_answered_as_the_table_says(heard):
    desk, listener = heard
    for address, line in LINES.items():
        if address == "/stembridge/submit":
            shutil.copyfile(desk.home / "request.json", desk.data / "spool" / "requests" / f"{SPOOLED}.json")
        before = len(listener.text())
        say(line, desk)
        listener.wait(ANSWERS[address], since=before)
    listener.wait(r'(?s)/stembridge/done ss .*/stembridge/done ss ".*manifest.json"')
