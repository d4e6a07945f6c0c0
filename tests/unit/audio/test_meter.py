import json
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.audio.chunks import Loudness
from stembridge.audio.meter import Measurement, Meter, measure
from stembridge.audio.sound import Block
from stembridge.errors import AudioError
from stembridge.units import Hertz

RATE = Hertz(48_000)


def noise(seconds: float, *, rate: int = RATE, channels: int = 2, seed: int = 1) -> Block:
    shape = (round(seconds * rate), channels)
    return np.random.default_rng(seed).normal(0.0, 0.1, shape).astype(np.float32)


def read(sound: Block, rate: int = RATE, *, channel_mask: int | None = None) -> Measurement:
    return measure([sound], Hertz(rate), sound.shape[1], channel_mask=channel_mask)


@settings(deadline=None, max_examples=40)
@given(
    cuts=st.lists(st.integers(0, 40_000), max_size=6).map(sorted),
    rate=st.sampled_from([11_025, 44_056, 48_000, 192_000]),
)
def test_the_reading_does_not_depend_on_the_blocks(cuts: list[int], rate: int) -> None:
    sound = noise(40_000 / rate, rate=rate)
    blocks = np.split(sound, cuts)
    assert measure(blocks, Hertz(rate), 2) == read(sound, rate)


def test_reading_the_meter_does_not_disturb_it() -> None:
    sound, meter = noise(7.0), Meter(RATE, 2)
    for part in np.array_split(sound, 20):
        meter.add(part)
        meter.result()
    assert meter.result() == read(sound)


def test_a_gain_moves_every_level_by_as_much() -> None:
    loud, quiet = read(noise(5.0)), read(noise(5.0) * np.float32(0.5))
    for name in ("integrated", "max_momentary", "max_short_term", "true_peak", "sample_peak"):
        assert getattr(loud, name) - getattr(quiet, name) == pytest.approx(6.0206, abs=1e-4)
    assert quiet.loudness_range == pytest.approx(loud.loudness_range, abs=1e-6)


def test_mono_is_three_decibels_under_the_same_sound_from_two_sides() -> None:
    one = noise(3.0, channels=1)
    assert read(np.hstack([one, one])).integrated == pytest.approx(read(one).integrated + 3.0103, abs=1e-4)


def test_the_mask_decides_what_a_channel_weighs() -> None:
    sound = noise(3.0, channels=4)
    tracks = read(sound, channel_mask=0x1_0007)
    quad = read(sound)
    assert quad.integrated > tracks.integrated


def test_silence_has_no_level_at_all() -> None:
    reading = read(np.zeros((RATE * 4, 2), np.float32))
    assert reading.silent
    assert reading.integrated is reading.loudness_range is reading.true_peak is reading.sample_peak is None
    assert reading.max_momentary is reading.max_short_term is None
    assert reading.short_term == (None, None)
    assert reading.dc == 0.0


def test_a_sound_under_the_absolute_gate_has_momentary_loudness_only() -> None:
    reading = read(noise(4.0) * np.float32(1e-4))
    assert reading.integrated is None
    assert reading.loudness_range is None
    assert reading.max_momentary == pytest.approx(-93.8, abs=0.5)
    assert not reading.silent


@pytest.mark.parametrize("frames", [0, 1, 441, 17_639])
def test_a_sound_shorter_than_a_window_still_has_peaks(frames: int) -> None:
    reading = read(np.full((frames, 1), 0.5, np.float32), 44_100)
    assert reading.frames == frames
    assert reading.integrated is reading.max_momentary is None
    assert (reading.sample_peak is None) == (frames == 0)


@pytest.mark.parametrize("rate", [11_025, 22_050, 44_056, 44_100, 48_000])
def test_a_window_is_complete_at_its_last_sample(rate: int) -> None:
    sound = noise(0.4, rate=rate)
    assert read(sound, rate).integrated is not None
    assert read(sound[:-1], rate).integrated is None


def test_the_short_term_series_has_a_value_for_each_second_from_the_third() -> None:
    sound = noise(9.5)
    reading = read(sound)
    assert len(reading.short_term) == 7
    assert reading.short_term[0] == pytest.approx(read(sound[: 3 * RATE]).max_short_term, abs=1e-9)


def test_dc_is_the_mean_of_the_worst_channel() -> None:
    sound = noise(2.0) * np.float32(0.01) + np.float32([0.01, -0.02])
    reading = read(sound)
    assert reading.channel_dc == pytest.approx(sound.mean(axis=0, dtype=np.float64), abs=1e-12)
    assert reading.dc == reading.channel_dc[1]


def test_peaks_are_told_for_each_channel() -> None:
    sound = np.zeros((48_000, 3), np.float32)
    sound[100, 0], sound[47_999, 1] = -0.5, 0.25
    reading = read(sound)
    assert reading.channel_sample_peaks == pytest.approx((-6.0206, -12.0412, None), abs=1e-4)
    assert reading.channel_true_peaks[2] is None
    assert reading.sample_peak == reading.channel_sample_peaks[0]
    assert reading.true_peak == max(reading.channel_true_peaks[:2])


@pytest.mark.parametrize("sound", [noise(4.0), np.zeros((10, 2), np.float32)])
def test_a_measurement_is_plain_json(sound: Block) -> None:
    reading = read(sound)
    assert json.loads(json.dumps(asdict(reading), allow_nan=False))["true_peak"] == reading.true_peak


def test_a_measurement_fills_the_loudness_fields_of_bext() -> None:
    reading = read(noise(4.0))
    assert reading.to_loudness() == Loudness(
        integrated=reading.integrated,
        loudness_range=reading.loudness_range,
        max_true_peak=reading.true_peak,
        max_momentary=reading.max_momentary,
        max_short_term=reading.max_short_term,
    )


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_sample_that_is_not_a_number_is_refused(bad: float) -> None:
    sound = noise(1.0)
    sound[30_000, 1] = bad
    with pytest.raises(AudioError, match="not numbers"):
        read(sound)


@pytest.mark.parametrize("shape", [(100,), (100, 1), (100, 3)])
def test_a_block_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(AudioError, match="blocks of 2 channels"):
        Meter(RATE, 2).add(np.zeros(shape, np.float32))


def test_a_rate_too_low_for_the_weighting_is_refused() -> None:
    with pytest.raises(AudioError, match="not defined at 2000 Hz"):
        Meter(Hertz(2_000), 1)


def test_sixty_four_channels_are_measured_as_tracks() -> None:
    sound = noise(1.0, channels=64)
    reading = read(sound)
    power = sum(10.0 ** (read(sound[:, [c]]).integrated / 10.0) for c in range(64))
    assert reading.integrated == pytest.approx(10.0 * np.log10(power), abs=1e-3)
