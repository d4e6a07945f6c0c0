"""General MIDI instruments played one after the other by FluidSynth: many short takes in one run."""

import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import mido
import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import resample_poly

RATE = 44_100
SOUNDFONTS = Path("/usr/share/sounds")
GAP_S = 2.5
TICKS = 1000
"""Ticks a beat, and a beat is a second: a tick is a millisecond."""

Signal = NDArray[np.float64]
Note = tuple[float, float, int, int]
"""Start and length in seconds, MIDI pitch, velocity."""


@dataclass(frozen=True)
class Take:
    """What one instrument plays: ``drums`` plays a kit. ``bends`` are times and wheel positions.

    With ``higher`` it plays by so many semitones higher and faster, and is slowed down again: as if it were larger.
    """

    program: int
    notes: tuple[Note, ...]
    drums: bool = False
    bends: tuple[tuple[float, int], ...] = ()
    bank: int = 0
    higher: int = 0

    @property
    def speed(self) -> float:
        """How many times as fast it is played."""
        return float(2.0 ** (self.higher / 12))


def play_takes(takes: Sequence[Take], seconds: float, soundfont: str) -> list[Signal]:
    """Play takes, each for ``seconds``: stereo, dry, at 44.1 kHz; notes ring on into the gap behind."""
    played: list[Signal] = []
    for start in range(0, len(takes), 40):
        played += _play(takes[start : start + 40], seconds, soundfont)
    return played


def _play(takes: Sequence[Take], seconds: float, soundfont: str) -> list[Signal]:
    step = seconds + GAP_S
    with tempfile.TemporaryDirectory() as folder:
        midi, wav = Path(folder) / "takes.mid", Path(folder) / "takes.wav"
        _write(takes, step, seconds, midi)
        options = [
            "-ni",
            "-q",
            "-g",
            "0.5",
            "-r",
            str(RATE),
            "-R",
            "0",
            "-C",
            "0",
            "-O",
            "float",
            "-T",
            "wav",
        ]
        command = ["fluidsynth", *options, "-F", str(wav), str(_find(soundfont)), str(midi)]
        subprocess.run(command, check=True, capture_output=True)
        sound, _ = soundfile.read(wav, always_2d=True)
    sound = np.pad(sound, ((0, max(0, int(len(takes) * step * RATE) - len(sound))), (0, 0)))
    starts = [round(index * step * RATE) for index in range(len(takes))]
    return [_slowed(sound[start:], take.speed, seconds) for start, take in zip(starts, takes, strict=True)]


def _find(soundfont: str) -> Path:
    """Find a soundfont, compressed (sf3) or not."""
    return next(path for path in sorted(SOUNDFONTS.glob("sf?/*.sf?")) if path.stem == soundfont)


def _slowed(sound: Signal, speed: float, seconds: float) -> Signal:
    frames = round(seconds * RATE)
    if speed == 1.0:
        return sound[:frames]
    return resample_poly(sound[: round(frames / speed) + 1], round(1000 * speed), 1000)[:frames]


def _write(takes: Sequence[Take], step: float, seconds: float, path: Path) -> None:
    events: list[tuple[int, int, mido.Message]] = []
    for index, take in enumerate(takes):
        offset, channel = index * step, 9 if take.drums else index % 8
        at = round(1000 * offset)
        if not take.drums:
            events.append(
                (at, -1, mido.Message("control_change", channel=channel, control=0, value=take.bank))
            )
        events.append((at, 0, mido.Message("program_change", channel=channel, program=take.program)))
        events.append((at, 0, mido.Message("pitchwheel", channel=channel, pitch=0)))
        for time, position in take.bends:
            moved = mido.Message("pitchwheel", channel=channel, pitch=position)
            events.append((round(1000 * (offset + time / take.speed)), 1, moved))
        for start, length, pitch, velocity in take.notes:
            if start < seconds - 0.05 and 0 <= pitch + take.higher < 128:
                end = min(start + max(0.03, length), seconds)
                message = {"channel": channel, "note": pitch + take.higher}
                on = mido.Message("note_on", velocity=min(127, max(1, velocity)), **message)
                events.append((round(1000 * (offset + start / take.speed)), 2, on))
                events.append(
                    (round(1000 * (offset + end / take.speed)), 1, mido.Message("note_off", **message))
                )
        silence = mido.Message("control_change", channel=channel, control=120, value=0)
        events.append((round(1000 * (offset + seconds + GAP_S / 2)), 0, silence))
    track, now = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=1_000_000)]), 0
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        track.append(message.copy(time=tick - now))
        now = tick
    mido.MidiFile(ticks_per_beat=TICKS, tracks=[track]).save(path)
