"""An overview: the true extremes and level of a sound, in a fixed number of columns."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.audio.overview import Overview, OverviewBuilder
from stembridge.audio.sound import Block
from stembridge.errors import AudioError
from stembridge.testing import noise, tone
from stembridge.units import Hertz, Samples

RATE = Hertz(8_000)


def overview(audio: Block, *, columns: int = 100, cuts: tuple[int, ...] = ()) -> Overview:
    builder = OverviewBuilder(Samples(len(audio)), columns=columns)
    for part in np.split(audio, sorted(cuts)):
        builder.add(part)
    return builder.result()


def test_each_column_holds_the_extremes_of_its_own_frames():
    audio = noise(0.5, RATE, channels=2)
    made = overview(audio, columns=40)
    parts = audio.reshape(40, -1)
    assert np.array_equal(made.lowest, parts.min(axis=1))
    assert np.array_equal(made.highest, parts.max(axis=1))


def test_the_level_of_a_sine_is_three_decibels_below_its_peak():
    made = overview(tone(1_000.0, 1.0, RATE, level=0.5, channels=1), columns=50)
    assert made.rms == pytest.approx(0.5 / np.sqrt(2), rel=1e-4)


def test_one_loud_sample_in_any_channel_is_never_lost():
    audio = np.zeros((9_973, 3), np.float32)
    audio[7_001, 2] = -0.9
    made = overview(audio, columns=10)
    assert np.flatnonzero(made.lowest).tolist() == [7]
    assert made.lowest.min() == np.float32(-0.9)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 4_000), max_size=6), st.integers(1, 300))
def test_the_blocks_it_comes_in_do_not_matter(cuts, columns):
    audio = noise(0.5, RATE, channels=2)
    whole, cut = overview(audio, columns=columns), overview(audio, columns=columns, cuts=tuple(cuts))
    assert np.array_equal(whole.lowest, cut.lowest)
    assert np.array_equal(whole.highest, cut.highest)
    assert cut.rms == pytest.approx(whole.rms, rel=1e-5)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 3_000), st.integers(1, 200), st.integers(1, 250))
def test_fewer_columns_keep_the_extremes_and_the_level(frames, columns, fewer):
    audio = noise(frames / RATE, RATE, channels=1)
    made = overview(audio, columns=columns).reduced(fewer)
    assert len(made.lowest) == min(frames, columns, fewer)
    assert made.lowest.min() == audio.min()
    assert made.highest.max() == audio.max()


@pytest.mark.parametrize("frames", [0, 1, 99])
def test_a_sound_shorter_than_the_columns_has_one_column_a_frame(frames):
    assert len(overview(noise(frames / RATE, RATE), columns=100).rms) == frames


@pytest.mark.parametrize(
    ("announced", "message"), [(99, "more sound"), (101, "100 frames of sound where 101")]
)
def test_a_length_that_was_wrong_is_said_aloud(announced, message):
    builder = OverviewBuilder(Samples(announced))
    with pytest.raises(AudioError, match=message):  # noqa: PT012 - too much is noticed at once, too little at the end
        builder.add(np.zeros((100, 2), np.float32))
        builder.result()
