"""Songs of eight stems, as a vendor delivers them: General MIDI instruments and a voice from formulas.

``TUNING`` is what limits and weights were chosen on. ``REPORTED`` is what figures are given for: other songs,
other instruments, another soundfont. ``looped`` makes loops of stems, the hardest to place.
"""

from collections.abc import Mapping
from dataclasses import replace

import music
import numpy as np
from music import Part, Song
from numpy.typing import NDArray
from voice import Singer

RATE = music.RATE
Stem = NDArray[np.float32]
"""Shape (frames, 2), full scale at 1.0."""

SHARES: Mapping[str, float] = {
    "drums": 0.24,
    "bass": 0.22,
    "keys": 0.10,
    "guitar": 0.12,
    "pad": 0.06,
    "lead": 0.06,
    "vocals": 0.16,
    "backing": 0.04,
}
"""The part of the mix's energy that each stem has."""


def _song(
    name: str, tempo: float, root: int, chords: tuple[int, ...], programs: tuple[int, ...], **more: object
) -> Song:
    bass, keys, guitar, pad, lead = programs
    parts = (
        Part("drums", "kit", program=int(str(more.pop("kit", 0)))),
        Part("bass", str(more.pop("bass", "bass")), program=bass),
        Part("keys", "comp", program=keys, pan=-0.3),
        Part("guitar", "strum", program=guitar, pan=0.6),
        Part("pad", "pad", program=pad),
        Part("lead", "riff", program=lead, pan=-0.7),
    )
    low = int(str(more.pop("low", 57)))
    made = Song(name, tempo, root, chords, parts, (0.0,) * 4, Singer(low=low), sum(programs) + root)
    return replace(made, **more)  # type: ignore[arg-type]


_FLUID = {"soundfont": "FluidR3_GM", "seconds": 40.0}
TUNING = (
    _song("pop", 118, 40, (0, 5, 9, 7), (33, 0, 25, 48, 56), **_FLUID),
    _song("ballad", 76, 43, (0, 9, 5, 7), (32, 4, 24, 89, 73), bass="long bass", groove="slow", **_FLUID),
    _song("funk", 104, 45, (0, 0, 5, 7), (36, 7, 28, 50, 61), groove="funk", minor=True, **_FLUID),
    _song("house", 124, 41, (0, 8, 3, 10), (38, 16, 27, 91, 81), groove="four", minor=True, kit=25, **_FLUID),
)
_TIM = {"soundfont": "TimGM6mb", "seconds": 45.0}
REPORTED = (
    _song("rock", 132, 40, (0, 7, 9, 5), (34, 2, 29, 49, 30), low=50, **_TIM),
    _song("waltzer", 92, 38, (0, 5, 7, 0), (32, 0, 24, 48, 40), bass="long bass", groove="slow", **_TIM),
    _song("soul", 98, 44, (0, 9, 2, 7), (33, 4, 26, 51, 65), groove="funk", low=55, **_TIM),
    _song("techno", 130, 43, (0, 0, 8, 10), (39, 17, 30, 90, 80), groove="four", kit=25, minor=True, **_TIM),
    _song("country", 110, 47, (0, 5, 0, 7), (32, 3, 25, 52, 22), groove="pop", low=52, **_TIM),
    _song("jazz", 140, 46, (2, 7, 0, 9), (32, 1, 26, 11, 56), groove="slow", kit=32, **_TIM),
    _song("metal", 150, 38, (0, 3, 5, 1), (34, 18, 30, 48, 29), minor=True, low=45, kit=16, **_TIM),
    _song("reggae", 78, 45, (0, 7, 9, 5), (33, 16, 27, 53, 57), groove="pop", bass="long bass", **_TIM),
    _song("trance", 138, 41, (0, 8, 3, 10), (38, 5, 87, 94, 84), groove="four", minor=True, low=60, **_TIM),
    _song("folk", 86, 43, (0, 5, 7, 9), (32, 46, 24, 42, 71), groove="slow", low=55, **_TIM),
)


def render(song: Song) -> dict[str, Stem]:
    """Play a song: eight stereo stems at 44.1 kHz that sum to a mix below full scale."""
    stems = {part.stem: played for part, played in music.play_parts(song)}
    stems["vocals"] = music.sing_melody(song)
    stems["backing"] = music.sing_melody(song, seed=song.seed + 1)
    scaled = {name: level(stems[name], share) for name, share in SHARES.items()}
    peak = np.abs(sum(scaled.values())).max()
    return {name: (0.7 / peak * stem).astype(np.float32) for name, stem in scaled.items()}


def level(sound: NDArray[np.floating], energy: float) -> NDArray[np.float64]:
    """Scale a sound to a mean energy."""
    return np.sqrt(energy / (np.mean(np.square(sound, dtype=np.float64)) + 1e-12)) * sound


def looped(sound: Stem, frames: int) -> Stem:
    """Repeat the first frames of a sound, sample for sample, over its whole length."""
    times = -(-len(sound) // frames)
    return np.tile(sound[:frames], (times, 1))[: len(sound)]
