"""Stems of five minutes placed and checked beside audio-offset-finder (BBC, Apache 2.0), run stem by stem.

It is no dependency: ``STEMBRIDGE_OFFSET_FINDER`` names its command, where that is not on the path. It looks for the
time at which two recordings of the same sound run together, in steps of 16 ms, and not for a stem inside a mix; the
comparison is with what a person without a better tool would run. ``STEMBRIDGE_BENCHMARK_SECONDS`` sets the length.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import align_cases
import music
import numpy as np
import pytest
import vendor_songs
from vendor_songs import RATE

from stembridge.audio.sound import Encoding
from stembridge.testing import write_sound
from stembridge.units import Hertz

FINDER = shutil.which(os.environ.get("STEMBRIDGE_OFFSET_FINDER", "audio-offset-finder"))
SECONDS = float(os.environ.get("STEMBRIDGE_BENCHMARK_SECONDS", "300"))
STEMBRIDGE = (sys.executable, "-m", "stembridge.cli")

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.skipif(bool(music.missing()), reason=music.missing() or "there"),
    pytest.mark.skipif(FINDER is None, reason="audio-offset-finder is not installed"),
    pytest.mark.timeout(7200),
]


@contextmanager
def timed(label: str) -> Iterator[None]:
    """Print the time that passes and the processor time of child processes (none is known on Windows)."""
    wall, before = time.perf_counter(), os.times()
    yield
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    print(f"{label:<44}{time.perf_counter() - wall:>8.1f} s{spent:>8.1f} s of processor", flush=True)


def output(command: Sequence[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False).stdout


def delivery(folder: Path) -> tuple[Path, dict[Path, int]]:
    """Write a mix and its stems, most of them up to a second early or late; return the shift of each."""
    stems = vendor_songs.render(replace(vendor_songs.REPORTED[0], seconds=SECONDS))
    rng = np.random.default_rng(4)
    mix = np.sum(list(stems.values()), axis=0, dtype=np.float32)
    shifts: dict[Path, int] = {}
    for name, stem in stems.items():
        shift = int(rng.integers(-RATE, RATE))
        moved = align_cases.cut(stem, shift)
        shifts[write_sound(folder / f"{name}.wav", moved, Hertz(RATE), encoding=Encoding.INT24)] = shift
    return write_sound(folder / "Mix.wav", mix, Hertz(RATE), encoding=Encoding.INT24), shifts


def test_time_and_hits_beside_audio_offset_finder(tmp_path: Path):
    mix, shifts = delivery(tmp_path)
    print()
    with timed("stembridge align, eight stems"):
        told = output([*STEMBRIDGE, "align", "--reference", str(mix), "--json", *map(str, shifts)])
    found = {Path(stem["path"]).name: stem for stem in json.loads(told)["stems"]}
    exact = sum(found[path.name]["offset_samples"] == shift for path, shift in shifts.items())
    with timed("stembridge check, eight stems and the mix"):
        assert output([*STEMBRIDGE, "check", "--json", str(tmp_path)])
    with timed("audio-offset-finder, once a stem"):
        peer = [_peer_offset(path, mix) - shift / RATE for path, shift in shifts.items()]
    near = sum(abs(error) <= 0.05 for error in peer)
    print(f"exact to the sample: {exact} of {len(shifts)}; peer within 50 ms: {near} of {len(shifts)}")


def _peer_offset(stem: Path, mix: Path) -> float:
    assert FINDER is not None
    told = output([FINDER, "--find-offset-of", str(stem), "--within", str(mix), "--json"])
    return float(json.loads(told)["time_offset"])
