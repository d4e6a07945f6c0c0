import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from stembridge.audio.files import open_sound, read_raw_blocks
from stembridge.audio.sound import Block, Encoding, Sound
from stembridge.errors import Cancelled, PlanError, SeparationError
from stembridge.presets import Separate
from stembridge.stages.mixture import Mixture, make_mixture
from stembridge.stages.recipe import read_recipes
from stembridge.stages.sanity import refuse_nonsense
from stembridge.stages.separate import Separated, null_depth, separate
from stembridge.testing import ShareSeparator, noise, write_sound
from stembridge.units import Decibels, Hertz

SHARES = ShareSeparator({"vocals": 0.31, "drums": 0.2, "bass": 0.1, "other": 0.27})
RATE = Hertz(44_100)


def mixture_of(stems: str, residual: str = "other") -> Mixture:
    wanted = Separate(stems=tuple(part.strip() for part in stems.split(",")), residual=residual)
    return make_mixture(read_recipes(wanted), SHARES.stems, residual)


def source(folder: Path, encoding: Encoding = Encoding.INT24, channels: int = 2, level: float = 0.1) -> Sound:
    audio = noise(3.1, RATE, level=level, channels=channels)
    return open_sound(write_sound(folder / "source.wav", audio, RATE, encoding=encoding))


def made(
    sound: Sound, mixture: Mixture, tmp_path: Path, encoding: Encoding = Encoding.INT24, model=SHARES
) -> Separated:
    tmp_path.mkdir(exist_ok=True)
    return separate(sound, mixture, model, encoding, tmp_path / "work", lambda _: None)


def samples(sound: Sound) -> np.ndarray:
    return np.concatenate(list(read_raw_blocks(sound))).astype(np.int64)


@pytest.mark.parametrize("encoding", [Encoding.INT16, Encoding.INT24, Encoding.INT32])
@pytest.mark.parametrize(
    ("stems", "residual"),
    [
        ("vocals, drums, bass, other", "other"),
        ("vocals, drums, bass, other", "vocals"),
        ("vocals, drums, bass, other", "own"),
        ("vocals, instrumental", "instrumental"),
        ("drums, all but drums", "other"),
        ("rhythm: drums + bass, rest: vocals + other", "rest"),
    ],
)
def test_integer_stems_sum_to_the_source_bit_for_bit(
    tmp_path: Path, encoding: Encoding, stems: str, residual: str
):
    sound = source(tmp_path, encoding)
    done = made(sound, mixture_of(stems, residual), tmp_path, encoding)
    assert np.array_equal(sum(samples(stem) for stem in done.sounds.values()), samples(sound))
    assert null_depth(sound, list(done.sounds.values()), gain=1.0) == (-math.inf, True)


def test_float_stems_null_below_140_db(tmp_path: Path):
    sound = source(tmp_path, Encoding.FLOAT32)
    done = made(sound, mixture_of("vocals, drums, bass, other"), tmp_path, Encoding.FLOAT32)
    assert null_depth(sound, list(done.sounds.values()), gain=1.0)[0] < -140


def test_a_shared_residual_nulls_below_120_db_and_goes_where_the_energy_is(tmp_path: Path):
    sound = source(tmp_path)
    done = made(sound, mixture_of("vocals, drums, bass, other", "shared"), tmp_path)
    assert null_depth(sound, list(done.sounds.values()), gain=1.0)[0] < -120
    rms = {name: np.sqrt(np.mean(np.square(samples(stem)))) for name, stem in done.sounds.items()}
    assert rms["vocals"] > rms["other"] > rms["drums"] > rms["bass"]


def test_the_residual_goes_where_it_is_sent(tmp_path: Path):
    sound = source(tmp_path)
    done = made(sound, mixture_of("vocals, drums, bass, other", "own"), tmp_path)
    left = samples(done.sounds["residual"]) / samples(sound).clip(1)
    assert np.median(left[samples(sound) > 1e6]) == pytest.approx(0.12, abs=0.001)


def test_one_stem_alone_is_what_it_is_in_the_whole_set(tmp_path: Path):
    sound = source(tmp_path)
    alone = made(sound, mixture_of("vocals"), tmp_path / "a")
    whole = made(sound, mixture_of("vocals, drums, bass, other"), tmp_path / "b")
    assert np.array_equal(samples(alone.sounds["vocals"]), samples(whole.sounds["vocals"]))


