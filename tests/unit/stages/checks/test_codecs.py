"""The filterbanks, against their definitions; and what the statistics say of counts made by hand."""

from collections.abc import Callable

import numpy as np
import pytest
import scipy.fft

from stembridge.stages.checks.codecs.banks import BANKS, MdctBank
from stembridge.stages.checks.codecs.grid import independent
from stembridge.stages.checks.codecs.mdct import kaiser_window, mdct, power_window, sine_window
from stembridge.stages.checks.codecs.polyphase import TAPS, analysis_matrix
from stembridge.stages.checks.codecs.pooling import standing, standing_beside
from stembridge.stages.checks.codecs.quantiser import QUANTISERS, find_quantiser
from stembridge.stages.checks.codecs.steady import steady
from stembridge.stages.checks.codecs.zeros import expect, surplus
from stembridge.units import Hertz

RNG = np.random.default_rng(4)
WINDOWS = [sine_window(128), kaiser_window(128), power_window(128), power_window(128, 16)]


def test_the_transform_is_that_of_its_definition():
    frame = RNG.standard_normal(64).astype(np.float32)
    n, k = np.arange(64), np.arange(32)[:, np.newaxis]
    expected = np.sqrt(2 / 32) * (np.cos(np.pi / 32 * (n + 0.5 + 16) * (k + 0.5)) @ frame)
    np.testing.assert_allclose(mdct(frame[np.newaxis], np.ones(64, np.float32))[0], expected, atol=1e-5)


@pytest.mark.parametrize("window", WINDOWS)
def test_a_window_and_the_next_add_up_to_one(window):
    half = len(window) // 2
    np.testing.assert_allclose(window[:half] ** 2 + window[half:] ** 2, 1.0, atol=1e-6)


def test_a_tone_stays_in_its_band():
    matrix = analysis_matrix(0, 32)
    tone = np.cos(np.pi * (10.5 / 32) * np.arange(4 * TAPS)).astype(np.float32)
    bands = np.square(np.lib.stride_tricks.sliding_window_view(tone, TAPS)[::32] @ matrix).mean(axis=0)
    beyond = np.delete(bands, [9, 10, 11])
    assert bands.argmax() == 10
    assert beyond.max() < 1e-8 * bands[10]


def coded(rng: np.random.Generator, keep: Callable[[np.ndarray], np.ndarray], start: int = 300) -> np.ndarray:
    """Noise of which a codec of 1024 lines kept what it keeps, at an alignment, rounded to 16 bits."""
    bank, frames = MdctBank("AAC", sine_window(2048), 1024), np.arange(24)
    noise = np.pad(0.02 * rng.standard_normal(25_600), (start, 0)).astype(np.float32)
    lines = keep(next(lines for _, lines in bank.lines(noise, frames, [start], 1024)))
    sound = np.zeros(len(noise) + 2048, np.float32)
    for frame, line in enumerate(lines):
        folded = scipy.fft.dct(line, type=4, norm="ortho")
        low, high = folded[:512], folded[512:]
        parts = (high, -high[::-1], -low[::-1], -low)
        sound[start + 1024 * frame :][:2048] += np.concatenate(parts) * bank.window
    return (np.round(sound * 32_768) / 32_768).astype(np.float32)


def every_other(lines: np.ndarray) -> np.ndarray:
    """Round every other line to zero."""
    return lines * (np.arange(1024) % 2)


