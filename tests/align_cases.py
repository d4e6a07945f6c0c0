"""Stems in mixes with the truth known: any level, through a bus or a codec, as loops, and where they do not belong."""

import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
import soundfile
import vendor_songs
from music import Song
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, uniform_filter1d
from scipy.signal import butter, sosfilt
from vendor_songs import RATE, Stem

SECONDS = 20.0
LOOPED = ("drums", "bass", "keys")
FOREIGN = "foreign"


@dataclass(frozen=True)
class Case:
    """A mix and a file, whose place in it is ``shift``; None when it has none."""

    kind: str
    song: str
    stem: str
    mix: Stem
    file: Stem
    shift: int | None
    polarity: int


def cases(songs: tuple[Song, ...], kinds: tuple[str, ...], seeds: tuple[int, ...] = (1,)) -> Iterator[Case]:
    """Make cases of kinds ``-20 dB``, ``loop -20 dB``, ``mp3 -20 dB``, ``bus -20 dB`` and ``foreign``."""
    played = [vendor_songs.render(replace(song, seconds=SECONDS)) for song in songs]
    for seed, (index, song) in product(seeds, enumerate(songs)):
        stems, other = played[index], played[(index + 1) % len(played)]
        for kind in kinds:
            names = LOOPED if "loop" in kind else tuple(stems)
            for name in names:
                rng = np.random.default_rng([seed, index, *f"{kind} {name}".encode()])
                yield _case(kind, song, name, stems, other, rng)


def _case(
    kind: str,
    song: Song,
    name: str,
    stems: dict[str, Stem],
    other: dict[str, Stem],
    rng: np.random.Generator,
) -> Case:
    rest = np.sum([stem for each, stem in stems.items() if each != name], axis=0)
    polarity, gain = int(rng.choice((-1, 1))), 10 ** (rng.uniform(-12, 6) / 20)
    shift = int(rng.integers(-4 * RATE, 4 * RATE))
    if kind == FOREIGN:
        mix, file = rest + stems[name], cut(other[name], shift)
        return Case(kind, song.name, name, mix, np.float32(polarity * gain) * file, None, polarity)
    own = stems[name]
    if "loop" in kind:
        own = vendor_songs.looped(own, round(int(rng.choice((4, 8, 16))) * 60 / song.tempo * RATE))
    mix = rest + at_level(own, rest, float(kind.split()[-2]))
    way = {"mp3": through_mp3, "bus": through_bus}.get(kind.split()[0])
    file = np.float32(polarity * gain) * cut(own, shift)
    return Case(kind, song.name, name, way(mix) if way else mix, file, shift, polarity)


def at_level(stem: Stem, rest: Stem, level: float) -> Stem:
    """Scale a stem to a level in dB against the rest of a mix."""
    ratio = np.sqrt(np.mean(np.square(rest)) / (np.mean(np.square(stem)) + 1e-12))
    return (10 ** (level / 20) * ratio * stem).astype(np.float32)


def through_mp3(mix: Stem, rate: str = "128k") -> Stem:
    """Encode and decode a mix."""
    with tempfile.TemporaryDirectory() as folder:
        plain, coded = Path(folder) / "a.wav", Path(folder) / "a.mp3"
        soundfile.write(plain, mix, RATE, "FLOAT")
        subprocess.run(["ffmpeg", "-v", "error", "-i", str(plain), "-b:a", rate, str(coded)], check=True)
        return soundfile.read(coded, dtype="float32")[0]


def through_bus(mix: Stem) -> Stem:
    """Lift the bass, dull the top a little, and limit a mix by several dB."""
    lows = sosfilt(butter(2, (60, 200), "band", fs=RATE, output="sos"), mix, axis=0)
    highs = sosfilt(butter(1, 6_000, "high", fs=RATE, output="sos"), mix, axis=0)
    toned = mix + 0.4 * lows - 0.25 * highs
    peaks = np.abs(toned).max(axis=1)
    envelope = maximum_filter1d(peaks, 441)
    gain = uniform_filter1d(np.minimum(1.0, 0.4 * peaks.max() / np.maximum(envelope, 1e-9)), 441)
    return (toned * gain[:, np.newaxis]).astype(np.float32)


def cut(stem: NDArray[np.float32], shift: int) -> Stem:
    """Make the file whose place in the mix is ``shift``: without its start, or with silence before it."""
    if shift >= 0:
        return stem[shift:]
    return np.pad(stem, ((-shift, 0), (0, 0)))
