"""Stems for the figures of role by sound; nobody looked at them while features and training were chosen.

Instruments of Freepats, which nothing was trained on, other singers than those of ``role_stems``, more of its
effects, and machines by the formulas of ``electronic``. Every second one goes through a channel of a desk.
"""

from collections.abc import Iterator
from dataclasses import replace

import electronic
import mix_bus
import music
import numpy as np
import role_stems
import sung_speech
from music import Note, Part, Song
from role_stems import RATE, SECONDS, Signal, Stem
from voice import Singer

FIRST_SONG = 10_000

Row = tuple[str, str, tuple[int, ...], tuple[str, ...], int]
"""Family, role, programs, patterns, how many takes a program plays."""

STRUMMED = ("strum", "arpeggio", "comp", "riff", "strum", "melody")
DRIVEN = ("power", "melody", "strum", "power", "riff")
CHORDS = ("comp", "arpeggio", "pad", "comp", "riff")
INSTRUMENTS: tuple[Row, ...] = (
    ("bass", "bass", (32, 33, 34, 35, 36, 37, 38), ("bass", "long bass"), 8),
    ("guitar", "guitar", (24, 25, 26, 27), STRUMMED, 9),
    ("guitar", "guitar", (29, 30), DRIVEN, 9),
    ("guitar", "guitar", (104,), ("arpeggio", "strum", "melody"), 3),
    ("keys", "keys", (0, 1, 2, 6, 7, 16, 19, 21, 23), CHORDS, 4),
    ("keys", "keys", (8, 9, 13, 14, 15), ("arpeggio", "comp", "riff"), 3),
    ("keys", "pads", (88, 94, 95), ("pad",), 4),
    ("keys", "strings", (44, 45, 46, 48), ("pad", "comp", "arpeggio"), 3),
    ("melody", "strings", (40, 42), ("melody",), 6),
    ("melody", "brass", (56, 57, 58, 59, 60, 61), ("melody", "riff"), 4),
    ("melody", "wind", (64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 79), ("melody", "riff"), 3),
    ("melody", "lead", (80, 84), ("riff", "arpeggio", "melody"), 4),
    ("vocals", "backing_vocals", (53,), ("pad", "melody"), 6),
    ("fx", "fx", (122, 125), ("pad",), 3),
)
"""What Freepats has, but for what is struck or plucked and falls by less than 3 dB in two seconds as WildMIDI plays it
(4, 5 and 28): that is no electric piano and no muted guitar any more."""

LOW_ONES = {42, 57, 58, 60, 66, 67, 70}

PIECES = {"kit": range(128), "kick": (36,), "snare": (38,), "hats": (42, 46), "kick and snare": (36, 38)}
HANDS = ((54,), (60, 61), (39,), (75, 76), (62, 63, 64), (56, 67, 68), (69, 82))
MACHINES = {
    "drums": ("kick", "hard kick", "hats", "clap", "held noise"),
    "bass": ("eight o eight", "fm bass", "acid"),
    "keys": ("bell", "additive pad", "super saw", "pumping pad", "trance gate", "dub stabs"),
    "melody": ("square", "pulse", "lead"),
    "fx": ("riser", "noise riser", "ring"),
}
EFFECT_TAKES = 14
EFFECTS = (role_stems._thunder, role_stems._drips, role_stems._surf, role_stems._telemetry)


Made = tuple[str, str, str, Signal]
"""Family, role, what made it, and the sound."""


def stems() -> Iterator[Stem]:
    """Make all stems whose makers are installed, the same each time."""
    for make in MAKERS:
        for number, (family, role, maker, sound) in enumerate(make()):
            wet = _treated(sound, np.random.default_rng([80, number])) if number % 2 else sound
            yield Stem(family, role, maker, looked_at=False, sound=role_stems._as_stem(wet))


def _instruments() -> Iterator[Made]:
    if not music.missing(music.FREEPATS):
        yield from _played()
        yield from _kit()
        yield from _hands()


def _treated(sound: Signal, rng: np.random.Generator) -> Signal:
    """Put a stem through an equaliser, at times a compressor and a hall."""
    wet = mix_bus.equalised((sound / (np.abs(sound).max() + 1e-9)).astype(np.float32), RATE, rng)
    if rng.random() < 0.5:
        wet = mix_bus.compressed(wet, RATE, rng)
    if rng.random() < 0.5:
        hall = mix_bus.reverberated(wet, float(rng.uniform(0.5, 2.0)), RATE, rng)
        wet = wet + float(rng.uniform(0.1, 0.5)) * hall
    return wet.astype(np.float64)


