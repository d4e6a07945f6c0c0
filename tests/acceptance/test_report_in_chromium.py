"""The report of a real delivery, opened in a real browser: everything is there and nothing is complained about."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from stembridge.testing import SONG_RATE, small_song, write_sound

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
    pytest.mark.skipif(os.name == "nt", reason="Windows has no file names that look like HTML"),
]

HOSTILE = "Demo_<script>console.error(1)<img src=x onerror=alert(1)>"
QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--enable-logging=stderr", "--v=0", "--virtual-time-budget=2000"),
)

Opener = Callable[[Path], tuple[str, list[str]]]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("report")
    for name, audio in small_song(5.0).items():
        write_sound(home / "Demo" / f"Demo_{name}.wav", audio, SONG_RATE)
    write_sound(home / "Demo" / f"{HOSTILE}.wav", small_song(2.0)["Keys"], SONG_RATE)
    command = [sys.executable, "-m", "stembridge.cli", "process", str(home / "Demo")]
    subprocess.run(
        [*command, "--preset", "house-48k24", "--to", str(home / "Out")],
        env=os.environ | {"STEMBRIDGE_DATA": str(home / "data")},
        check=True,
    )
    return next(home.rglob("report.html"))


@pytest.fixture
def opened(tmp_path: Path) -> Opener:
    def open_page(page: Path) -> tuple[str, list[str]]:
        """Return the page as the browser holds it, and what it said on its console."""
        command = [str(CHROMIUM), *QUIET, f"--user-data-dir={tmp_path}", "--dump-dom", page.as_uri()]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=True)
        return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]

    return open_page


def test_the_report_opens_without_a_word_on_the_console(report, opened):
    dom, console = opened(report)
    assert console == []
    for text in ("Delivery report", "Stems", "Time line", "What was changed", "manifest.json", "−1.3"):
        assert text in dom
    assert dom.count("<svg") >= 6


def test_a_file_named_like_a_script_is_text_in_the_browser_too(report, opened):
    dom, _ = opened(report)
    assert "&lt;script&gt;console.error(1)" in dom
    assert "<script" not in dom
    assert "<img" not in dom


def test_the_console_would_have_been_heard(report, opened, tmp_path):
    page = tmp_path / "broken.html"
    page.write_text(
        report.read_text(encoding="utf-8").replace("</main>", "<script>1</script></main>"), encoding="utf-8"
    )
    assert "Content Security Policy" in "".join(opened(page)[1])


def test_the_report_prints(report, tmp_path):
    printed = tmp_path / "report.pdf"
    command = [str(CHROMIUM), *QUIET, f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={printed}"]
    subprocess.run([*command, report.as_uri()], capture_output=True, timeout=120, check=True)
    assert printed.read_bytes().startswith(b"%PDF")
