"""Songs with known stems, made in the test: General MIDI instruments, a drum kit and a voice from formulas.

FluidSynth plays the instruments (``TimGM6mb`` or ``FluidR3_GM``, as Debian packages them), or WildMIDI does
(``freepats``); ``voice`` sings. Nothing is stored: the same recipe and soundfont give the same samples.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import mido
import numpy as np
import soundfile
from numpy.typing import NDArray
from voice import Singer, sing

RATE = 44_100
STEMS = ("vocals", "drums", "bass", "other")
SOUNDFONTS = Path("/usr/share/sounds/sf2")
FREEPATS, PATCHES = "freepats", Path("/etc/timidity/freepats.cfg")
"""Instruments that were recorded by others than those of the soundfonts, and where WildMIDI finds them."""

TICKS = 480

Signal = NDArray[np.float32]
Note = tuple[float, float, int, int]
"""Start and length in beats, MIDI pitch, velocity."""


@dataclass(frozen=True)
class Part:
    """One instrument: its General MIDI program, how it plays (``PLAYERS``), where it sits (-1 to 1)."""

    stem: str
    player: str
    program: int = 0
    pan: float = 0.0
    gain: float = 1.0


@dataclass(frozen=True)
class Song:
    """A recipe. ``shares`` is the part of the mix's energy that each of ``STEMS`` has."""

    name: str
    tempo: float
    root: int
    chords: tuple[int, ...]
    parts: tuple[Part, ...]
    shares: tuple[float, float, float, float]
    singer: Singer
    seed: int
    soundfont: str = "TimGM6mb"
    groove: str = "rock"
    reverb: float = 0.4
    seconds: float = 20.0
    minor: bool = False


def missing(soundfont: str = "TimGM6mb") -> str:
    """Say what is not installed, or nothing."""
    if soundfont == FREEPATS:
        return (
            "" if shutil.which("wildmidi") and PATCHES.exists() else "wildmidi or freepats is not installed"
        )
    if shutil.which("fluidsynth") is None:
        return "fluidsynth is not installed"
    if not (SOUNDFONTS / f"{soundfont}.sf2").exists():
        return f"the soundfont {soundfont} is not installed"
    return ""


def render(song: Song) -> dict[str, Signal]:
    """Play a song: each of ``STEMS`` at 44.1 kHz, stereo; they sum to a mix below full scale."""
    stems = {name: np.zeros((int(song.seconds * RATE), 2)) for name in STEMS}
    for part, played in play_parts(song):
        stems[part.stem] += played
    stems["vocals"] += sing_melody(song)
    scaled = {
        name: np.sqrt(share / (np.mean(stems[name] ** 2) + 1e-12)) * stems[name]
        for name, share in zip(STEMS, song.shares, strict=True)
    }
    peak = np.abs(np.sum(list(scaled.values()), axis=0)).max()
    return {name: (0.9 / peak * stem).astype(np.float32) for name, stem in scaled.items()}


def play_parts(song: Song) -> Iterator[tuple[Part, NDArray[np.float64]]]:
    """Play a song's parts one by one: each stereo, at 44.1 kHz, with its gain."""
    frames = int(song.seconds * RATE)
    for index, part in enumerate(song.parts):
        notes = list(_notes(song, part, np.random.default_rng([song.seed, index])))
        yield part, part.gain * _play(song, part, notes, frames)


def sing_melody(song: Song, seed: int | None = None) -> NDArray[np.float64]:
    """Sing a song's melody; another seed is another take of it."""
    frames, take = int(song.seconds * RATE), song.seed if seed is None else seed
    return sing(song.singer, list(_melody(song)), 60.0 / song.tempo, frames, RATE, take)


def sdr(truth: Signal, estimate: Signal) -> float:
    """Measure the signal-to-distortion ratio of the Music Demixing Challenge, over a whole song, in dB."""
    error = np.square(truth.astype(np.float64) - estimate).sum()
    return float(10 * np.log10((np.square(truth.astype(np.float64)).sum() + 1e-7) / (error + 1e-7)))


