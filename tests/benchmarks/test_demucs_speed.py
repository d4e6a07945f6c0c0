"""Separation with a full-size htdemucs (random weights cost the same) beside the ``demucs`` command, in turns.

Run: ``pytest -m benchmark -s tests/benchmarks/test_demucs_speed.py``. ``STEMBRIDGE_BENCHMARK_SECONDS`` sets the length
of the song (30), ``STEMBRIDGE_BENCHMARK_FILES`` the number of short files (3), ``STEMBRIDGE_BENCHMARK_ROUNDS`` the
turns (2).
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile
import torch
from demucs.htdemucs import HTDemucs
from demucs_models import model_files, save_th
from torch import nn

from stembridge.separators.demucs import DemucsSeparator, load_model
from stembridge.separators.demucs.allocator import keep_freed_memory
from stembridge.separators.demucs.faster import Attention, Residuals, make_faster
from stembridge.separators.model_files import ModelFiles
from stembridge.testing import noise, small_song
from stembridge.units import Hertz, Samples

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(7200)]

RATE = Hertz(44_100)
SECONDS = float(os.environ.get("STEMBRIDGE_BENCHMARK_SECONDS", "30"))
FILES = int(os.environ.get("STEMBRIDGE_BENCHMARK_FILES", "3"))
ROUNDS = int(os.environ.get("STEMBRIDGE_BENCHMARK_ROUNDS", "2"))
STEMS = ["drums", "bass", "other", "vocals"]
DEMUCS = shutil.which("demucs", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")

OURS = """
import sys
from pathlib import Path
from demucs_models import model_files
from stembridge.separators.demucs import DemucsSeparator, load_model
from test_demucs_speed import separate_file
folder, source, target = map(Path, sys.argv[1:])
separate_file(DemucsSeparator(load_model(model_files(folder, "big")), device="cpu"), source, target)
"""


def full_htdemucs() -> HTDemucs:
    """Return a network of the published htdemucs' 41,984,456 weights, all of which have a part in the answer."""
    torch.manual_seed(0)
    module = HTDemucs(
        STEMS, depth=4, dconv_mode=3, bottom_channels=512, t_layers=5, t_heads=8, segment=Fraction(39, 5)
    )
    with torch.no_grad():
        for name, weight in module.named_parameters():
            if name.endswith("scale"):
                weight.fill_(0.3)
    assert sum(each.numel() for each in module.parameters()) == 41_984_456
    return module.eval().requires_grad_(False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the model, as both sides read it."""
    place = tmp_path_factory.mktemp("model")
    save_th(full_htdemucs(), place, "big")
    return place


def write_song(path: Path, seconds: float) -> Path:
    audio = np.concatenate([small_song(8.0)["Mix"]] * (1 + int(seconds // 8)))[: round(seconds * RATE)]
    soundfile.write(path, audio + noise(len(audio) / RATE, RATE, level=0.02)[: len(audio)], RATE, "FLOAT")
    return path


def separate_file(separator: DemucsSeparator, source: Path, target: Path) -> None:
    """Read, separate and write, as the demucs command does."""
    mix, rate = soundfile.read(source, dtype="float32", always_2d=True)
    files = {
        stem: soundfile.SoundFile(target / f"{stem}.wav", "w", rate, 2, "FLOAT") for stem in separator.stems
    }
    for made in separator.separate(
        [mix],
        Hertz(rate),
        channels=2,
        frames=Samples(len(mix)),
        stems=separator.stems,
        progress=lambda _: None,
    ):
        for stem, audio in made.items():
            files[stem].write(audio)
    for each in files.values():
        each.close()


def ours(folder: Path, song: Path, target: Path) -> list[str]:
    target.mkdir(exist_ok=True)
    return [sys.executable, "-c", OURS, str(folder), str(song), str(target)]


def theirs(folder: Path, song: Path, target: Path) -> list[str]:
    assert DEMUCS
    options = [
        "--repo",
        str(folder),
        "-n",
        "big",
        "-d",
        "cpu",
        "--shifts",
        "0",
        "--float32",
        "--clip-mode",
        "none",
    ]
    return [DEMUCS, *options, "--filename", "{stem}.{ext}", "-o", str(target), str(song)]


def timed(command: list[str]) -> tuple[float, float]:
    """Run a command; return its seconds by the clock and of CPU."""
    paths = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    start = time.perf_counter()
    running = psutil.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    before = psutil.Process().cpu_times()
    assert running.wait() == 0
    after = psutil.Process().cpu_times()
    spent = sum(after[2:4]) - sum(before[2:4])
    return time.perf_counter() - start, spent


def in_turns(
    first: Callable[[], tuple[float, float]], second: Callable[[], tuple[float, float]]
) -> list[np.ndarray]:
    rounds = np.array([(first(), second()) for _ in range(ROUNDS)])
    return [rounds[:, 0], rounds[:, 1]]


def show(what: str, mine: np.ndarray, peer: np.ndarray) -> None:
    wall, cpu = peer.min(axis=0) / mine.min(axis=0)
    print(
        f"\n{what}: stembridge {mine.min(axis=0).round(1)}, demucs {peer.min(axis=0).round(1)} (clock, CPU; best)"
    )
    print(f"  {wall:.2f} times faster by the clock, {cpu:.2f} times less CPU; load {os.getloadavg()[0]:.1f}")


@pytest.mark.skipif(not DEMUCS, reason="the demucs command is not installed")
def test_one_song_beside_the_demucs_command(folder: Path, tmp_path: Path) -> None:
    song = write_song(tmp_path / "song.wav", SECONDS)
    mine, peer = in_turns(
        lambda: timed(ours(folder, song, tmp_path / "ours")),
        lambda: timed(theirs(folder, song, tmp_path / "theirs")),
    )
    show(f"one song of {SECONDS:g} s, process and all", mine, peer)
    for stem in STEMS:
        got, _ = soundfile.read(tmp_path / "ours" / f"{stem}.wav")
        expected, _ = soundfile.read(tmp_path / "theirs" / "big" / f"{stem}.wav")
        apart = np.abs(got - expected).max()
        print(f"  {stem}: {apart:.1e} apart at most, peak {np.abs(expected).max():.2f}")
        assert apart < 1e-3


@pytest.mark.skipif(not DEMUCS, reason="the demucs command is not installed")
def test_short_files_warm_beside_the_demucs_command(folder: Path, tmp_path: Path) -> None:
    song = write_song(tmp_path / "song.wav", 10.0)
    (tmp_path / "ours").mkdir()
    separator = DemucsSeparator(load_model(model_files(folder, "big")), device="cpu")
    mine, peer = [], []
    for _ in range(FILES):
        start, before = time.perf_counter(), time.process_time()
        separate_file(separator, song, tmp_path / "ours")
        mine.append((time.perf_counter() - start, time.process_time() - before))
        peer.append(timed(theirs(folder, song, tmp_path / "theirs")))
    show(f"a file of 10 s, warm, best of {FILES}", np.array(mine), np.array(peer))
    ratio = np.sum(peer, axis=0) / np.sum(mine, axis=0)
    print(f"  {FILES} files in all: {ratio[0]:.2f} times faster by the clock, {ratio[1]:.2f} times less CPU")


def test_what_each_lever_brings() -> None:
    """One segment on one thread, in CPU seconds, so that what else runs counts little."""
    torch.set_num_threads(1)
    mix = torch.from_numpy(noise(7.8, RATE).T.copy())[None]
    levers = {name: full_htdemucs() for name in ("as upstream", "attention", "both")}
    replace(levers["attention"], nn.MultiheadAttention, Attention)
    make_faster(levers["both"])
    assert any(isinstance(each, Residuals) for each in levers["both"].modules())
    before = {name: spent([module] * ROUNDS, mix) for name, module in levers.items()}
    keep_freed_memory()
    after = {name: spent([module] * (ROUNDS + 1), mix) for name, module in levers.items()}
    base = before["as upstream"]
    print()
    for name in levers:
        print(f"  {name:12} {before[name]:.2f} s, {base / before[name]:.2f} x", end="; ")
        print(f"with freed memory kept {after[name]:.2f} s, {base / after[name]:.2f} x")


def replace(module: nn.Module, kind: type[nn.Module], by: Callable[[nn.Module], nn.Module]) -> None:
    for name, part in list(module.named_children()):
        if isinstance(part, kind):
            setattr(module, name, by(part))
        else:
            replace(part, kind, by)


def spent(modules: Iterable[nn.Module], mix: torch.Tensor) -> float:
    times = []
    for module in modules:
        with torch.inference_mode():
            start = time.process_time()
            module(mix)
            times.append(time.process_time() - start)
    return min(times)


def test_loading_and_starting(folder: Path) -> None:
    files: ModelFiles = model_files(folder, "big")
    start = time.perf_counter()
    model = load_model(files)
    loaded = time.perf_counter() - start
    start = time.perf_counter()
    DemucsSeparator(model, device="cpu")
    print(
        f"\nhtdemucs from disk in {loaded:.2f} s, hashed; on the CPU {time.perf_counter() - start:.3f} s later"
    )