def test_only_what_is_needed_is_asked_of_the_model():
    assert mixture_of("vocals, instrumental").needed == ("vocals",)
    assert mixture_of("vocals, drums, bass, other").needed == ("vocals", "drums", "bass")
    assert mixture_of("all but bass").needed == ("bass",)


@pytest.mark.parametrize("channels", [1, 2, 6, 12])
def test_stems_have_the_channels_and_frames_of_their_source(tmp_path: Path, channels: int):
    sound = source(tmp_path, channels=channels)
    done = made(sound, mixture_of("vocals, drums, bass, other"), tmp_path)
    for stem in done.sounds.values():
        assert (stem.format.channels, stem.frames, stem.format.rate) == (channels, sound.frames, RATE)
    assert np.array_equal(sum(samples(stem) for stem in done.sounds.values()), samples(sound))


@dataclass(frozen=True)
class Loud:
    """Gives stems that are far over full scale and cancel each other."""

    name: str = "loud"
    stems: tuple[str, ...] = ("vocals", "drums", "bass", "other")
    rough: bool = False

    def separate(
        self, blocks: Iterable[Block], rate, *, channels, frames, stems, progress
    ) -> Iterator[Mapping]:
        for block in blocks:
            yield {stem: block * np.float32(1.5) for stem in stems}


def test_clipping_is_solved_with_one_gain_for_the_set(tmp_path: Path):
    sound = source(tmp_path, level=0.2)
    done = made(sound, mixture_of("vocals, drums, bass, other"), tmp_path, model=Loud())
    assert done.gain < 1.0
    assert max(np.abs(samples(stem)).max() for stem in done.sounds.values()) < 2**31 - 2**8
    assert null_depth(sound, list(done.sounds.values()), gain=done.gain) == (-math.inf, True)


def test_float_output_needs_no_gain(tmp_path: Path):
    sound = source(tmp_path, level=0.2)
    done = made(sound, mixture_of("vocals, drums, bass, other"), tmp_path, Encoding.FLOAT32, model=Loud())
    assert done.gain == 1.0


@pytest.mark.parametrize(
    ("shares", "why"),
    [
        ({"vocals": 1.0, "drums": 0.0, "bass": 0.0, "other": 0.0}, "source itself"),
        ({"vocals": 0.0, "drums": 0.0, "bass": 0.0, "other": 0.0}, "silence"),
    ],
)
def test_a_model_that_did_nothing_is_refused(tmp_path: Path, shares: dict[str, float], why: str):
    sound, mixture = source(tmp_path), mixture_of("vocals, drums, bass, other")
    done = made(sound, mixture, tmp_path, model=ShareSeparator(shares))
    with pytest.raises(SeparationError, match=why):
        refuse_nonsense(done, mixture, Decibels(-math.inf), Encoding.INT24)


def test_silence_is_separated_into_silence(tmp_path: Path):
    sound, mixture = source(tmp_path, level=0.0), mixture_of("vocals, drums, bass, other")
    done = made(open_sound(write_sound(tmp_path / "s.wav", noise(1, RATE, level=0), RATE, encoding=Encoding.FLOAT32)),
                mixture, tmp_path, Encoding.FLOAT32)  # fmt: skip
    refuse_nonsense(done, mixture, Decibels(-math.inf), Encoding.FLOAT32)
    assert not any(samples(stem).any() for stem in done.sounds.values())
    assert sound.frames


def test_stems_that_do_not_sum_are_refused_with_the_figure(tmp_path: Path):
    sound, mixture = source(tmp_path), mixture_of("vocals, drums, bass, other")
    done = made(sound, mixture, tmp_path)
    with pytest.raises(SeparationError, match=r"-60.0 dBFS"):
        refuse_nonsense(done, mixture, Decibels(-60.0), Encoding.INT24)


def test_a_cancel_ends_the_work(tmp_path: Path):
    def cancel(_fraction: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        separate(source(tmp_path), mixture_of("vocals"), SHARES, Encoding.INT24, tmp_path / "work", cancel)


def test_a_stem_that_the_model_does_not_make_is_refused():
    with pytest.raises(PlanError, match="no guitar"):
        mixture_of("guitar, drums")


@pytest.mark.parametrize("stems", ["x:", "all but ", "drums, drums", "a + "])
def test_a_recipe_that_makes_no_sense_is_refused(stems: str):
    with pytest.raises((PlanError, ValueError)):
        mixture_of(stems)
