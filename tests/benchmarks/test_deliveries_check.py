"""How many planted faults the checks find, and how often they accuse good sound; and how long a set takes.

The sound: songs of General MIDI instruments and a voice (``vendor_songs.REPORTED``, which no limit was chosen on),
each as eight stems and a mix; sounds from formulas that look faulty; and electronic stems.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

import electronic
import music
import numpy as np
import planted
import pytest
import soundfile
import vendor_songs
from benchmarks.test_deliveries_memory import run_watched
from planted import Sound
from scipy.signal import butter, sosfilt

from stembridge.audio.sound import Encoding
from stembridge.check_model import Check
from stembridge.stages.check import examine, identify_set
from stembridge.stages.probe import Source, probe
from stembridge.testing import write_sound
from stembridge.units import Hertz

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.skipif(bool(music.missing()), reason=music.missing() or "there"),
    pytest.mark.timeout(7200),
]

Record = Callable[[str, object], None]

SECONDS = 12.0
RATE = vendor_songs.RATE
SUBTYPES = {Encoding.INT16: "PCM_16", Encoding.INT24: "PCM_24", Encoding.FLOAT32: "FLOAT"}
QUICK = Check.model_validate({"lossy": "off"})
FAULTS = (
    *("clipping", "fake-depth", "upsampled", "dual-mono", "dropout", "repeated-block", "click"),
    *("dead-side", "out-of-phase", "hum", "dc", "lossy-origin"),
)


@dataclass
class Score:
    """Hits and false alarms, by code."""

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    clean: Counter[str] = field(default_factory=Counter)
    accused: Counter[str] = field(default_factory=Counter)

    def plant(self, code: str, label: str, found: set[str]) -> None:
        """Count a sound in which a fault was planted."""
        self.planted[code] += 1
        self.found[code] += code in found
        if code not in found:
            print(f"   missed {code} in {label}", flush=True)

    def leave(self, label: str, found: set[str]) -> None:
        """Count a sound that is good."""
        for code in FAULTS:
            self.clean[code] += 1
            self.accused[code] += code in found
            if code in found:
                print(f"   accused {label} of {code}", flush=True)

    def print(self, record: Record, what: str) -> None:
        """Print the table, and record it."""
        print(f"{'check':<16}{'found':>16}{'accused':>16}")
        for code in FAULTS:
            hits, all_planted = self.found[code], self.planted[code]
            share = f"{hits}/{all_planted} {100 * hits / all_planted:.1f} %" if all_planted else "-"
            print(f"{code:<16}{share:>18}{f'{self.accused[code]}/{self.clean[code]}':>14}")
        found = ", ".join(f"{code} {self.found[code]}/{count}" for code, count in self.planted.items())
        record(f"{what}: found", found or "-")
        record(f"{what}: accused", f"{self.accused.total()} of {self.clean.total()} checks of good sound")


def material(songs: tuple[music.Song, ...] = vendor_songs.REPORTED) -> Iterator[tuple[str, Sound]]:
    for song in songs:
        rendered = vendor_songs.render(replace(song, seconds=SECONDS))
        stems = {name: without_dc(sound) for name, sound in rendered.items()}
        for name, sound in {**stems, "mix": sum(stems.values())}.items():
            cut = np.asarray(sound, np.float32)[: round(SECONDS * RATE)]
            yield f"{song.name} {name}", cut if cut.shape[1] == 2 else np.repeat(cut, 2, axis=1)


def without_dc(sound: Sound) -> Sound:
    """Take out the offset that some notes of a soundfont have, up to 2 % of full scale: it is no clean sound."""
    return np.asarray(sosfilt(butter(1, 5.0, "highpass", fs=RATE, output="sos"), sound, axis=0), np.float32)


def codes(folder: Path, sound: Sound, rate: int, encoding: Encoding, check: Check) -> set[str]:
    path = folder / "sound.wav"
    soundfile.write(path, sound, rate, SUBTYPES[encoding])
    facts = probe(Source(path, PurePosixPath(path.name)))
    return {finding.code for finding in examine(facts, identify_set([facts])[0], check).findings}


def _truly_mono(sound: Sound) -> set[str]:
    """Say whether both channels are one sound, at one gain or two, as a panned sample without effects is."""
    left, right = np.asarray(sound.T, np.float64)
    rest = right - left * (left @ right) / max(1e-20, float(left @ left))
    return {"dual-mono"} if np.abs(rest).max() < 1e-4 else set()


FAULTY: tuple[tuple[str, Callable[[Sound, np.random.Generator], Sound]], ...] = (
    ("clipping", planted.clipped),
    ("clipping", planted.clipped_in_sixteen_bits),
    ("fake-depth", planted.sixteen_bits),
    ("dual-mono", planted.dual_mono),
    ("dropout", lambda sound, rng: planted.gap(sound, rng, RATE)),
    ("repeated-block", planted.repeated),
    ("click", planted.clicked),
)
UPSAMPLED = ((44_100, 48_000), (44_100, 96_000), (48_000, 96_000), (22_050, 44_100))


def plain(label: str, sound: Sound, folder: Path, score: Score, rng: np.random.Generator) -> None:
    """Plant every fault but a lossy origin in one sound, and leave it as it is."""
    for encoding in (Encoding.INT16, Encoding.INT24, Encoding.FLOAT32):
        found = codes(folder, sound, RATE, encoding, QUICK)
        score.leave(f"{label} {encoding}", found - _truly_mono(sound))
    for code, plant in FAULTY:
        encoding = Encoding.INT24 if code == "fake-depth" else rng.choice([Encoding.INT16, Encoding.INT24])
        score.plant(
            code, f"{label} {encoding}", codes(folder, plant(sound, rng), RATE, Encoding(encoding), QUICK)
        )
    source, target = UPSAMPLED[int(rng.integers(len(UPSAMPLED)))]
    before = planted.resampled(sound, RATE, source) if source != RATE else sound
    recorded = before + 10 ** (-98 / 20) * rng.standard_normal(before.shape).astype(np.float32)
    up = planted.resampled(recorded.astype(np.float32), source, target)
    score.plant("upsampled", f"{label} {source}", codes(folder, up, target, Encoding.INT24, QUICK))


def formulas() -> Iterator[tuple[str, Sound, int]]:
    for rate in (44_100, 48_000, 96_000):
        for frequency in (55.0, 110.0, 220.0, 441.0):
            yield f"square {frequency:g}", planted.square_wave(rate, frequency=frequency), rate
        for fade in (0.002, 0.004, 0.01):
            yield "gated drums", planted.gated_drums(rate, fade_s=fade), rate
        yield "tape stop", planted.tape_stop(rate), rate
        for seed, corner in enumerate((3_000.0, 6_000.0, 10_000.0, 15_000.0)):
            for order in (2.0, 3.0, 4.0):
                yield f"dark {corner:g}/{order:g}", planted.dark(rate, corner, order, seed), rate


def test_planted_faults_are_found_and_good_sound_is_not_accused(
    tmp_path: Path, record_property: Record
) -> None:
    score, rng = Score(), np.random.default_rng(7)
    for label, sound in material():
        plain(label, sound, tmp_path, score, rng)
    for label, sound, rate in formulas():
        found = codes(tmp_path, sound, rate, Encoding.INT24, QUICK)
        score.leave(f"{label} at {rate}", found - _truly_mono(sound))
    score.print(record_property, "faults of files")


def test_electronic_stems_are_not_accused(tmp_path: Path, record_property: Record) -> None:
    score = Score()
    codings = {16: Encoding.INT16, 24: Encoding.INT24}
    for stem in electronic.stems():
        found = codes(tmp_path, stem.sound, stem.rate, codings[stem.bits], Check())
        score.leave(stem.name, found - _truly_mono(stem.sound))
    score.print(record_property, "electronic stems")


def test_lossy_origins_are_found_and_good_sound_is_not_accused(
    tmp_path: Path, record_property: Record
) -> None:
    score, rng = Score(), np.random.default_rng(8)
    by_codec: Counter[tuple[str, bool]] = Counter()
    check = Check()
    for label, sound in material():
        for rate in (RATE, 48_000):
            genuine = planted.resampled(sound, RATE, rate) if rate != RATE else sound
            encoding = Encoding.INT24 if rate == RATE else Encoding.INT16
            true = _truly_mono(sound) | ({"upsampled"} if rate > RATE else set())
            score.leave(f"{label} {rate}", codes(tmp_path, genuine, rate, encoding, check) - true)
        for name in rng.choice(list(planted.CODECS), 4, replace=False).tolist():
            to = int(rng.choice((RATE, 48_000)))
            decoded = planted.through_codec(sound, RATE, name, gain=float(rng.uniform(0.4, 1.0)), to=to)
            encoding = Encoding(rng.choice([Encoding.INT16, Encoding.INT24]))
            found = "lossy-origin" in codes(tmp_path, decoded, to, encoding, check)
            by_codec[name, found] += 1
            if name not in planted.ABOVE_192:
                score.plant(
                    "lossy-origin", f"{label} {name} {to} {encoding}", {"lossy-origin"} if found else set()
                )
        print(f"{label}: {score.found['lossy-origin']} of {score.planted['lossy-origin']}", flush=True)
    score.print(record_property, "lossy origin up to 192 kbit/s")
    for name in planted.CODECS:
        print(f"{name:<12}{by_codec[name, True]:>4} of {by_codec[name, True] + by_codec[name, False]}")


def test_a_set_of_eight_stems_and_a_mix_of_five_minutes(tmp_path: Path, record_property: Record) -> None:
    """The whole command: each file is examined and listened to, the set nulled, and the report drawn."""
    stems = vendor_songs.render(replace(vendor_songs.REPORTED[0], seconds=20.0))
    folder = tmp_path / "Song"
    folder.mkdir()
    for number, sound in enumerate((*stems.values(), sum(stems.values())), start=1):
        name = "Mix" if number > len(stems) else f"Track{number:02}"
        whole = np.tile(np.asarray(sound, np.float32), (16, 1))[: 300 * 48_000]
        write_sound(folder / f"{name}.wav", whole, Hertz(48_000), encoding=Encoding.INT24)
    line = [sys.executable, "-m", "stembridge.cli", "check", str(folder), "--preset", "vendor-music-48k24"]
    line += ["--report", str(tmp_path / "report"), "--json"]
    took, spent, most = run_watched(line, tmp_path / "out.json")
    size = (tmp_path / "report" / "report.html").stat().st_size / 1e6
    record_property(
        "check of 8 stereo stems and a mix, 5 minutes (asked 60 s)", f"{took:.1f} s, {spent:.1f} s of CPU"
    )
    record_property("its memory; its report (asked 3 MB)", f"{most:.0f} MB; {size:.2f} MB")
