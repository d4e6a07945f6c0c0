"""A known place measured to a part of a sample, and whether the deviation that is told is the one that is met."""

import numpy as np
import placed_stems
import pytest
from placed_stems import RATE, at_level, mixed
from scipy.signal import butter, sosfilt

from stembridge.stages.exact import Exact, deviation_of, measure_exactly
from stembridge.stages.moved import Moved
from stembridge.stages.signals import ArraySignal
from stembridge.stages.whitening import Noise

SONG = placed_stems.song(5)
REST = mixed(SONG) - SONG["keys"]


def measure(mix: ArraySignal, stem: ArraySignal, lag: float) -> Exact:
    return measure_exactly(mix, Noise.of(mix, RATE), stem, lag, RATE)


@pytest.mark.parametrize("delay", [-700.25, 0.0, 37.4, 9_000.5])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_delay_near_a_known_place_is_measured_between_the_samples(delay: float, sign: int):
    stem = ArraySignal.of(SONG["keys"])
    late = Moved(stem, delay).read(0, len(REST))
    found = measure(ArraySignal.of(REST + sign * 0.3 * late), stem, delay + 3.0)
    assert found.offset == pytest.approx(delay, abs=0.03)
    assert found.polarity == sign
    assert found.deviation < 0.05


def test_the_deviation_that_is_told_is_met_by_many_tries():
    rng, stem = np.random.default_rng(1), SONG["bass"]
    mixes = [stem + rng.normal(0.0, 0.1, stem.shape).astype(np.float32) for _ in range(16)]
    found = [measure(ArraySignal.of(mix), ArraySignal.of(stem), 1.0) for mix in mixes]
    missed = float(np.sqrt(np.mean([each.offset**2 for each in found])))
    told = float(np.median([each.deviation for each in found]))
    assert 0.05 < missed < 3.0
    assert told / 3 < missed < told * 3


@pytest.mark.parametrize("sign", [1, -1])
def test_steps_on_the_same_samples_in_other_stems_lead_no_dark_stem_astray(sign: int):
    rng, dark = np.random.default_rng(1), butter(6, 1_000, fs=RATE, output="sos")
    rest = sosfilt(dark, SONG["drums"] + SONG["keys"] + SONG["guitar"], axis=0)
    bass = at_level(sosfilt(dark, SONG["bass"], axis=0), rest, -30.0)
    steps, hiss = np.zeros_like(rest), rng.normal(0.0, 1e-3, rest.shape)
    steps[rng.integers(0, len(rest), 20)] = 1.0
    mix = rest + hiss + bass + (3e-4 + sign * 6e-3) * steps
    found = measure(ArraySignal.of(mix), ArraySignal.of(bass + 3e-4 * steps), 0.0)
    assert abs(found.offset) < 0.1
    assert sign > 0 or found.deviation > 0.5


def test_nothing_is_known_of_a_place_in_silence():
    silent = ArraySignal.of(np.zeros_like(REST))
    assert measure(silent, ArraySignal.of(SONG["keys"]), 5.0).deviation == np.inf


def test_parts_that_agree_leave_no_doubt():
    peak = np.sinc(0.5 * np.arange(-20, 21))
    assert deviation_of(np.tile(peak, (8, 1)), 8 * peak, 20) < 1e-3
    apart = np.array([np.roll(peak, step) for step in (-2, -1, 0, 0, 1, 2)])
    assert deviation_of(apart, apart.sum(axis=0), 20) > 0.3
