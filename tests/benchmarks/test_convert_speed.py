"""How fast five minutes of stereo go from 44.1 kHz, 16 bits to 48 kHz, 24 bits, step by step and beside ffmpeg.

Run: ``pytest -m benchmark -s tests/benchmarks/test_convert_speed.py``
"""

import shutil
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from stembridge.audio.dither import quantise_blocks
from stembridge.audio.files import SoundWriter, open_sound, read_blocks
from stembridge.audio.resample import resample_blocks
from stembridge.audio.sound import Block, Container, Encoding, RawBlock, Sound, SoundFormat
from stembridge.units import Hertz

pytestmark = pytest.mark.benchmark

SOURCE, TARGET = Hertz(44_100), Hertz(48_000)
HOUSE = SoundFormat(Container.WAV, Encoding.INT24, TARGET, 2)
ROUNDS = 4


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Sound:
    """Five minutes of noise."""
    path = tmp_path_factory.mktemp("song") / "song.wav"
    second = np.random.default_rng(1).integers(-9000, 9000, (SOURCE, 2), dtype=np.int16)
    with SoundWriter(path, SoundFormat(Container.WAV, Encoding.INT16, SOURCE, 2)) as writer:
        for _ in range(300):
            writer.write(second)
    return open_sound(path)


def resampled(song: Sound, blocks: Iterator[Block]) -> Iterator[Block]:
    return resample_blocks(blocks, SOURCE, TARGET, channels=2, frames=song.frames)


def write(path: Path, blocks: Iterator[RawBlock]) -> None:
    path.unlink(missing_ok=True)
    with SoundWriter(path, HOUSE) as writer:
        for block in blocks:
            writer.write(block)


def convert(song: Sound, path: Path) -> None:
    write(path, quantise_blocks(resampled(song, read_blocks(song)), Encoding.INT24, seed=1))


def best(work: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def test_each_step(song: Sound, tmp_path: Path) -> None:
    blocks = list(read_blocks(song))
    wide = list(resampled(song, iter(blocks)))
    raw = list(quantise_blocks(iter(wide), Encoding.INT24, seed=1))
    steps: dict[str, Callable[[], object]] = {
        "open": lambda: open_sound(song.path),
        "read": lambda: deque(read_blocks(song), 0),
        "resample": lambda: deque(resampled(song, iter(blocks)), 0),
        "quantise": lambda: deque(quantise_blocks(iter(wide), Encoding.INT24, seed=1), 0),
        "write, with fsync": lambda: write(tmp_path / "out.wav", iter(raw)),
        "all": lambda: convert(song, tmp_path / "out.wav"),
    }
    for name, work in steps.items():
        print(f"\n{name}: {best(work) * 1000:.1f} ms", end="")


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed")
def test_beside_ffmpeg(song: Sound, tmp_path: Path) -> None:
    def ffmpeg(*options: str) -> None:
        output = ["-ar", str(TARGET), "-c:a", "pcm_s24le", str(tmp_path / "theirs.wav")]
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", song.path, *options, *output], check=True)

    mine = best(lambda: convert(song, tmp_path / "ours.wav"))
    quick = best(ffmpeg)
    same = best(lambda: ffmpeg("-af", "aresample=resampler=soxr:precision=28"))
    print(f"\nours {mine:.2f} s; ffmpeg's own resampler {quick:.2f} s ({quick / mine:.2f} x)", end="")
    print(f"; ffmpeg with soxr at the same precision {same:.2f} s ({same / mine:.2f} x)")


def test_two_threads_of_one_process(song: Sound, tmp_path: Path) -> None:
    def together() -> None:
        threads = [Thread(target=convert, args=(song, tmp_path / f"{number}.wav")) for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    one, two = best(lambda: convert(song, tmp_path / "one.wav")), best(together)
    print(f"\none file {one:.2f} s, two files on two threads {two:.2f} s: {2 * one / two:.2f} x")
