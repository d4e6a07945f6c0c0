"""Separation from file to delivery: what is spent around the model, short files through a warm daemon, peak memory.

Run: ``pytest -m benchmark -s tests/benchmarks/test_separation_whole.py``. ``STEMBRIDGE_BENCHMARK_SECONDS`` sets the
length of the song (30; the figure is for 180), ``STEMBRIDGE_BENCHMARK_FILES`` the number of short files (3; 20),
``STEMBRIDGE_BENCHMARK_MINUTES`` the length of the long file (6; 120).
"""

import os
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from acceptance.daemon_rig import COMMAND, Desk, at_desk
from benchmarks.test_demucs_speed import DEMUCS, full_htdemucs, theirs, timed
from demucs_models import save_safetensors, save_th, small_htdemucs

from stembridge.audio.sound import Container, Encoding, SoundFormat
from stembridge.audio.writer import SoundWriter
from stembridge.pipeline import Bench, perform
from stembridge.presets import Preset, PresetStore
from stembridge.request import Request
from stembridge.separators.library import Library
from stembridge.separators.models import ModelStore
from stembridge.stages.separation_cache import SeparationCache
from stembridge.testing import noise, small_song, write_sound
from stembridge.units import Hertz

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(14_400)]

SECONDS = float(os.environ.get("STEMBRIDGE_BENCHMARK_SECONDS", "30"))
FILES = int(os.environ.get("STEMBRIDGE_BENCHMARK_FILES", "3"))
MINUTES = int(os.environ.get("STEMBRIDGE_BENCHMARK_MINUTES", "6"))
RATE = Hertz(48_000)
PRESET = "description: Four stems by a model of this test\nextends: four-stems\nseparate: {model: big}\n"


