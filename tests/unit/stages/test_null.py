import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.audio.sound import Block
from stembridge.stages.null import SILENCE, Null, band_middles, measure_null
from stembridge.stages.signals import ArraySignal
from stembridge.testing import noise, tone
from stembridge.units import Hertz

RATE = Hertz(8_000)


def nulled(mix: Block, *stems: Block, rate: Hertz = RATE) -> Null:
    return measure_null(ArraySignal.of(mix), [ArraySignal.of(stem) for stem in stems], rate)


def level(sound: Block) -> float:
    return float(10.0 * np.log10(np.mean(np.square(sound, dtype=np.float64))))


def test_a_mix_that_is_its_only_stem_leaves_digital_silence() -> None:
    sound = noise(2.0, RATE)
    assert nulled(sound, sound).null_dbfs == SILENCE


@settings(deadline=None, max_examples=25)
@given(
    frames=st.integers(1, 40_000),
    channels=st.integers(1, 3),
    quiet=st.integers(1, 5),
    seed=st.integers(1, 99),
)
def test_the_level_is_that_of_what_is_left(frames: int, channels: int, quiet: int, seed: int) -> None:
    stem = noise(frames / RATE, RATE, channels=channels, seed=seed)
    left = noise(frames / RATE, RATE, level=10.0**-quiet, channels=channels, seed=seed + 1)
    mix = stem + left
    found = nulled(mix, stem)
    assert found.null_dbfs == pytest.approx(level(mix - stem), abs=1e-3)
    shares = 10.0 ** (np.array([band.null_dbfs for band in found.bands]) / 10.0)
    assert 10.0 * np.log10(shares.sum()) == pytest.approx(found.null_dbfs, abs=1e-3)


def test_the_level_against_the_mix_does_not_depend_on_its_gain() -> None:
    stem, left = noise(2.0, RATE), noise(2.0, RATE, level=0.001, seed=2)
    loud, quiet = nulled(stem + left, stem), nulled(0.1 * (stem + left), 0.1 * stem)
    assert loud.relative_db == pytest.approx(-40.0, abs=0.1)
    assert quiet.relative_db == pytest.approx(loud.relative_db, abs=0.01)


@pytest.mark.parametrize(("hz", "band"), [(100.0, 125.0), (500.0, 500.0), (3_000.0, 2_000.0)])
def test_a_tone_is_left_in_its_octave(hz: float, band: float) -> None:
    stem, missing = noise(2.0, RATE, level=0.05), tone(hz, 2.0, RATE)
    found = nulled(stem + missing, stem)
    loudest = max(found.bands, key=lambda one: one.null_dbfs)
    assert loudest.hz == band
    assert loudest.null_dbfs == pytest.approx(found.null_dbfs, abs=0.1)


def test_the_worst_second_is_where_a_sound_is_missing() -> None:
    stem = noise(8.0, RATE)
    mix = stem.copy()
    mix[3 * RATE : 4 * RATE] += tone(440.0, 1.0, RATE)
    found = nulled(mix, stem)
    assert (found.worst_at, len(found.seconds)) == (3.0, 8)
    assert found.worst_dbfs > found.null_dbfs + 6.0


def test_what_stems_hold_after_the_mix_is_not_heard() -> None:
    stem = noise(3.0, RATE)
    assert nulled(stem[: 2 * RATE], stem).null_dbfs == SILENCE


def test_a_stem_that_ends_early_leaves_the_rest_of_the_mix() -> None:
    mix = noise(2.0, RATE)
    seconds = nulled(mix, mix[:RATE]).seconds
    assert seconds[0] < -30.0 < seconds[1] + 12.0


def test_a_silent_mix_has_no_level_to_compare_with() -> None:
    found = nulled(np.zeros((RATE, 1), np.float32), noise(1.0, RATE, channels=1))
    assert found.relative_db is None
    assert found.null_dbfs == pytest.approx(-20.0, abs=0.3)


def test_a_mono_stem_is_heard_on_both_sides() -> None:
    mono = noise(1.0, RATE, channels=1)
    assert nulled(np.repeat(mono, 2, axis=1), mono).null_dbfs == SILENCE


@pytest.mark.parametrize(("rate", "highest"), [(8_000, 2_000.0), (44_100, 16_000.0), (96_000, 32_000.0)])
def test_octaves_reach_up_to_half_the_rate(rate: int, highest: float) -> None:
    assert band_middles(Hertz(rate))[-1] == highest


def test_the_json_is_what_is_documented() -> None:
    found = nulled(noise(1.0, RATE), noise(1.0, RATE, seed=3)).to_json()
    assert set(found) == {"null_dbfs", "relative_db", "worst_dbfs", "worst_at", "bands", "seconds"}
    assert set(found["bands"][0]) == {"hz", "null_dbfs", "relative_db"}
