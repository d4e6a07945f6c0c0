from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from stembridge.audio.sound import Block
from stembridge.errors import SeparationError
from stembridge.separators.model_rate import from_model_rate, to_model_rate
from stembridge.separators.separator import Separator
from stembridge.separators.spectral import Spectral
from stembridge.units import Hertz, Samples

STEMS = ("vocals", "drums", "bass", "other")
SHORT = Spectral(stretch_s=2.0, overlap_s=0.5)


def quiet(_fraction: float) -> None:
    pass


def in_blocks(mix: Block, size: int) -> Iterator[Block]:
    for start in range(0, len(mix), size):
        yield mix[start : start + size]


def separate(
    mix: Block, rate: int = 44_100, size: int = 65_536, stems: tuple[str, ...] = STEMS, by: Separator = SHORT
) -> dict[str, Block]:
    frames, channels = Samples(len(mix)), mix.shape[1]
    blocks = by.separate(
        in_blocks(mix, size), Hertz(rate), channels=channels, frames=frames, stems=stems, progress=quiet
    )
    made = list(blocks)
    return {stem: np.concatenate([block[stem] for block in made]) for stem in stems}


def some_music(seconds: float, rate: int = 44_100, channels: int = 2) -> Block:
    """Clicks on the beat, a low tone, a trembling tone in the middle and a chord at the sides."""
    time = np.arange(round(seconds * rate)) / rate
    rng = np.random.default_rng(5)
    clicks = rng.normal(size=len(time)) * np.exp(-40 * (time % 0.5))
    low = np.sin(2 * np.pi * 55 * time)
    voice = sum(np.sin(k * (2 * np.pi * 220 * time + 2 * np.sin(35 * time))) / k for k in range(1, 9))
    chord = np.sin(2 * np.pi * 440 * time) + np.sin(2 * np.pi * 554 * time)
    left, right = clicks + low + voice + chord, clicks + low + voice - 0.5 * chord
    return (0.1 * np.stack([left, right], axis=1)[:, :channels]).astype(np.float32)


def level_db(sound: NDArray[np.float32]) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(np.square(sound, dtype=np.float64))) + 1e-12))


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_stems_have_exactly_the_frames_of_the_mix_and_sum_to_it(rate: int, channels: int) -> None:
    mix = some_music(2.7, rate, channels)[:-1]
    stems = separate(mix, rate)
    assert {stem.shape for stem in stems.values()} == {mix.shape}
    assert level_db(sum(stems.values()) - mix) < level_db(mix) - 110


@pytest.mark.parametrize(("rate", "below"), [(88_200, 44_100), (96_000, 48_000), (192_000, 48_000)])
@pytest.mark.parametrize("channels", [1, 2])
def test_at_high_rates_stems_sum_to_what_lies_below_the_working_rate(
    rate: int, below: int, channels: int
) -> None:
    mix = some_music(2.7, rate, channels)[:-1]
    stems, frames = separate(mix, rate), Samples(len(mix))
    assert {stem.shape for stem in stems.values()} == {mix.shape}
    down = to_model_rate([mix], Hertz(rate), Hertz(below), channels=channels, frames=frames)
    back = list(from_model_rate(down, Hertz(below), Hertz(rate), channels=channels, frames=frames))
    assert level_db(sum(stems.values()) - np.concatenate(back)) < level_db(mix) - 110


@pytest.mark.parametrize("frames", [1, 2, 1_023, 4_410])
def test_a_file_shorter_than_a_window_comes_out_whole(frames: int) -> None:
    mix = some_music(0.2)[:frames]
    stems = separate(mix)
    assert all(np.isfinite(stem).all() for stem in stems.values())
    np.testing.assert_allclose(sum(stems.values()), mix, atol=1e-6)


def test_nothing_in_gives_nothing_out() -> None:
    assert (
        list(SHORT.separate([], Hertz(44_100), channels=2, frames=Samples(0), stems=STEMS, progress=quiet))
        == []
    )


def test_silence_stays_digital_silence() -> None:
    stems = separate(np.zeros((300_000, 2), np.float32))
    assert not any(stem.any() for stem in stems.values())


