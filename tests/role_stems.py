"""Voices, effects and mixes that the figures of role by sound are reported on; none of it was trained on.

``voice`` sings the melodies of ``music``, and effects are of other formulas than those of ``training``. Where
``ffmpeg`` has Flite's recorded voices, two of them speak and sing as well. ``role_others`` has the instruments.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import music
import numpy as np
import sung_speech
import vendor_songs
from music import Part, Song
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt
from voice import Singer, sing

RATE = music.RATE
SECONDS = 10.0
Signal = NDArray[np.float64]
Rng = np.random.Generator


@dataclass(frozen=True)
class Stem:
    """A stem, its family, its role, and what made it.

    Every second instrument, voice and effect was ``looked_at`` while features and training material were chosen;
    figures are reported on the others.
    """

    family: str
    role: str
    maker: str
    looked_at: bool
    sound: NDArray[np.float32]


def _song(number: int) -> Song:
    rng = np.random.default_rng([70, number])
    return Song(
        name=f"test {number}",
        tempo=float(rng.uniform(72, 150)),
        root=int(rng.integers(38, 50)),
        chords=tuple(int(step) for step in rng.choice((0, 2, 3, 5, 7, 8, 9, 10), 4)),
        parts=(),
        shares=(0.0,) * 4,
        singer=Singer(low=int(rng.integers(60, 70))),
        seed=700 + number,
        groove=str(rng.choice(list(music.GROOVES))),
        reverb=float(rng.choice((0.0, 0.3, 0.6))),
        seconds=SECONDS,
        minor=bool(rng.integers(2)),
    )


def stems() -> Iterator[Stem]:
    """Make all stems, the same each time."""
    yield from _voices()
    yield from _effects()
    yield from _mixes()
    if not sung_speech.missing():
        yield from _recorded_voices()


def _voices() -> Iterator[Stem]:
    for number in range(36):
        rng = np.random.default_rng([73, number])
        singer = Singer(
            low=int(rng.integers(45, 62)),
            tract=float(rng.uniform(0.95, 1.17)),
            vibrato_cents=float(rng.uniform(10, 65)),
            breath=float(rng.uniform(0.01, 0.06)),
            reverb=float(rng.uniform(0.0, 0.5)),
            doubled=float(rng.choice((0.0, 0.0, 0.3))),
        )
        song = replace(_song(2000 + number), singer=singer)
        yield Stem("vocals", "lead_vocal", "sung", number % 2 == 0, _as_stem(music.sing_melody(song)))
    for number in range(8):
        singer = Singer(low=55, reverb=0.5)
        song = replace(_song(2100 + number), singer=singer)
        takes = [_harmony(song, singer, up, number) for up in (0, 4, 7)]
        yield Stem(
            "vocals", "backing_vocals", "sung chords", number % 2 == 0, _as_stem(np.sum(takes, axis=0))
        )
    for number in range(14):
        yield Stem("dialogue", "dialogue", "spoken", number % 2 == 0, _as_stem(_speech(number)))


def _harmony(song: Song, singer: Singer, up: int, seed: int) -> Signal:
    notes = [(s, n, p + up, v) for s, n, p, v in music._melody(song)]
    return sing(singer, notes, 60 / song.tempo, int(SECONDS * RATE), RATE, seed + up)


def _speech(number: int) -> Signal:
    """Speak by the singing voice: short syllables on a falling line, none of them on a scale."""
    rng = np.random.default_rng([74, number])
    low, notes, second = int(rng.integers(40, 56)), [], 0.2
    while second < SECONDS:
        count = int(rng.integers(4, 12))
        for syllable in range(count):
            length = float(rng.uniform(0.12, 0.3))
            pitch = low + 6 - 6 * syllable / count + float(rng.normal(0, 1.2))
            notes.append((second, 0.8 * length, pitch, 90))
            second += length
        second += float(rng.uniform(0.2, 0.9))
    singer = Singer(
        low=low, vibrato_cents=0.0, tract=float(rng.uniform(0.95, 1.15)), breath=0.04, reverb=0.05
    )
    return sing(singer, notes, 1.0, int(SECONDS * RATE), RATE, number)  # type: ignore[arg-type]


def _recorded_voices() -> Iterator[Stem]:
    for number in range(30):
        rng = np.random.default_rng([76, number])
        voice, size, low = (("awb", 1.0, 50), ("rms", 1.15, 58), ("rms", 1.0, 46))[number // 2 % 3]
        song = replace(_song(2200 + number), singer=Singer(low=low + int(rng.integers(-3, 4))))
        if number < 20:
            sound = sung_speech.sing(rng, voice, _timed(song), SECONDS, RATE, size)
        else:
            sound = sung_speech.speak(rng, voice, 5, RATE, size)[: int(SECONDS * RATE)]
        label = (
            ("vocals", "lead_vocal", "recorded, sung") if number < 20 else ("dialogue",) * 2 + ("recorded",)
        )
        yield Stem(*label, number % 2 == 0, _as_stem(np.stack([sound, sound], axis=1)))


def _timed(song: Song) -> list[sung_speech.Note]:
    beat = 60 / song.tempo
    return [(start * beat, length * beat, pitch) for start, length, pitch, _ in music._melody(song)]


def _effects() -> Iterator[Stem]:
    for index, make in enumerate(
        (_sweep, _thunder, _applause, _drips, _gravel, _surf, _ring_modulated, _telemetry, _slams)
    ):
        for take in range(4):
            rng = np.random.default_rng([75, take, *make.__name__.encode()])
            mono = make(np.arange(int(SECONDS * RATE)) / RATE, rng)
            yield Stem(
                "fx",
                EFFECT_ROLES.get(make, "fx"),
                make.__name__[1:],
                index % 2 == 0,
                _as_stem(np.stack([mono, np.roll(mono, 37)], axis=1)),
            )


def _filtered(sound: Signal, low: float, high: float) -> Signal:
    return sosfilt(butter(2, (low, high), "band", fs=RATE, output="sos"), sound)


def _sweep(time: Signal, rng: Rng) -> Signal:
    """Let the comb of a delay rise through noise, every bar or over the whole time."""
    lag = 0.001 + 0.012 * (1 - (time / rng.uniform(2.0, 10.0)) % 1.0)
    noise = rng.normal(size=len(time))
    late = np.interp(time - lag, time, noise)
    return (noise + 0.95 * late) * (0.1 + (time / 5) % 1.0)


def _thunder(time: Signal, rng: Rng) -> Signal:
    out = np.zeros(len(time))
    for start in rng.uniform(0, 8, 4):
        age = np.maximum(0, time - start)
        rumble = _filtered(rng.normal(size=len(time)), 30, rng.uniform(150, 900))
        out += rumble * (age > 0) * np.exp(-age / rng.uniform(0.4, 2)) * rng.uniform(0.3, 1)
    return out


def _applause(time: Signal, rng: Rng) -> Signal:
    rate = rng.uniform(40, 400)
    claps = rng.normal(size=len(time)) * (rng.random(len(time)) < rate / RATE)
    return _filtered(
        np.convolve(claps, np.exp(-np.arange(400) / 90) * rng.normal(size=400), "same"), 500, 6000
    )


def _drips(time: Signal, rng: Rng) -> Signal:
    out = 0.002 * rng.normal(size=len(time))
    for start in np.cumsum(rng.uniform(0.1, 0.9, 30)):
        age = np.clip(time - start, 0, None)
        hertz = rng.uniform(700, 2200)
        out += np.sin(2 * np.pi * hertz * (age + 2 * age**2)) * np.exp(-age / 0.025) * (age > 0)
    return out


def _gravel(time: Signal, rng: Rng) -> Signal:
    pace = rng.uniform(1.4, 2.4)
    crunch = np.maximum(0, np.sin(2 * np.pi * pace * time + 0.3 * np.sin(time))) ** 4
    grains = rng.normal(size=len(time)) * (rng.random(len(time)) < 0.02)
    return (
        _filtered(grains, 900, 9000) * crunch
        + 0.1 * _filtered(rng.normal(size=len(time)), 80, 300) * crunch**3
    )


def _surf(time: Signal, rng: Rng) -> Signal:
    swell = 0.5 + 0.5 * np.sin(2 * np.pi * time / rng.uniform(4, 8) + rng.uniform(0, 6))
    return (
        _filtered(rng.normal(size=len(time)), 150, 2500) * swell**2
        + 0.3 * _filtered(rng.normal(size=len(time)), 2000, 9000) * swell**4
    )


def _ring_modulated(time: Signal, rng: Rng) -> Signal:
    one = np.sin(2 * np.pi * rng.uniform(60, 300) * time + 6 * np.sin(2 * np.pi * rng.uniform(0.1, 1) * time))
    other = np.sin(2 * np.pi * np.cumsum(200 + 900 * np.abs(np.sin(rng.uniform(0.3, 2) * time))) / RATE)
    return one * other + 0.1 * rng.normal(size=len(time)) * np.abs(one)


def _telemetry(time: Signal, rng: Rng) -> Signal:
    step = (time * rng.uniform(6, 18)).astype(int)
    hertz, sounding = rng.uniform(500, 3500, step.max() + 1), rng.random(step.max() + 1) < 0.6
    return np.sign(np.sin(2 * np.pi * np.cumsum(hertz[step]) / RATE)) * sounding[step]


def _slams(time: Signal, rng: Rng) -> Signal:
    out = 0.001 * rng.normal(size=len(time))
    for start in np.cumsum(rng.uniform(0.8, 2.5, 9)):
        age = np.clip(time - start, 0, None)
        body = _filtered(rng.normal(size=len(time)), 50, 500) * np.exp(-age / 0.12)
        out += (age > 0) * (body + 0.2 * rng.normal(size=len(time)) * np.exp(-age / rng.uniform(0.02, 0.3)))
    return out


EFFECT_ROLES = {
    **dict.fromkeys((_thunder, _applause, _surf), "ambience"),
    **dict.fromkeys((_drips, _gravel, _slams), "foley"),
}


NEAREST = {39: 38, 3: 2, 17: 16, 18: 19, 49: 48, 51: 48, 90: 88, 52: 53, 11: 94, 87: 30, 22: 71, 81: 80}
"""The instruments of the songs that Freepats has not, and what plays instead."""


def _mixes() -> Iterator[Stem]:
    for number, song in enumerate(songs()):
        made = vendor_songs.render(replace(song, seconds=SECONDS))
        yield Stem("mix", "mix", "song", number % 2 == 0, _as_stem(sum(made.values())))
        yield Stem(
            "mix",
            "mix",
            "song without vocals",
            number % 2 == 0,
            _as_stem(sum(made.values()) - made["vocals"] - made["backing"]),
        )


def songs() -> tuple[Song, ...]:
    """Return songs of eight stems, played on instruments that were not trained on."""
    return tuple(
        replace(
            song,
            soundfont=music.FREEPATS,
            parts=tuple(replace(part, program=_nearest(part)) for part in song.parts),
        )
        for song in vendor_songs.REPORTED
    )


def _nearest(part: Part) -> int:
    return 0 if part.player == "kit" else NEAREST.get(part.program, part.program)


def _as_stem(sound: Signal) -> NDArray[np.float32]:
    return (0.7 * sound / (np.abs(sound).max() + 1e-9)).astype(np.float32)