def in_steps(lines: np.ndarray) -> np.ndarray:
    """Round lines as AAC does, with 2 ** (1/4) between the steps of one four lines and the next four."""
    steps = 0.001 * 1.17 * 2.0 ** (np.arange(1024) // 4 % 9 / 4)
    return np.sign(lines) * steps * np.round((np.abs(lines) / steps) ** 0.75) ** (4 / 3)


def test_lines_at_zero_are_more_than_chance_gives_at_the_alignment_of_the_codec_alone():
    bank = MdctBank("AAC", sine_window(2048), 1024)
    expected = expect(bank, coded(RNG, every_other), 1e-5)
    assert expected is not None
    scores = standing(surplus(bank, expected, range(1024)))
    assert (scores.argmax(), scores.max() > 12.0) == (300, True)
    assert np.delete(scores, 300).max() < 6.0


@pytest.mark.parametrize("start", [0, 960])
def test_lines_stand_on_the_steps_of_a_quantiser_where_decoders_begin(start):
    places = [(0, coded(RNG, in_steps, start)), (20_480, coded(RNG, in_steps, start))]
    grids = [find_quantiser(quantiser, places, 1e-5) for quantiser in QUANTISERS[Hertz(44_100)]]
    mp3, kaiser, sine = (grid.deviations if grid else 0.0 for grid in grids)
    assert sine > 25.0
    assert max(mp3, kaiser) < 0.5 * sine


@pytest.mark.parametrize("keep", [in_steps, lambda lines: lines], ids=["moved", "never coded"])
def test_lines_stand_on_no_steps_elsewhere(keep):
    places = [(0, coded(RNG, keep)), (20_480, coded(RNG, keep))]
    for quantiser in QUANTISERS[Hertz(44_100)]:
        grid = find_quantiser(quantiser, places, 1e-5)
        assert grid is not None
        assert grid.deviations < 5.0


def test_a_place_that_holds_less_than_a_frame_tells_nothing():
    quantisers = QUANTISERS[Hertz(48_000)]
    places = [(0, (0.1 * RNG.standard_normal(length)).astype(np.float32)) for length in (1, 40, 900, 2_000)]
    assert [find_quantiser(quantiser, places, 1e-5) for quantiser in quantisers] == [None, None, None]


@pytest.mark.parametrize("bank", BANKS[Hertz(48_000)], ids=lambda bank: bank.name)
def test_noise_has_about_as_many_lines_at_zero_as_chance_gives_it(bank):
    expected = expect(bank, (0.05 * RNG.standard_normal(20_000)).astype(np.float32), 1e-3)
    assert expected is not None
    found = surplus(bank, expected, range(0, bank.hop, 7))
    assert abs(found.mean()) < 1.0
    assert 0.7 < found.std() < 1.4


def test_what_stands_out_in_every_frame_counts_and_in_a_single_one_does_not():
    found = RNG.standard_normal((20, 1024)).astype(np.float32)
    single, every = found.copy(), found.copy()
    single[7, 300] += 500.0
    every[:, 300] += 2.5
    assert standing(single).max() < 5.0
    assert (standing(every).argmax(), standing(every).max() > 7.0) == (300, True)


def test_an_alignment_is_held_against_those_beside_it():
    found = RNG.standard_normal((20, 13)).astype(np.float32) + np.arange(20)[:, np.newaxis]
    found[:, 0] += 2.5
    assert standing_beside(found, 12)[0] > 6.0


def test_frames_with_a_step_and_excerpts_of_silence_tell_nothing():
    signal = (1e-3 * RNG.standard_normal(24_000)).astype(np.float32)
    signal[12_000:] *= 100.0
    stepping = np.flatnonzero(~steady(signal, 1024, 20, 1e-6)).tolist()
    assert {9, 10, 11} <= set(stepping) <= {8, 9, 10, 11, 12}
    assert expect(MdctBank("AAC", sine_window(2048), 1024), np.zeros(20_000, np.float32), 1e-6) is None


def test_frames_that_repeat_themselves_tell_nothing():
    wave = np.tile(RNG.standard_normal(512).astype(np.float32), 40)
    assert not steady(wave, 1024, 16, 1e-6).any()
    assert steady(RNG.standard_normal(20_480).astype(np.float32), 1024, 16, 1e-6).all()


@pytest.mark.parametrize(("later", "witnesses"), [(1_152, 1), (1_000, 2)])
def test_sound_that_comes_back_at_the_same_place_of_the_grid_is_one_witness(later: int, witnesses: int):
    sound = np.random.default_rng(3).standard_normal(9_000).astype(np.float32)
    assert len(independent([(0, sound), (later, sound)], 576)) == witnesses