def _play(song: Song, part: Part, notes: list[Note], frames: int) -> NDArray[np.float64]:
    with tempfile.TemporaryDirectory() as folder:
        midi, wav = Path(folder) / "part.mid", Path(folder) / "part.wav"
        _midi(song, part, notes).save(midi)
        subprocess.run(_player(song, midi, wav), check=True, capture_output=True)
        played, _ = soundfile.read(wav, always_2d=True)
    return np.pad(played, ((0, max(0, frames - len(played))), (0, 0)))[:frames]


def _player(song: Song, midi: Path, wav: Path) -> list[str]:
    """Return the command that plays a file."""
    if song.soundfont == FREEPATS:
        room = ["-b"] if song.reverb else []
        return [
            "wildmidi",
            "-c",
            str(PATCHES),
            "-r",
            str(RATE),
            "-m",
            "127",
            *room,
            "-o",
            str(wav),
            str(midi),
        ]
    font = SOUNDFONTS / f"{song.soundfont}.sf2"
    options = ["-ni", "-q", "-g", "0.4", "-r", str(RATE), "-R", str(int(song.reverb > 0)), "-C", "0"]
    options += ["-o", f"synth.reverb.level={song.reverb}", "-T", "wav", "-O", "float", "-F", str(wav)]
    return ["fluidsynth", *options, str(font), str(midi)]


def _midi(song: Song, part: Part, notes: list[Note]) -> mido.MidiFile:
    channel = 9 if part.stem == "drums" else 0
    events = [(0, mido.Message("program_change", channel=channel, program=part.program))]
    pan = round(63.5 * (1 + part.pan))
    events += [(0, mido.Message("control_change", channel=channel, control=10, value=pan))]
    for start, length, pitch, velocity in notes:
        on = {"channel": channel, "note": pitch}
        events.append((round(start * TICKS), mido.Message("note_on", velocity=velocity, **on)))
        events.append((round((start + length) * TICKS), mido.Message("note_off", **on)))
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(song.tempo))])
    now = 0
    for tick, message in sorted(events, key=lambda event: event[0]):
        track.append(message.copy(time=tick - now))
        now = tick
    return mido.MidiFile(ticks_per_beat=TICKS, tracks=[track])


def _notes(song: Song, part: Part, rng: np.random.Generator) -> Iterator[Note]:
    """Play a part bar after bar with the timing and the touch of a person."""
    bars = int(song.seconds * song.tempo / 240.0) + 1
    for bar in range(bars):
        chord = song.root + song.chords[bar % len(song.chords)]
        for start, length, pitch, velocity in PLAYERS[part.player](song, chord, bar, rng):
            late = abs(rng.normal(0.0, 0.006)) * song.tempo / 60.0
            touch = int(np.clip(velocity + rng.normal(0.0, 6.0), 20, 127))
            yield 4.0 * bar + start + late, length, pitch, touch


def _third(song: Song, chord: int) -> int:
    """Give the third that the key has on this chord: 3 or 4 semitones."""
    scale = {0, 2, 3, 5, 7, 8, 10} if song.minor else {0, 2, 4, 5, 7, 9, 11}
    return 4 if (chord - song.root + 4) % 12 in scale else 3


def _triad(song: Song, chord: int, low: int) -> list[int]:
    tones = (chord, chord + _third(song, chord), chord + 7)
    return [low + (tone - low) % 12 for tone in tones]


def _drums(song: Song, _chord: int, bar: int, rng: np.random.Generator) -> Iterator[Note]:
    kicks, snares, hats = GROOVES[song.groove]
    yield from ((beat, 0.2, 36, 110) for beat in kicks)
    yield from ((beat, 0.2, 38, 108) for beat in snares)
    yield from ((beat, 0.1, 46 if beat == 3.5 and bar % 2 else 42, 85) for beat in hats)
    if bar % 4 == 0:
        yield (0.0, 2.0, 49, 95)
    if bar % 4 == 3:
        yield from ((3.0 + step / 4, 0.2, pitch, 100) for step, pitch in enumerate((48, 47, 45, 43)))
    if rng.random() < 0.3:
        yield (rng.choice((1.75, 2.75)), 0.1, 38, 60)


def _bass(_song: Song, chord: int, bar: int, rng: np.random.Generator) -> Iterator[Note]:
    low = 28 + (chord - 28) % 12
    for step in range(8):
        pitch = low + (12 if step == 7 and rng.random() < 0.4 else 7 if step == 6 and bar % 2 else 0)
        if rng.random() < 0.9 or step == 0:
            yield (step / 2, 0.45, pitch, 100)


