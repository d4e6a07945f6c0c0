"""How soon, how cheaply and how steadily hot folders are looked into."""

import os
import statistics
import time

import numpy as np
import psutil
import pytest
import soundfile

from stembridge.intake.hot_folder import HotFolder, WatchMode
from stembridge.intake.hot_folders import Intake
from stembridge.intake.scanner import Scanner

pytestmark = pytest.mark.benchmark
START = 2_000_000_000.0


@pytest.fixture
def hot(tmp_path):
    (tmp_path / "hot").mkdir()
    return tmp_path / "hot"


def fill(hot, count):
    soundfile.write(hot / "0.wav", np.zeros((48_000, 2)), 48_000, "PCM_16")
    content = (hot / "0.wav").read_bytes()
    for number in range(1, count):
        (hot / f"{number}.wav").write_bytes(content)


def timed(work):
    began = time.perf_counter()
    outcome = work()
    return outcome, 1000.0 * (time.perf_counter() - began)


def test_a_look_at_5000_files_beside_a_bare_listing(hot):
    fill(hot, 5_000)
    scanner = Scanner(HotFolder(hot, "source", hot.parent / "out"), detect=lambda _path: False)
    for step, what in enumerate(["first look", "look that hands out", "look afterwards"]):
        found, took_ms = timed(lambda step=step: scanner.scan(START + step))
        print(f"{what}: {took_ms:.0f} ms, {len(found)} deliveries")
    _, bare_ms = timed(lambda: [entry.stat() for entry in os.scandir(hot)])
    print(f"os.scandir and stat alone: {bare_ms:.0f} ms; the look afterwards takes {took_ms / bare_ms:.1f} x")


def test_5000_files_dropped_at_once(hot):
    keys = []
    intake = Intake([HotFolder(hot, "source", hot.parent / "out")], lambda _request, key: keys.append(key))
    intake.start()
    fill(hot, 5_000)
    written = time.perf_counter()
    while len(keys) < 5_000:
        time.sleep(0.05)
    took_s = time.perf_counter() - written
    intake.stop()
    memory_mb = psutil.Process().memory_info().rss / 1e6
    print(f"all handed in {took_s:.1f} s after the last byte, settle time included; {memory_mb:.0f} MB")
    assert len(set(keys)) == 5_000


def test_from_the_last_byte_to_the_hand_in(hot):
    moments = []
    intake = Intake([HotFolder(hot, "source", hot.parent / "out")], lambda *_: moments.append(time.time()))
    intake.start()
    beyond_ms = []
    for number in range(8):
        soundfile.write(hot / f"{number}.wav", np.zeros((480_000, 2)), 48_000, "PCM_24")
        written = time.time()
        while len(moments) <= number:
            time.sleep(0.002)
        beyond_ms.append(1000.0 * (moments[-1] - written - 2.0))
    intake.stop()
    print(
        f"beyond the settle time of 2 s: median {statistics.median(beyond_ms):.0f} ms, most {max(beyond_ms):.0f} ms"
    )


@pytest.mark.parametrize("mode", [WatchMode.AUTO, WatchMode.POLL])
def test_ten_idle_hot_folders(tmp_path, mode):
    folders = [
        HotFolder(tmp_path / str(number), "source", tmp_path / "out", watch=mode) for number in range(10)
    ]
    for folder in folders:
        folder.path.mkdir()
    intake = Intake(folders, lambda *_: None)
    intake.start()
    time.sleep(2.0)
    before = psutil.Process().cpu_times()
    time.sleep(10.0)
    after = psutil.Process().cpu_times()
    intake.stop()
    share = (after.user + after.system - before.user - before.system) / 10.0
    print(f"{mode}: {100.0 * share:.2f} % of a core")
