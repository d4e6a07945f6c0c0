"""The shipped presets that check, on small sets: what passes each, and what they stop."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from stembridge.audio.sound import Block, Encoding
from stembridge.intake.paths import requests_for
from stembridge.pipeline import Bench, perform
from stembridge.presets import Preset, PresetStore
from stembridge.separators.library import Library
from stembridge.separators.models import ModelStore
from stembridge.stages.deliver import Delivered
from stembridge.stages.finding import Rejected
from stembridge.stages.separation_cache import SeparationCache
from stembridge.testing import noise, tone, write_sound
from stembridge.units import Hertz

RATE = Hertz(48_000)
Sounds = dict[str, Block]
SYNC = ("Drums", "Bass", "Melody", "Harmony", "FX")


def stem(seed: int, seconds: float = 1.5) -> Block:
    return noise(seconds, RATE, level=0.04, seed=seed)


def film(*names: str) -> Sounds:
    pop = tone(1000.0, 0.04, RATE, level=0.1)
    sounds = {}
    for seed, name in enumerate(names):
        sounds[f"Film_{name}"] = np.concatenate([np.zeros((RATE, 2), np.float32), pop, stem(seed)])
    return sounds


def gapped(sounds: Sounds, name: str) -> Sounds:
    sounds[name][RATE : RATE + 2_400] = 0.0
    return sounds


def clipped() -> Sounds:
    both = tone(110.0, 2.0, RATE, level=0.25) + tone(237.3, 2.0, RATE, level=0.25) + stem(1, 2.0) / 40
    return {"Song_Mix": np.clip(both, -0.4, 0.4).astype(np.float32)}


def quick(preset: Preset) -> Preset:
    """Leave away the search for codecs, which takes two seconds a file and has tests of its own."""
    assert preset.check
    off = preset.check.lossy.model_copy(update={"severity": "off"})
    return preset.model_copy(update={"check": preset.check.model_copy(update={"lossy": off})})


def deliver(folder: Path, preset: str, sounds: Sounds) -> Delivered:
    for name, sound in sounds.items():
        write_sound(folder / "In" / f"{name}.wav", sound, RATE, encoding=Encoding.FLOAT32)
    (request,) = requests_for([folder / "In"], preset=preset, destination=folder / "out")
    bench = Bench(Library(ModelStore(folder / "models")), SeparationCache(folder / "cache"))
    return perform(request, quick(PresetStore().load(preset)), bench, job="a" * 16)


SYNC = ("Drums", "Bass", "Melody", "Harmony", "FX")
PASSING: dict[str, Callable[[], Sounds]] = {
    "vendor-music-48k24": lambda: {f"Song_Drums.{side}": stem(seed)[:, :1] for seed, side in enumerate("LR")},
    "vendor-any": lambda: gapped({"Song_Drums": stem(1), "Song_Bass": stem(2)}, "Song_Bass"),
    "mastering-intake": lambda: {"Song_Mix": stem(1)},
    "me-48k24": lambda: film("Dialogue", "Music", "FX"),
    "stems-for-sync": lambda: {f"Song_{name}": stem(seed) for seed, name in enumerate(SYNC)},
}
STORED = {
    "vendor-music-48k24": ("PCM_24", 48_000, 2),
    "vendor-any": ("FLOAT", 48_000, 2),
    "mastering-intake": ("FLOAT", 48_000, 2),
    "me-48k24": ("PCM_24", 48_000, 2),
    "stems-for-sync": ("PCM_24", 48_000, 2),
}


@pytest.mark.parametrize("preset", PASSING)
def test_a_set_passes_and_is_stored_as_the_preset_says(preset: str, tmp_path: Path) -> None:
    delivered = deliver(tmp_path, preset, PASSING[preset]())
    for path in delivered.outputs:
        info = soundfile.info(path)
        assert (info.subtype, info.samplerate, info.channels) == STORED[preset]
    assert delivered.session
    assert delivered.session.is_file()
    found = {(each["code"], each["path"]) for each in delivered.findings if each["severity"] == "error"}
    assert found == ({("dropout", "Song_Bass.wav")} if preset == "vendor-any" else set())


@pytest.mark.parametrize(
    ("preset", "sounds", "code"),
    [
        ("vendor-music-48k24", lambda: gapped({"Song_Bass": stem(1)}, "Song_Bass"), "dropout"),
        ("mastering-intake", clipped, "clipping"),
        ("me-48k24", lambda: film("Music"), "missing-stem"),
    ],
    ids=["vendor-music-48k24", "mastering-intake", "me-48k24"],
)
def test_a_bad_set_is_stopped(preset: str, sounds: Callable[[], Sounds], code: str, tmp_path: Path) -> None:
    with pytest.raises(Rejected) as rejected:
        deliver(tmp_path, preset, sounds())
    assert code in {finding.code for finding in rejected.value.findings if finding.severity == "error"}
    assert not any((tmp_path / "out").iterdir())


@pytest.mark.parametrize("preset", PASSING)
def test_every_checking_preset_explains_itself(preset: str) -> None:
    text = PresetStore().source_path(preset).read_text(encoding="utf-8")
    assert text.startswith("description: ")
    assert "#" in text