def write_song(path: Path, seconds: float, *, rate: Hertz = RATE, seed: int = 1) -> Path:
    bar = small_song(8.0, rate)["Mix"]
    audio = np.concatenate([bar] * (1 + int(seconds // 8)))[: round(seconds * rate)]
    audio = audio + noise(seconds, rate, level=0.02, seed=seed)[: len(audio)]
    return write_sound(path, audio, rate, encoding=Encoding.INT24)


def own_preset(model: str) -> Preset:
    preset = PresetStore().load("four-stems")
    assert preset.separate is not None
    return preset.model_copy(update={"separate": preset.separate.model_copy(update={"model": model})})


class Clock:
    """The seconds of CPU that a module takes; each lane runs it on a thread of its own."""

    def __init__(self, module: torch.nn.Module) -> None:
        self.spent = 0.0
        self._began: dict[int, float] = {}
        module.register_forward_pre_hook(self._begin)
        module.register_forward_hook(self._end)

    def _begin(self, _module: torch.nn.Module, _given: Any) -> None:
        self._began[threading.get_ident()] = time.thread_time()

    def _end(self, _module: torch.nn.Module, _given: Any, _answer: Any) -> None:
        self.spent += time.thread_time() - self._began[threading.get_ident()]


def test_what_is_spent_around_the_model(tmp_path: Path) -> None:
    """Read, resample, mix, null, cache, convert, measure, hash, write, report: all but the network, in CPU seconds."""
    save_th(full_htdemucs(), tmp_path, "big")
    store = ModelStore(tmp_path / "models")
    store.import_files(list(tmp_path.glob("*.th")), trust=True)
    preset, song = own_preset("big"), write_song(tmp_path / "song.wav", SECONDS)
    library = Library(store)
    bench = Bench(library, SeparationCache(tmp_path / "cache"), threads=2)
    assert preset.separate is not None
    (member,) = library.open(preset.separate).separator.model.members  # type: ignore[attr-defined]
    clock = Clock(member.module)
    stages: list[tuple[str, float, float]] = []

    def told(stage: str, _fraction: float) -> None:
        if not stages or stages[-1][0] != stage:
            stages.append((stage, time.perf_counter(), time.process_time()))

    start, before = time.perf_counter(), time.process_time()
    perform(Request((song,), "four-stems", tmp_path / "out", "song"), preset, bench, job="a", progress=told)
    took, spent = time.perf_counter() - start, time.process_time() - before
    print(
        f"\n{SECONDS:g} s of 48 kHz stereo by htdemucs, file to delivery: {took:.1f} s, {spent:.1f} s of CPU"
    )
    print(
        f"  around the network: {spent - clock.spent:.2f} s, {100 * (spent / clock.spent - 1):.1f} % of its CPU time"
    )
    for (stage, began, cpu), (_, ended, cpu_end) in zip(
        stages, [*stages[1:], ("", start + took, before + spent)], strict=True
    ):
        print(f"  {stage:9} {ended - began:6.2f} s, {cpu_end - cpu:6.2f} s of CPU")


@pytest.mark.skipif(not DEMUCS, reason="the demucs command is not installed")
def test_short_files_through_a_warm_daemon_beside_the_demucs_command(tmp_path: Path) -> None:
    """The model is loaded when the clock starts, as it is for all files of a day but the first."""
    models = tmp_path / "models"
    models.mkdir()
    pickle = save_th(full_htdemucs(), models, "big")
    (tmp_path / "presets").mkdir()
    (tmp_path / "presets" / "big.yaml").write_text(PRESET, encoding="utf-8")
    songs = [
        write_song(tmp_path / f"song{n}.wav", 10.0, rate=Hertz(44_100), seed=n) for n in range(FILES + 1)
    ]
    settings = f"presets: {tmp_path / 'presets'}"
    subprocess.run([*COMMAND, "models", "--config", str(Desk(tmp_path, settings=settings, preset="big").config),
                    "import", "--trust", str(pickle)], check=True, capture_output=True)  # fmt: skip
    with at_desk(tmp_path, settings=settings, preset="big") as desk:
        drop(desk, songs[0])
        desk.wait_jobs(1, seconds=300)
        start, before = time.perf_counter(), cpu_seconds(desk)
        for song in songs[1:]:
            drop(desk, song)
        desk.wait_jobs(FILES + 1, seconds=120.0 * FILES)
        mine = np.array([time.perf_counter() - start, cpu_seconds(desk) - before])
    peer = np.sum([timed(theirs(models, song, tmp_path / "theirs")) for song in songs[1:]], axis=0)
    print(
        f"\n{FILES} files of 10 s (clock, CPU): warm daemon {mine.round(1)}, {FILES} runs of demucs {peer.round(1)}"
    )
    wall, cpu = peer / mine
    print(f"  {wall:.2f} times faster by the clock, {cpu:.2f} times less CPU; load {os.getloadavg()[0]:.1f}")


def cpu_seconds(desk: Desk) -> float:
    """Return the CPU time of the daemon and its workers so far."""
    return sum(sum(process.cpu_times()[:2]) for process in desk.processes())


def drop(desk: Desk, song: Path) -> None:
    part = desk.inbox / f"{song.name}.part"
    part.write_bytes(song.read_bytes())
    part.rename(desk.inbox / song.name)


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="no peak memory of one process is kept here")
@pytest.mark.parametrize("model", ["spectral", "small"])
def test_peak_memory_of_a_long_file(model: str, tmp_path: Path) -> None:
    """Stereo at 48 kHz and 24 bits; the small Demucs hears 7.8 s at 44.1 kHz at once, like the published one."""
    models = tmp_path / "models"
    models.mkdir()
    save_safetensors(small_htdemucs(samplerate=44_100, segment=7.8, nfft=4096, depth=4), models, "small")
    song = write_long(tmp_path / "long.wav")
    config = tmp_path / "c.yaml"
    config.write_text(f"data: {tmp_path / 'data'}\n", encoding="utf-8")
    options = ("--model", model, "--model-folder", models, "--to", tmp_path / "out", "--config", config)
    line = [*COMMAND, "separate", "--json", "-p", "four-stems", *map(str, (song, *options))]
    start, said = time.perf_counter(), tmp_path / "said"
    with said.open("wb") as log:
        running = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=log)
    _, running.returncode, usage = os.wait4(running.pid, 0)
    assert running.returncode == 0, said.read_text(encoding="utf-8")
    took = time.perf_counter() - start
    print(f"\n{MINUTES} minutes by {model}: {took:.0f} s, {60 * MINUTES / took:.1f} x real time")
    print(f"  memory at its highest: {usage.ru_maxrss / 1024:.0f} MiB")
    print(f"  {said.read_text(encoding='utf-8').splitlines()[0]}")


def write_long(path: Path) -> Path:
    """Write minutes of music, a minute at a time."""
    minute = small_song(60.0, RATE)["Mix"] + noise(60.0, RATE, level=0.02)
    samples = np.left_shift((minute * 2.0**23).astype(np.int32), 8)
    form = SoundFormat(Container.WAV, Encoding.INT24, RATE, 2)
    with SoundWriter(path, form) as writer:
        for _ in range(MINUTES):
            writer.write(samples)
    return path
