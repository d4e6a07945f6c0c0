"""How well, how fast and in how much memory ``spectral`` separates, beside the text-book version of the same ideas."""

import time
from collections.abc import Callable, Iterator

import music
import numpy as np
import pytest
from plain_separation import separate_plainly
from songs import HELD_OUT, TUNING

from stembridge.audio.sound import Block
from stembridge.separators.spectral import Spectral
from stembridge.units import Hertz, Samples

pytestmark = pytest.mark.benchmark

Separate = Callable[[Block], dict[str, Block]]


def by_spectral(mix: Block) -> dict[str, Block]:
    blocks = list(
        Spectral().separate(
            [mix],
            Hertz(music.RATE),
            channels=2,
            frames=Samples(len(mix)),
            stems=music.STEMS,
            progress=lambda _: None,
        )
    )
    return {stem: np.concatenate([block[stem] for block in blocks]) for stem in music.STEMS}


def row(name: str, ratios: list[float]) -> None:
    cells = " ".join(f"{ratio:8.2f}" for ratio in ratios)
    print(f"{name:24} {cells} {np.mean(ratios):8.2f}")


@pytest.mark.parametrize("songs", [TUNING, HELD_OUT], ids=["tuned on", "held out"])
def test_sdr_beside_the_plain_version_and_the_mix(songs: tuple[music.Song, ...]) -> None:
    if reason := music.missing(songs[0].soundfont):
        pytest.skip(reason)
    ways: dict[str, Separate] = {
        "mix": lambda mix: dict.fromkeys(music.STEMS, mix),
        "plain": lambda mix: separate_plainly(mix, music.RATE),
        "spectral": by_spectral,
    }
    figures: dict[str, list[list[float]]] = {way: [] for way in ways}
    print(f"\n{'SDR (dB)':24} {' '.join(f'{stem:>8}' for stem in music.STEMS)} {'mean':>8}")
    for song in songs:
        truth = music.render(song)
        mix = np.sum(list(truth.values()), axis=0)
        for way, separate in ways.items():
            made = separate(mix)
            figures[way].append([music.sdr(truth[stem], made[stem]) for stem in music.STEMS])
            row(f"{song.name}, {way}", figures[way][-1])
    for way, rows in figures.items():
        row(f"mean, {way}", list(np.mean(rows, axis=0)))


def test_speed_and_memory_on_a_long_file() -> None:
    """Minutes of noise and tones, made block by block, so that the memory measured is the separator's."""
    minutes, rate = 10, 48_000
    frames = Samples(minutes * 60 * rate)
    resource = pytest.importorskip("resource", reason="no peak memory is kept here")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    made = sum(
        len(block["vocals"])
        for block in Spectral().separate(
            long_music(frames, rate),
            Hertz(rate),
            channels=2,
            frames=frames,
            stems=music.STEMS,
            progress=lambda _: None,
        )
    )
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"\n{minutes} minutes, stereo, {rate} Hz: {minutes * 60 / seconds:.1f} x real time")
    print(f"memory at its highest: {after / 1024:.0f} MiB, {before / 1024:.0f} MiB before")
    print(f"the plain version on 20 s: {20.0 / plain_seconds(rate):.1f} x real time")
    assert made == frames


def plain_seconds(rate: int) -> float:
    mix = next(long_music(20 * rate, rate, size=20 * rate))
    start = time.perf_counter()
    separate_plainly(mix, rate)
    return time.perf_counter() - start


def long_music(frames: int, rate: int, size: int = 65_536) -> Iterator[Block]:
    rng = np.random.default_rng(1)
    for start in range(0, frames, size):
        count = min(size, frames - start)
        at = (start + np.arange(count))[:, None] / rate
        tones = np.sin(2 * np.pi * 55.0 * at) + np.sin(2 * np.pi * np.array([440.0, 441.0]) * at)
        beats = rng.normal(size=(count, 2)) * np.exp(-30 * (at % 0.5))
        yield (0.1 * (tones + beats)).astype(np.float32)
