import os
from pathlib import Path

import pytest

from stembridge.audio.files import open_sound
from stembridge.audio.sound import Encoding
from stembridge.presets import Separate
from stembridge.separators.library import Opened
from stembridge.separators.spectral import Spectral
from stembridge.stages.mixture import Tally
from stembridge.stages.separate import Separated
from stembridge.stages.separation_cache import SeparationCache, cache_key
from stembridge.testing import noise, write_sound
from stembridge.units import Hertz

OPENED = Opened(Spectral(), None, "cpu")
WANTED = Separate(model="spectral", stems=("vocals", "drums"))


def made(folder: Path, seed: int = 1) -> Separated:
    names = ("vocals", "drums")
    sounds = {
        name: open_sound(
            write_sound(folder / f"{name}.wav", noise(0.1, Hertz(8000), seed=seed + n), Hertz(8000))
        )
        for n, name in enumerate(names)
    }
    return Separated(
        sounds, 0.5, Tally(peak=1.0, energy={"vocals": 2.0}, source_energy=3.0, different={"vocals": True})
    )


def test_what_was_kept_is_found_again(tmp_path: Path):
    cache = SeparationCache(tmp_path / "cache")
    kept = cache.keep("key", made(tmp_path))
    found = cache.find("key")
    assert found is not None
    assert (found.gain, found.tally) == (kept.gain, kept.tally)
    for name, sound in found.sounds.items():
        assert sound.path.read_bytes() == kept.sounds[name].path.read_bytes()


@pytest.mark.parametrize("harm", [lambda f: f.unlink(), lambda f: f.write_bytes(f.read_bytes()[:-1])])
def test_what_was_harmed_is_not_used(tmp_path: Path, harm):
    cache = SeparationCache(tmp_path / "cache")
    cache.keep("key", made(tmp_path))
    harm(tmp_path / "cache" / "key" / "1.wav")
    assert cache.find("key") is None
    assert not (tmp_path / "cache" / "key").exists()


def test_the_oldest_goes_when_the_cache_is_full(tmp_path: Path):
    cache = SeparationCache(tmp_path / "cache", most_bytes=12_000)
    for number in range(4):
        cache.keep(f"key{number}", made(tmp_path / str(number), number))
        os.utime(tmp_path / "cache" / f"key{number}", (1000 + number, 1000 + number))
    cache.keep("key4", made(tmp_path / "4", 4))
    left = sorted(path.name for path in (tmp_path / "cache").iterdir())
    assert "key4" in left
    assert "key0" not in left


def test_no_folder_keeps_nothing(tmp_path: Path):
    cache = SeparationCache(None)
    cache.keep("key", made(tmp_path))
    assert cache.find("key") is None


@pytest.mark.parametrize(
    "change",
    [
        {"model": "htdemucs"},
        {"stems": ("vocals",)},
        {"residual": "vocals"},
        {"overlap": 0.1},
        {"shifts": 1},
    ],
)
def test_another_wish_is_another_separation(change):
    other = WANTED.model_copy(update=change)
    assert cache_key("a", WANTED, OPENED, Encoding.INT24) != cache_key("a", other, OPENED, Encoding.INT24)


def test_another_source_or_depth_is_another_separation():
    key = cache_key("a", WANTED, OPENED, Encoding.INT24)
    assert key != cache_key("b", WANTED, OPENED, Encoding.INT24)
    assert key != cache_key("a", WANTED, OPENED, Encoding.INT16)