@pytest.mark.parametrize("sides", [(1, 0), (1, -1), (1, 1), (1e-6, 1)])
def test_a_mix_on_one_side_or_out_of_phase_or_double_mono_still_sums(sides: tuple[float, float]) -> None:
    mix = some_music(3.0, channels=1) * np.array(sides, np.float32)
    mix[40_000:90_000] = 0.0
    stems = separate(mix)
    assert all(np.isfinite(stem).all() for stem in stems.values())
    assert level_db(sum(stems.values()) - mix) < level_db(mix) - 110


@pytest.mark.parametrize("gain", [2.0**-30, 2.0**10])
def test_a_quiet_mix_is_separated_like_a_loud_one(gain: float) -> None:
    mix = some_music(1.0)
    scaled, stems = separate(mix * np.float32(gain)), separate(mix)
    for stem in STEMS:
        np.testing.assert_array_equal(scaled[stem], stems[stem] * np.float32(gain))


@settings(deadline=None, max_examples=10)
@given(size=st.integers(1_000, 200_000))
def test_the_size_of_the_blocks_changes_nothing(size: int) -> None:
    mix = some_music(3.9, rate=16_000)
    whole, pieces = separate(mix, 16_000, len(mix)), separate(mix, 16_000, size)
    assert all(np.array_equal(whole[stem], pieces[stem]) for stem in STEMS)


def test_the_same_mix_gives_the_same_bytes_however_many_workers() -> None:
    mix = some_music(5.0)
    alone = separate(mix, by=Spectral(stretch_s=2.0, overlap_s=0.5, workers=1))
    assert all(np.array_equal(alone[stem], again) for stem, again in separate(mix).items())


@pytest.mark.parametrize("wanted", [("vocals",), ("drums", "other"), ("bass",)])
def test_only_the_wanted_stems_are_made_and_they_are_the_same(wanted: tuple[str, ...]) -> None:
    mix = some_music(3.0)
    every = separate(mix)
    assert all(np.array_equal(stem, every[name]) for name, stem in separate(mix, stems=wanted).items())


def test_stretches_join_without_a_seam() -> None:
    """A steady tone that is cut or steps would splatter far from its pitch; the whole run is the measure."""
    time = np.arange(44_100 * 8)[:, None] / 44_100
    mix = (0.3 * np.sin(2 * np.pi * 440.0 * time + np.array([0.0, 0.7]))).astype(np.float32)
    cut, whole = separate(mix), separate(mix, by=Spectral(stretch_s=20.0))
    for stem in STEMS:
        splatter = [_above(made[stem][8_192:-8_192], 5_000) for made in (cut, whole)]
        assert splatter[0] < max(splatter[1] + 6, -110)


def _above(sound: Block, hertz: float) -> float:
    window = np.blackman(len(sound)).astype(np.float32)
    spectrum = np.abs(np.fft.rfft(sound[:, 0] * window)) / window.sum()
    return float(20 * np.log10(spectrum[int(hertz * len(sound) / 44_100) :].max() + 1e-12))


def test_progress_rises_to_one() -> None:
    mix, told = some_music(5.0), list[float]()
    blocks = SHORT.separate(
        [mix], Hertz(44_100), channels=2, frames=Samples(len(mix)), stems=STEMS, progress=told.append
    )
    assert list(blocks)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_what_progress_raises_ends_the_work() -> None:
    def stop(_fraction: float) -> None:
        raise InterruptedError

    mix = some_music(5.0)
    blocks = SHORT.separate(
        [mix], Hertz(44_100), channels=2, frames=Samples(len(mix)), stems=STEMS, progress=stop
    )
    with pytest.raises(InterruptedError):
        next(blocks)


@pytest.mark.parametrize("difference", [-1, 1])
def test_a_mix_of_another_length_than_said_is_refused(difference: int) -> None:
    mix = some_music(1.0)
    frames = Samples(len(mix) + difference)
    with pytest.raises(SeparationError, match=r"\d+ frames were said, 44100 came"):
        list(SHORT.separate([mix], Hertz(44_100), channels=2, frames=frames, stems=STEMS, progress=quiet))


def test_an_unknown_stem_is_refused_with_those_that_exist() -> None:
    with pytest.raises(SeparationError, match="cannot make piano") as caught:
        separate(some_music(0.1), stems=("vocals", "piano"))
    assert "vocals, drums, bass, other" in caught.value.hint


def test_more_than_two_channels_are_refused() -> None:
    with pytest.raises(SeparationError, match="one or two channels, not 6"):
        separate(np.zeros((100, 6), np.float32))