def _long_bass(_song: Song, chord: int, _bar: int, rng: np.random.Generator) -> Iterator[Note]:
    low = 28 + (chord - 28) % 12
    yield (0.0, 1.4, low, 100)
    yield (1.5, 1.0, low, 90)
    yield (2.5, 1.4, low + int(rng.choice((0, 7, 12))), 95)


def _strum(song: Song, chord: int, _bar: int, rng: np.random.Generator) -> Iterator[Note]:
    for beat in (0.0, 1.0, 1.5, 2.5, 3.0, 3.5):
        for string, pitch in enumerate([*_triad(song, chord, 48), 60 + (chord - 60) % 12]):
            yield (beat + 0.012 * string + 0.01 * rng.random(), 0.45, pitch, 84)


def _power(_song: Song, chord: int, _bar: int, _rng: np.random.Generator) -> Iterator[Note]:
    low = 40 + (chord - 40) % 12
    yield from ((beat, 0.48, low + up, 95) for beat in np.arange(8) / 2 for up in (0, 7, 12))


def _arpeggio(song: Song, chord: int, _bar: int, rng: np.random.Generator) -> Iterator[Note]:
    tones = _triad(song, chord, 60) + _triad(song, chord, 72)[:1]
    for step in range(8):
        yield (step / 2, 0.7, tones[(step * 3 + int(rng.random() < 0.1)) % 4], 80)


def _comp(song: Song, chord: int, _bar: int, _rng: np.random.Generator) -> Iterator[Note]:
    yield from ((beat, 0.9, pitch, 82) for beat in (0.0, 1.5, 3.0) for pitch in _triad(song, chord, 55))


def _pad(song: Song, chord: int, _bar: int, _rng: np.random.Generator) -> Iterator[Note]:
    yield from ((0.0, 3.95, pitch, 75) for pitch in _triad(song, chord, 57))


def _riff(song: Song, chord: int, bar: int, rng: np.random.Generator) -> Iterator[Note]:
    if bar % 2:
        for beat in (0.0, 0.75, 1.5, 2.0, 3.0):
            yield (beat, 0.5, int(rng.choice(_triad(song, chord, 67))), 88)


def _melody(song: Song) -> Iterator[Note]:
    """Sing phrases of two bars with breaths between them, in the key, near the middle of the voice."""
    rng = np.random.default_rng([song.seed, 99])
    steps = (0, 2, 3, 5, 7, 8, 10) if song.minor else (0, 2, 4, 5, 7, 9, 11)
    pitches = [p for p in range(song.singer.low, song.singer.low + 15) if (p - song.root) % 12 in steps]
    place, beat, end = len(pitches) // 2, 0.5, song.seconds * song.tempo / 60.0
    while beat < end:
        length = float(rng.choice((0.5, 0.5, 1.0, 1.0, 1.5, 2.0)))
        if beat % 8 + length > 7.0:
            beat = 8 * (beat // 8 + 1) + float(rng.choice((0.0, 0.5)))
            continue
        place = int(np.clip(place + rng.integers(-2, 3), 0, len(pitches) - 1))
        yield (beat, 0.95 * length, pitches[place], 90)
        beat += length


PLAYERS = {
    "kit": _drums,
    "bass": _bass,
    "long bass": _long_bass,
    "strum": _strum,
    "power": _power,
    "arpeggio": _arpeggio,
    "comp": _comp,
    "pad": _pad,
    "riff": _riff,
}
EIGHTHS = tuple(step / 2 for step in range(8))
GROOVES = {
    "rock": ((0.0, 2.0, 2.5), (1.0, 3.0), EIGHTHS),
    "pop": ((0.0, 1.5, 2.0), (1.0, 3.0), EIGHTHS),
    "four": ((0.0, 1.0, 2.0, 3.0), (1.0, 3.0), tuple(step + 0.5 for step in range(4))),
    "funk": ((0.0, 0.75, 2.5), (1.0, 3.0), tuple(step / 4 for step in range(16))),
    "slow": ((0.0, 2.25), (2.0,), EIGHTHS),
}
