"""The whole daemon under load: memory of a worker and of the daemon, idling, and a batch that is killed 100 times.

Run: ``pytest -m benchmark -s tests/benchmarks/test_daemon_load.py``. ``STEMBRIDGE_BENCHMARK_SCALE=0.1`` makes a tenth
of everything, for a quick look.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import numpy as np
import psutil
import pytest
from acceptance.batches import Batch
from acceptance.daemon_rig import Desk, at_desk, deliveries

from stembridge.audio.sound import Container, Encoding, SoundFormat
from stembridge.audio.writer import SoundWriter
from stembridge.jobs.job import State
from stembridge.units import Hertz

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(7200)]

SCALE = float(os.environ.get("STEMBRIDGE_BENCHMARK_SCALE", "1"))
RATE = Hertz(44_100)
MB = 1e6


class Memory:
    """The largest resident size of each process of a daemon, looked at ten times a second."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stop = Event()
        self.most: dict[str, float] = {}

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            for place, process in enumerate(self._desk.processes()):
                with suppress(psutil.Error):
                    name = "daemon" if place == 0 else "worker"
                    self.most[name] = max(self.most.get(name, 0.0), process.memory_info().rss / MB)

    @contextmanager
    def watched(self) -> Iterator["Memory"]:
        thread = Thread(target=self._watch, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            thread.join()

    def __str__(self) -> str:
        return ", ".join(f"{name} {most:.0f} MB" for name, most in sorted(self.most.items()))


def hours_of_noise(path: Path, hours: float) -> None:
    """Write stereo noise, 44.1 kHz, 16 bits, and rename it into place."""
    second = np.random.default_rng(1).integers(-9000, 9000, (RATE, 2), dtype=np.int16)
    part = path.with_suffix(".part")
    with SoundWriter(part, SoundFormat(Container.WAV, Encoding.INT16, RATE, 2)) as writer:
        for turn in range(round(hours * 3600)):
            writer.write(np.roll(second, 37 * turn, axis=0))
    part.rename(path)


def test_the_memory_of_a_worker_with_a_file_of_two_hours(tmp_path: Path) -> None:
    with (
        at_desk(tmp_path, preset="house-48k24", give_up_s=600.0) as desk,
        Memory(desk).watched() as memory,
    ):
        hours_of_noise(desk.inbox / "long.wav", 2.0 * SCALE)
        desk.wait_jobs(1, seconds=3600.0)
        desk.wait_settled()
        print(f"\nat the most, with {2.0 * SCALE:g} hours of stereo: {memory}")


def test_thousands_of_files_dropped_at_once(tmp_path: Path) -> None:
    count = round(5_000 * SCALE)
    with at_desk(tmp_path, workers=2) as desk, Memory(desk).watched() as memory:
        batch = Batch(desk)
        began = time.perf_counter()
        batch.drop_files(count, seconds=1.0)
        dropped = time.perf_counter() - began
        batch.wait(seconds=7000.0)
        took = time.perf_counter() - began - dropped
        print(
            f"\n{count} files written in {dropped:.0f} s, the last one delivered {took:.0f} s later; {memory}"
        )
        batch.check()


def test_an_idle_daemon_with_ten_hot_folders(tmp_path: Path) -> None:
    more = ""
    for number in range(9):
        (tmp_path / f"In{number}").mkdir()
        more += f"  - {{path: {tmp_path}/In{number}, to: {tmp_path}/Out, preset: source}}\n"
    with at_desk(tmp_path, folder_settings=more) as desk:
        Event().wait(5.0)  # what a start takes is over
        before, began = _spent(desk), time.perf_counter()
        Event().wait(max(5.0, 60.0 * SCALE))
        seconds = time.perf_counter() - began
        shares = [100 * (now - then) / seconds for now, then in zip(_spent(desk), before, strict=True)]
        daemon, workers = shares[0], sum(shares[1:])
        print(f"\nidle, ten hot folders: daemon {daemon:.2f} % of a core, its worker {workers:.2f} %")


def test_a_batch_that_is_killed_at_a_hundred_random_instants(tmp_path: Path) -> None:
    times = max(2, round(100 * SCALE))
    desk = Desk(tmp_path, workers=2, preset="house-48k24")
    batch = Batch(desk)
    batch.drop_files(2 * times)
    batch.drop_folders(max(1, times // 4), seconds=1.0)
    for _ in range(max(1, times // 20)):
        batch.drop_zip()
    try:
        batch.kill_again_and_again(times, seed=1)
        again = sum(max(0, job.attempts - 1) for job in desk.jobs())
        unfinished = batch.count - sum(job.state is State.DONE for job in desk.jobs())
        batch.wait(seconds=600.0)
        batch.check()
        print(f"\nkilled {times} times, {unfinished} of {batch.count} jobs left to do at the last kill")
        print(f"{again} attempts were cut off and made again")
        print(f"{len(deliveries(desk.project))} delivered: 0 lost, 0 partial, 0 twice, 0 sources changed")
        assert desk.stop() == 0
    finally:
        desk.close()


def _spent(desk: Desk) -> list[float]:
    times = [process.cpu_times() for process in desk.processes()]
    return [each.user + each.system for each in times]
