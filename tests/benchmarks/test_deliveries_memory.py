"""How much memory and time the check of a long set takes, with its report.

Run: ``pytest -m benchmark -s tests/benchmarks/test_deliveries_memory.py``. ``STEMBRIDGE_BENCHMARK_MINUTES`` sets the
length (6; the figure is for 120, which takes 6 GB of disk below ``--basetemp``). One stem is late and one louder than
in the mix, so the search for the cause is part of it.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile
from numpy.typing import NDArray

from stembridge.testing import noise, small_song
from stembridge.units import Hertz

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(14_400)]

MINUTES = int(os.environ.get("STEMBRIDGE_BENCHMARK_MINUTES", "6"))
RATE = Hertz(48_000)
BAR_S = 8.0
LATE = 480
LOUDER = np.float32(10.0 ** (1.0 / 20.0))
STEMS = ("Drums", "Bass", "Keys")

Sound = NDArray[np.float32]


def bars(minutes: int) -> Iterator[dict[str, Sound]]:
    """Play a song whose bars are never the same."""
    song, rng = small_song(BAR_S, RATE), np.random.default_rng(3)
    for number in range(round(minutes * 60 / BAR_S)):
        breath = {
            name: noise(BAR_S, RATE, level=0.02, seed=10 * number + place) for place, name in enumerate(STEMS)
        }
        yield {name: np.float32(rng.uniform(0.3, 1.0)) * (song[name] + breath[name]) for name in STEMS}


def write_set(folder: Path, minutes: int) -> Path:
    """Write three stems and their mix: the drums late, the bass 1 dB up."""
    folder.mkdir()
    files = {
        name: soundfile.SoundFile(folder / f"Reel_{name}.wav", "w", RATE, 2, "PCM_16")
        for name in (*STEMS, "Mix")
    }
    files["Drums"].write(np.zeros((LATE, 2), np.float32))
    for stems in bars(minutes):
        files["Mix"].write(sum(stems.values()))
        for name, sound in stems.items():
            files[name].write(LOUDER * sound if name == "Bass" else sound)
    for file in files.values():
        file.close()
    return folder


def run_watched(line: list[str], out: Path) -> tuple[float, float, float]:
    """Run a command; return its seconds, its seconds of processor, and the most memory it held, in MB."""
    start, most, spent = time.perf_counter(), 0, 0.0
    with out.open("wb") as sink, subprocess.Popen(line, stdout=sink, stderr=subprocess.DEVNULL) as running:
        process = psutil.Process(running.pid)
        while running.poll() is None:
            try:
                with process.oneshot():
                    most = max(most, process.memory_info().rss)
                    times = process.cpu_times()
                    spent = times.user + times.system
            except psutil.NoSuchProcess:
                break
            time.sleep(0.05)
    return time.perf_counter() - start, spent, most / 1e6


def test_the_check_of_a_long_set(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    folder = write_set(tmp_path / "Reel", MINUTES)
    size = sum(path.stat().st_size for path in folder.iterdir()) / 1e9
    line = [*(sys.executable, "-m", "stembridge.cli", "check", str(folder), "--preset", "vendor-any")]
    out = tmp_path / "out.json"
    took, spent, most = run_watched([*line, "--report", str(tmp_path / "report"), "--json"], out)
    print(
        f"\n{MINUTES} minutes, three stems and a mix, stereo, {size:.1f} GB: {took:.0f} s, {spent:.0f} s of processor,"
        f" {most:.0f} MB at most, report {(tmp_path / 'report' / 'report.html').stat().st_size / 1e6:.2f} MB"
    )
    record_property(f"memory of the check of {MINUTES} minutes (asked 1000 MB for 120)", f"{most:.0f} MB")
    (null,) = json.loads(out.read_bytes())["nulls"]
    print(f"  cause: {null['cause']['message']} {' '.join(each['message'] for each in null['more_causes'])}")
