"""Clicks: samples that do not belong and cuts, and the hard starts of notes, which only look like them."""

import electronic
import numpy as np
import placed_stems
import pytest
from examining import RATE, Sound, found, tone

from stembridge.units import Hertz

SEED = 3


def hard_notes(seconds: float = 6.0) -> dict[str, Sound]:
    """Stems whose notes start at once, at any phase, over the ones before them."""
    return placed_stems.song(SEED, seconds, Hertz(RATE))


def organ(pitch: float, seconds: float = 3.0) -> Sound:
    """A chord of few partials that never repeats."""
    partials = zip((1.0, 2.003, 2.997, 4.01), (0.2, 0.12, 0.08, 0.05), strict=True)
    return np.sum([tone(pitch * ratio, seconds, level=level) for ratio, level in partials], axis=0)


@pytest.mark.parametrize("stem", ["bass", "keys", "guitar"])
def test_notes_that_start_at_once_over_others_are_no_clicks(tmp_path, stem):
    assert "click" not in found(tmp_path, hard_notes()[stem])


@pytest.mark.parametrize(
    ("kind", "number"),
    [("fm bass", 42), ("trance gate", 70), ("riser", 107), ("ring", 121), ("metronome", 127)],
)
def test_the_steps_of_a_synthesiser_are_no_clicks(tmp_path, kind, number):
    stem = electronic.stem(kind, number)
    assert "click" not in found(tmp_path, stem.sound, rate=stem.rate, bits=stem.bits)


@pytest.mark.parametrize("depth", [1.0, 0.5, 0.2])
def test_a_hard_slow_gate_is_no_click(tmp_path, depth):
    gate = np.where(np.arange(6 * RATE) * 0.37 / RATE % 1.0 < 0.5, 1.0, 1.0 - depth)
    assert "click" not in found(tmp_path, (organ(110.3, 6.0) * gate).astype(np.float32))


def test_notes_that_are_cut_off_where_the_next_begin_are_no_clicks(tmp_path):
    notes = [organ(pitch, 1.3) for pitch in (110.3, 165.1, 123.9, 98.2)]
    assert "click" not in found(tmp_path, np.concatenate(notes))


def test_kicks_that_start_at_their_peak_over_the_last_ones_tail_are_no_clicks(tmp_path):
    sound = np.zeros(6 * RATE, np.float32)
    for start in (9_000, 60_100, 131_300, 190_200):
        age = np.arange(len(sound) - start) / RATE
        sound[start:] += 0.3 * np.cos(2 * np.pi * (50 * age - 4 * np.exp(-40 * age))) * np.exp(-2 * age)
    assert "click" not in found(tmp_path, sound)


@pytest.mark.parametrize("stem", ["drums", "bass", "keys", "guitar"])
def test_one_wrong_sample_among_notes_that_start_at_once_is_found(tmp_path, stem):
    sound = hard_notes()[stem].copy()
    sound[2 * RATE] += 0.5
    finding = found(tmp_path, sound)["click"]
    assert (finding.measured, finding.at) == (1.0, pytest.approx(2.0, abs=0.001))


def test_one_wrong_sample_in_a_wave_made_of_steps_is_found(tmp_path):
    saw = (0.3 * (2.0 * (np.arange(3 * RATE) * 110.3 / RATE % 1.0) - 1.0)).astype(np.float32)
    assert "click" not in found(tmp_path, saw)
    between = round(120.5 / 110.3 * RATE)
    saw[between] += 0.5
    assert found(tmp_path, saw)["click"].at == pytest.approx(between / RATE, abs=0.001)


@pytest.mark.parametrize("frames", [2, 5, 8])
def test_a_few_wrong_samples_are_found(tmp_path, frames):
    sound = organ(110.3)
    sound[RATE : RATE + frames] += np.random.default_rng(SEED).uniform(-0.4, 0.4, frames).astype(np.float32)
    assert found(tmp_path, sound)["click"].at == pytest.approx(1.0, abs=0.001)


@pytest.mark.parametrize("lost", [5, 50, 480])
def test_lost_samples_in_a_sound_that_goes_on_are_found(tmp_path, lost):
    sound = organ(110.3)
    cut = np.concatenate((sound[:RATE], sound[RATE + lost :]))
    assert found(tmp_path, cut)["click"].at == pytest.approx(1.0, abs=0.001)


def test_a_wrong_sample_in_noise_is_found(tmp_path):
    sound = (0.034 * np.random.default_rng(SEED).standard_normal(3 * RATE)).astype(np.float32)
    assert "click" not in found(tmp_path, sound)
    sound[RATE] += 0.85
    assert "click" in found(tmp_path, sound)
