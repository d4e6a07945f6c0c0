"""A disk that fills while stems are written: one clear error, and nothing partial."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stembridge.testing import noise, write_sound
from stembridge.units import Hertz

GREEDY = """
import sys
from pathlib import Path
from stembridge.errors import StembridgeError
from stembridge.pipeline import Bench, clear, perform
from stembridge.presets import PresetStore
from stembridge.request import Request
from stembridge.separators.library import Opened
from stembridge.stages.separation_cache import SeparationCache
from stembridge.testing import ShareSeparator

song, out = map(Path, sys.argv[1:])

class Greedy(ShareSeparator):
    def separate(self, blocks, rate, **options):
        with (out / "of another program").open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(1 << 16))
            except OSError:
                pass
        yield from super().separate(blocks, rate, **options)

class Models:
    def open(self, wanted):
        return Opened(Greedy({"vocals": 0.3, "drums": 0.2, "bass": 0.1, "other": 0.2}), None, "cpu")

request = Request((song,), "four-stems", out, "song")
try:
    perform(request, PresetStore().load("four-stems"), Bench(Models(), SeparationCache(None)), job="a")
except StembridgeError as error:
    print(error.retryable, error.message, error.hint, sep="|")
clear(request, job="a")
print([path.name for path in out.rglob("*")])
"""


@pytest.mark.skipif(
    not hasattr(os, "geteuid")
    or os.geteuid() != 0
    or shutil.which("unshare") is None
    or subprocess.run(["unshare", "--mount", "true"], check=False, capture_output=True).returncode != 0,
    reason="only root may make mounts of its own",
)
def test_a_disk_that_fills_while_stems_are_written_leaves_nothing_partial(tmp_path: Path) -> None:
    song = write_sound(tmp_path / "song.wav", noise(3.0, Hertz(44_100)), Hertz(44_100))
    (tmp_path / "out").mkdir()
    script = 'mount -t tmpfs -o size=16m none "$0" && exec "$@"'
    line = [sys.executable, "-c", GREEDY, str(song), str(tmp_path / "out")]
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script, str(tmp_path / "out"), *line],
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    told, left = done.stdout.splitlines()
    retryable, message, hint = told.split("|")
    assert (retryable, left) == ("True", "['of another program']")
    assert "disk" in message.lower() or "No space" in message
    assert hint
