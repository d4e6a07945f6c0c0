"""The parts of alignment, each against another way to the same figure."""

import numpy as np
import placed_stems
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st
from placed_stems import RATE, cut_to_start, mixed

from stembridge.stages.correlation import choose_groups, correlate, correlate_groups, sensible_lags
from stembridge.stages.drift import fit_line
from stembridge.stages.joint import Remainder, best_gains
from stembridge.stages.moved import Moved
from stembridge.stages.offset import chance_right, judged, not_found
from stembridge.stages.peaks import between_samples, highest
from stembridge.stages.search import Decimated, Haystack, search
from stembridge.stages.signals import ArraySignal, Excerpt, Folded, Signal, energies
from stembridge.stages.whitening import Frames, Noise, Whitened

SONG = placed_stems.song(2, seconds=3.0)
MIX = ArraySignal.of(mixed(SONG))
KEYS = ArraySignal.of(SONG["keys"])


def noise(frames: int, channels: int = 1, seed: int = 1) -> ArraySignal:
    return ArraySignal.of(np.random.default_rng(seed).standard_normal((frames, channels)))


VIEWS: dict[str, Signal] = {
    "array": KEYS,
    "folded": Folded(KEYS, 1),
    "spread": Folded(Folded(KEYS, 1), 2),
    "moved by a part of a sample": Moved(KEYS, 0.4),
    "moved whole": Moved(KEYS, -300.0),
    "drifting": Moved(KEYS, 12.5, 2e-4),
    "at a low rate": Decimated(KEYS, 4),
    "excerpt": Excerpt(KEYS, 5_000, 20_000),
    "whitened": Whitened(KEYS, Noise.of(MIX, RATE)),
    "remainder": Remainder(MIX, (KEYS,), (0.5,)),
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
@settings(deadline=None, max_examples=10)
@given(start=st.integers(-9_000, 80_000), length=st.integers(1, 20_000))
def test_any_part_of_a_view_is_that_part_of_the_whole(view: Signal, start: int, length: int):
    part = view.read(start, start + length)
    whole = view.read(-10_000, 110_000)[start + 10_000 :][:length]
    assert part.shape == (length, view.channels)
    np.testing.assert_allclose(part, whole, atol=1e-4 * np.abs(whole).max(initial=1.0))


@given(first=st.integers(-400, 300), count=st.integers(1, 300))
def test_correlation_is_that_of_numpy(first: int, count: int):
    mix, stem = noise(500, seed=1), noise(300, seed=2)
    full = np.correlate(
        np.pad(mix.samples[:, 0], 1_000), np.pad(stem.samples[:, 0], (1_000, 1_200)), mode="same"
    )
    middle = len(full) // 2
    wanted = [full[middle + lag] for lag in range(first, first + count)]
    np.testing.assert_allclose(correlate(mix, stem, range(first, first + count)), wanted, atol=1e-3)


def test_groups_of_loud_blocks_add_up_to_the_whole():
    stem, lags = noise(200_000, 2), range(-20, 21)
    groups = choose_groups(stem, 4, 1_000)
    curves = correlate_groups(stem, stem, lags, groups)
    np.testing.assert_allclose(curves.sum(axis=0), correlate(stem, stem, lags), rtol=1e-3, atol=1.0)
    assert [group.middle for group in groups] == sorted(group.middle for group in groups)


@given(frames=st.integers(3_000, 100_000), reference=st.integers(3_000, 100_000))
def test_lags_that_make_sense_keep_half_of_the_stem_inside(frames: int, reference: int):
    lags = sensible_lags(reference, ArraySignal.of(np.ones(frames)), None)
    if frames <= reference:
        assert lags[0] == pytest.approx(-frames / 2, abs=1_100)
        assert lags[-1] == pytest.approx(reference - frames / 2, abs=1_100)
    assert lags[0] <= 0 <= lags[-1] or frames > reference


@given(place=st.floats(40.0, 60.0), height=st.floats(0.1, 10.0), sign=st.sampled_from((1, -1)))
def test_a_band_limited_peak_is_found_between_the_samples(place: float, height: float, sign: int):
    curve = sign * height * np.sinc(0.5 * (np.arange(101) - place))
    found = between_samples(curve, int(np.abs(curve).argmax()))
    assert found.lag == pytest.approx(place, abs=0.01)
    assert found.height == pytest.approx(sign * height, rel=0.01)


def test_the_highest_peaks_are_apart():
    curve = np.zeros(100)
    curve[[20, 21, 60, 90]] = 3.0, 2.9, -2.0, 1.0
    assert [peak.lag for peak in highest(curve, -10, apart=5, most=8, least=0.4)] == [10, 50]


@given(slope=st.floats(-1e-4, 1e-4), start=st.floats(-5.0, 5.0), seed=st.integers(0, 99))
def test_a_line_is_found_among_wrong_points(slope: float, start: float, seed: int):
    rng = np.random.default_rng(seed)
    positions = np.arange(24) * 200_000.0
    delays = start + slope * positions + rng.normal(0, 0.01, 24)
    wrong = rng.choice(24, 5, replace=False)
    delays[wrong] += rng.choice((-1, 1), 5) * rng.uniform(50, 300, 5)
    line = fit_line(positions, delays, tolerance=1.0)
    assert line.slope == pytest.approx(slope, abs=3e-8)
    assert line.agreeing == pytest.approx(19 / 24)


def test_a_move_by_a_part_of_a_sample_is_that_of_a_fourier_transform():
    """The oracle is scipy's resampler by Fourier transform, eight times up: exact for sound that dies away."""
    lowpass = scipy.signal.firwin(101, 0.8)[:, None]
    sound = np.pad(scipy.signal.fftconvolve(SONG["guitar"], lowpass, axes=0), ((4_000, 4_000), (0, 0)))
    up = scipy.signal.resample(sound, 8 * len(sound), axis=0)
    moved = Moved(ArraySignal.of(sound), -3 / 8).read(0, len(sound))
    assert np.abs(moved - up[3::8]).max() < 1e-5


def test_a_drifting_clock_takes_the_frames_that_it_should():
    time = np.arange(48_000) / 48_000
    faster = Moved(ArraySignal.of(np.sin(2 * np.pi * 440 * time)), 0.0, 1e-3).read(1_000, 40_000)
    wanted = np.sin(2 * np.pi * 440 * 1.001 * time)[1_000:40_000]
    assert np.abs(faster[:, 0] - wanted).max() < 1e-3


def test_the_gains_of_a_sum_are_found_exactly():
    stems = [ArraySignal.of(sound) for sound in SONG.values()]
    gains = (0.5, -1.0, 2.0, 0.01)
    mix = ArraySignal.of(sum(gain * stem.samples for gain, stem in zip(gains, stems, strict=True)))
    np.testing.assert_allclose(best_gains(mix, stems, RATE), gains, atol=1e-5)


def test_channels_that_are_the_same_are_divided_by_no_rounding_error():
    same = ArraySignal.of(np.repeat(noise(8_000).samples, 2, axis=1))
    own = Noise(same, Frames(64), np.zeros(65, np.float32)).inverse(1, 100).own
    assert np.isfinite(own).all()
    assert (own > 0.0).all()


def test_long_files_are_searched_coarsely_and_found_as_exactly():
    stem = ArraySignal.of(cut_to_start(SONG["keys"], 4_321))
    place = search(Haystack.of(MIX, RATE), stem, full_frames=0, thorough=False)
    assert place.peaks[0].lag == 4_321
    assert place.ratio < 0.7


def test_a_low_rate_keeps_what_it_can_hold():
    low = Decimated(KEYS, 4).read(0, KEYS.frames // 4)
    assert float(np.sum(energies(ArraySignal.of(low), 1_000))) * 4 == pytest.approx(
        float(np.sum(energies(KEYS, 1_000))), rel=0.2
    )


def test_a_place_is_accepted_only_when_it_stands_alone_and_is_exact():
    def place(ratio: float, deviation: float) -> bool:
        found = judged(
            5.2, polarity=1, drift_ppm=0.0, ratio=ratio, deviation=deviation, candidates=(5.2, 9.0)
        )
        assert found.accepted == (found.reason == "")
        return found.accepted

    assert place(0.3, 0.01)
    assert not place(0.9, 0.01)
    assert not place(0.3, 2.0)
    assert not judged(5.4, polarity=1, drift_ppm=0.0, ratio=0.3, deviation=0.2, candidates=(5.4,)).accepted, (
        "the next sample is nearly as probable"
    )
    assert not not_found("It is silent.").accepted


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 5.0))
def test_confidence_falls_with_the_second_peak(one: float, other: float, deviation: float):
    low, high = sorted((one, other))
    assert 0.0 <= chance_right(high, deviation) <= chance_right(low, deviation) <= 1.0
