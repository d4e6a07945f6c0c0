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


def keep_many(cache: SeparationCache, tmp_path: Path, count: int) -> list[str]:
    """Keep separations one after the other, and return which of them are left."""
    assert cache.folder is not None
    for number in range(count):
        cache.keep(f"key{number}", made(tmp_path / str(number), number))
        os.utime(cache.folder / f"key{number}", (1000 + number, 1000 + number))
    return sorted(path.name for path in cache.folder.iterdir())


def test_the_oldest_goes_when_the_cache_is_full(tmp_path: Path):
    assert keep_many(SeparationCache(tmp_path / "cache", most_bytes=16_000), tmp_path, 5) == ["key3", "key4"]


def test_an_entry_that_a_job_may_be_reading_stays(tmp_path: Path):
    cache = SeparationCache(tmp_path / "cache", most_bytes=16_000)
    cache.keep("read", made(tmp_path / "r"))
    assert cache.find("read")
    os.utime(tmp_path / "cache" / "read", (1, 1))
    assert "read" in keep_many(cache, tmp_path, 4)


def test_what_is_being_kept_by_another_worker_stays_and_what_a_dead_one_left_goes(tmp_path: Path):
    cache = SeparationCache(tmp_path / "cache", most_bytes=16_000)
    for name, age in ((".a.part", 0), (".b.part", 1)):
        (tmp_path / "cache" / name).mkdir(parents=True)
        (tmp_path / "cache" / name / "0.wav").write_bytes(b"0" * 9000)
        if age:
            os.utime(tmp_path / "cache" / name, (1, 1))
    left = keep_many(cache, tmp_path, 2)
    assert (".a.part" in left, ".b.part" in left) == (True, False)


def test_what_is_larger_than_the_cache_is_not_kept(tmp_path: Path):
    cache = SeparationCache(tmp_path / "cache", most_bytes=100)
    cache.keep("key", made(tmp_path))
    assert not (tmp_path / "cache").exists()


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
