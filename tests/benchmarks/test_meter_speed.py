"""How fast the meter is on five-minute stereo files, beside ffmpeg's ``ebur128=peak=true`` and libebur128.

Run: ``pytest -m benchmark -s tests/benchmarks/test_meter_speed.py``
"""

import shutil
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import soundfile

from stembridge.audio.meter import Measurement, measure
from stembridge.units import Hertz

pytestmark = pytest.mark.benchmark

MINUTES = 5
ROUNDS = 3


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A 44.1 kHz 16-bit and a 48 kHz 24-bit song: decaying notes, a bass, some noise."""
    folder = tmp_path_factory.mktemp("songs")
    paths = [folder / "song44.wav", folder / "song48.wav"]
    for path, rate, subtype in zip(paths, [44_100, 48_000], ["PCM_16", "PCM_24"], strict=True):
        time_s = np.arange(rate * 60 * MINUTES) / rate
        notes = np.exp(-5.0 * (time_s % 0.5)) * np.sin(2.0 * np.pi * 220.0 * (1 + time_s // 1 % 7) * time_s)
        hiss = np.random.default_rng(rate).normal(0.0, 0.02, (len(time_s), 2))
        bass = 0.2 * np.sin(2.0 * np.pi * 55.0 * time_s)
        soundfile.write(path, (0.6 * notes + bass)[:, np.newaxis] + hiss, rate, subtype=subtype)
    return paths


def ours(path: Path) -> Measurement:
    with soundfile.SoundFile(path) as file:
        blocks = file.blocks(65_536, dtype="float32", always_2d=True)
        return measure(blocks, Hertz(file.samplerate), file.channels)


def ffmpeg(path: Path) -> None:
    command = ["ffmpeg", "-nostdin", "-v", "error", "-i", path, "-af", "ebur128=peak=true", "-f", "null", "-"]
    subprocess.run(command, check=True, capture_output=True)


def libebur128(path: Path) -> None:
    library = pytest.importorskip("pyebur128", reason="pyebur128 is not installed")
    sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
    mode = library.MeasurementMode
    state = library.R128State(2, rate, mode.MODE_I | mode.MODE_LRA | mode.MODE_TRUE_PEAK)
    state.add_frames(sound.ravel(), len(sound))
    library.get_loudness_global(state), library.get_loudness_range(state)


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def race(works: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Time the competitors in turn, so that a busy machine is unfair to all; keep the best of the rounds."""
    times = [{name: seconds(work) for name, work in works.items()} for _ in range(ROUNDS)]
    return {name: min(each[name] for each in times) for name in works}


def tell(what: str, times: dict[str, float]) -> None:
    mine = times["stembridge"]
    others = ", ".join(f"{name} {took:.2f} s ({took / mine:.1f} x)" for name, took in times.items())
    print(f"\n{what}: {others}")


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed")
def test_one_file_at_a_time(songs: list[Path]) -> None:
    for path in songs:
        peers = {"stembridge": ours, "ffmpeg": ffmpeg, "libebur128": libebur128}
        works = {name: partial(peer, path) for name, peer in peers.items()}
        tell(f"{path.stem}, read and metered", race(works))


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed")
def test_two_files_at_a_time_on_two_threads(songs: list[Path]) -> None:
    def both(work: Callable[[Path], object]) -> None:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(work, songs))

    tell("both at once", race({"stembridge": lambda: both(ours), "ffmpeg": lambda: both(ffmpeg)}))
