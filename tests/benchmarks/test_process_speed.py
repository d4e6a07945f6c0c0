"""How fast deliveries are made by the command that people type, beside ffmpeg in the same minute.

Run: ``pytest -m benchmark -s tests/benchmarks/test_process_speed.py``. ``STEMBRIDGE_BENCHMARK_SECONDS`` shortens the
stems for a quick look; the figures to reach are for five minutes.

ffmpeg works on two files at a time, with all its own threads: it converts with soxr at 28 bits and then reads
what it wrote for ``ebur128=peak=true``. stembridge does the same, and hashes, reports, writes a session and a
manifest. The fastest of the rounds counts; CPU time is told because other work may share the cores.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
import pytest

from stembridge.audio.files import SoundWriter
from stembridge.audio.sound import Container, Encoding, SoundFormat
from stembridge.session.manifest import read_manifest
from stembridge.units import Hertz

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed"),
]

RATE = Hertz(44_100)
SECONDS = int(os.environ.get("STEMBRIDGE_BENCHMARK_SECONDS", "300"))
ROUNDS = 3
STEMS = ("Drums", "Bass", "Gtr", "Keys", "Pad", "Vox", "BGV", "FX")


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight stereo stems of decaying notes and hiss, 44.1 kHz, 16 bits."""
    folder = tmp_path_factory.mktemp("song") / "Song"
    folder.mkdir()
    time_s = np.arange(RATE)[:, np.newaxis] / RATE
    for number, stem in enumerate(STEMS):
        note = 0.3 * np.sin(2 * np.pi * 110 * (number + 1) * time_s) * np.exp(-3.0 * (time_s % 0.5))
        hiss = np.random.default_rng(number).normal(0.0, 0.02, (RATE, 2))
        second = ((note + hiss) * 32_767).astype(np.int16)
        form = SoundFormat(Container.WAV, Encoding.INT16, RATE, 2)
        with SoundWriter(folder / f"Song_{stem}.wav", form) as writer:
            for turn in range(SECONDS):
                writer.write(np.roll(second, 37 * turn, axis=0))
    return folder


def ffmpeg(*options: str | Path) -> None:
    subprocess.run(["ffmpeg", "-nostdin", "-v", "quiet", "-y", *options], check=True)


def meter(path: Path) -> None:
    ffmpeg("-i", path, "-af", "ebur128=peak=true", "-f", "null", "-")


def convert_and_meter(path: Path, to: Path) -> None:
    soxr = ("-af", "aresample=resampler=soxr:precision=28", "-ar", "48000", "-c:a", "pcm_s24le")
    ffmpeg("-i", path, *soxr, to / path.name)
    meter(to / path.name)


def two_at_a_time(work: Callable[[Path], None], folder: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, sorted(folder.iterdir())))


def process(song: Path, preset: str, to: Path) -> None:
    line = [sys.executable, "-m", "stembridge.cli", "process", song, "--preset", preset, "--to", to]
    subprocess.run(line, check=True, capture_output=True)


def spent(work: Callable[[], object]) -> tuple[float, float]:
    """Time a piece of work that other programs do: seconds on the clock, and of processor."""
    before, began = psutil.Process().cpu_times(), time.perf_counter()
    work()
    wall, after = time.perf_counter() - began, psutil.Process().cpu_times()
    user = after.children_user - before.children_user
    return wall, user + after.children_system - before.children_system


def race(what: str, ours: Callable[[], object], theirs: Callable[[], object]) -> None:
    """Let both run in turn, so that a busy machine is unfair to both, and tell the best round of each."""
    rounds = [(spent(ours), spent(theirs)) for _ in range(ROUNDS)]
    mine, other = (min(each[side][0] for each in rounds) for side in (0, 1))
    my_cpu, other_cpu = (min(each[side][1] for each in rounds) for side in (0, 1))
    print(f"\n{what}, {len(STEMS)} stems of {SECONDS} s, {os.cpu_count()} cores")
    print(
        f"  stembridge {mine:.2f} s ({my_cpu:.2f} s of CPU), ffmpeg {other:.2f} s ({other_cpu:.2f} s of CPU)"
    )
    print(f"  {other / mine:.2f} x as fast as ffmpeg on the clock, {other_cpu / my_cpu:.2f} x in CPU time")


def fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def show_stages(delivery: Path) -> None:
    timings = read_manifest(delivery / "manifest.json")["run"]["timings"]
    print("  stages: " + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in timings.items()))


def test_eight_stems_from_44_16_to_48_24_with_loudness_and_true_peak(song: Path, tmp_path: Path) -> None:
    def theirs() -> None:
        to = fresh(tmp_path / "theirs")
        two_at_a_time(lambda path: convert_and_meter(path, to), song)

    race(
        "44.1/16 to 48/24 and metered",
        lambda: process(song, "house-48k24", fresh(tmp_path / "ours")),
        theirs,
    )
    show_stages(tmp_path / "ours" / "Song")


def test_files_that_need_no_conversion(song: Path, tmp_path: Path) -> None:
    race(
        "no conversion: metadata, hash, loudness, true peak",
        lambda: process(song, "source", fresh(tmp_path / "ours")),
        lambda: two_at_a_time(meter, song),
    )
    show_stages(tmp_path / "ours" / "Song")