def _played() -> Iterator[Made]:
    for family, role, programs, patterns, takes in INSTRUMENTS:
        for program in programs:
            for take in range(takes):
                song = _song(2 * FIRST_SONG + 40 * program + take)
                part = Part(role, patterns[(take + program) % len(patterns)], program=program)
                yield family, role, f"freepats {program}", _play(song, part, _notes(song, part))


def _song(number: int) -> Song:
    return replace(role_stems._song(number), soundfont=music.FREEPATS)


def _notes(song: Song, part: Part) -> list[Note]:
    if part.player == "melody":
        low = 45 if part.program in LOW_ONES else song.singer.low
        return list(music._melody(replace(song, singer=Singer(low=low))))
    return list(music._notes(song, part, np.random.default_rng([81, song.seed])))


def _play(song: Song, part: Part, notes: list[Note]) -> Signal:
    return music._play(song, part, notes, int(SECONDS * RATE))


def _kit() -> Iterator[Made]:
    for take in range(16):
        name = "kit" if take < 8 else list(PIECES)[take % len(PIECES)]
        song = replace(_song(3 * FIRST_SONG + take), groove=list(music.GROOVES)[take % 5])
        part = Part("drums", "kit")
        notes = [note for note in _notes(song, part) if note[2] in PIECES[name]]
        yield "drums", "drums", "freepats kit", _play(song, part, notes)


def _hands() -> Iterator[Made]:
    for number, keys in enumerate(HANDS * 2):
        rng = np.random.default_rng([82, number])
        beats = [i / 4 for i in range(120) if rng.random() < (0.85 if i % 2 == 0 else 0.4)]
        notes = [(b, 0.2, int(rng.choice(keys)), int(rng.integers(70, 110))) for b in beats]
        song = _song(4 * FIRST_SONG + number)
        yield "drums", "percussion", f"freepats keys {keys}", _play(song, Part("drums", "kit"), notes)


def _singers() -> Iterator[Made]:
    for number in range(36):
        rng = np.random.default_rng([83, number])
        singer = Singer(
            low=int(rng.integers(43, 64)),
            tract=float(rng.uniform(0.93, 1.2)),
            vibrato_cents=float(rng.uniform(5, 70)),
            breath=float(rng.uniform(0.01, 0.08)),
            reverb=float(rng.uniform(0.0, 0.6)),
            doubled=float(rng.choice((0.0, 0.0, 0.4))),
        )
        song = replace(role_stems._song(5 * FIRST_SONG + number), singer=singer)
        if number % 6 == 5:
            takes = [role_stems._harmony(song, singer, up, number + 50) for up in (0, 3, 7)]
            yield "vocals", "backing_vocals", "sung chords", np.sum(takes, axis=0)
        else:
            yield "vocals", "lead_vocal", "sung", music.sing_melody(song)
    if not sung_speech.missing():
        yield from _recorded_singers()


def _recorded_singers() -> Iterator[Made]:
    for number in range(48):
        rng = np.random.default_rng([84, number])
        voice, low = (("awb", 50), ("rms", 46))[number % 2]
        size = float(rng.uniform(0.92, 1.22))
        song = replace(
            role_stems._song(6 * FIRST_SONG + number), singer=Singer(low=low + int(12 * (size - 1) * 2))
        )
        sound = sung_speech.sing(rng, voice, role_stems._timed(song), SECONDS, RATE, size)
        yield "vocals", "lead_vocal", f"recorded {voice}, sung", np.stack([sound, sound], axis=1)


def _machines() -> Iterator[Made]:
    for family, kinds in MACHINES.items():
        for kind in kinds:
            for take in range(2):
                made = electronic.stem(kind, 4 * take)
                yield (
                    family,
                    "lead" if family == "melody" else family,
                    f"machine {kind}",
                    made.sound.astype(np.float64),
                )


def _effects() -> Iterator[Made]:
    for make in EFFECTS:
        for take in range(EFFECT_TAKES):
            rng = np.random.default_rng([85, take, *make.__name__.encode()])
            mono = make(np.arange(int(SECONDS * RATE)) / RATE, rng)
            role = role_stems.EFFECT_ROLES.get(make, "fx")
            yield "fx", role, make.__name__[1:], np.stack([mono, np.roll(mono, 37)], axis=1)


MAKERS = (_instruments, _singers, _machines, _effects)
