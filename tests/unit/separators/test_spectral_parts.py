"""The tools that ``spectral`` is made of, each against something simpler."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import median_filter

from stembridge.separators.pitch import Line, comb, follow_pitch
from stembridge.separators.rank import median_of, median_over_frequency, median_over_time
from stembridge.separators.repetition import Likeness, repeating_part
from stembridge.separators.stft import Stft
from stembridge.separators.stretches import Stretches
from stembridge.separators.wiener import filter_stems
from stembridge.units import Hertz


@settings(deadline=None, max_examples=60)
@given(count=st.integers(0, 12).map(lambda half: 2 * half + 1), seed=st.integers(0, 2**32 - 1))
def test_the_network_finds_the_median(count: int, seed: int) -> None:
    arrays = list(np.random.default_rng(seed).integers(0, 9, (count, 4, 5)).astype(np.float32))
    np.testing.assert_array_equal(median_of(arrays), np.median(arrays, axis=0))


@pytest.mark.parametrize("shape", [(3, 40), (50, 60)])
def test_running_medians_are_those_of_scipy(shape: tuple[int, int]) -> None:
    magnitudes = np.random.default_rng(1).random(shape).astype(np.float32)
    np.testing.assert_array_equal(median_over_time(magnitudes, 9, 1), median_filter(magnitudes, (9, 1)))
    np.testing.assert_array_equal(
        median_over_frequency(magnitudes, 17, 1), median_filter(magnitudes, (1, 17))
    )


@settings(deadline=None, max_examples=60)
@given(frames=st.integers(1, 700), size=st.integers(1, 300), overlap=st.integers(1, 49))
def test_stretches_cut_and_joined_are_the_sound_again(frames: int, size: int, overlap: int) -> None:
    sound = np.random.default_rng(frames).normal(size=(frames, 2)).astype(np.float32)
    stretches = Stretches(frames, 100, overlap)
    cut = list(stretches.cut([sound[at : at + size] for at in range(0, frames, size)], 2))
    assert len(cut) == stretches.count
    np.testing.assert_array_equal(np.concatenate(list(stretches.join(cut))), sound)


def test_a_stretch_fades_into_the_next_without_a_step() -> None:
    stretches = Stretches(1_000, 300, 100)
    loud_and_silent = [
        np.full_like(stretch, index % 2)
        for index, stretch in enumerate(stretches.cut([np.zeros((1_000, 1), np.float32)], 1))
    ]
    joined = np.concatenate(list(stretches.join(loud_and_silent)))
    assert np.abs(np.diff(joined[:, 0])).max() < 1.01 / 100


@pytest.mark.parametrize("rate", [8_000, 44_100, 47_999, 192_000])
def test_sound_comes_back_from_its_spectra(rate: int) -> None:
    stft = Stft.at(Hertz(rate))
    sound = np.random.default_rng(2).normal(size=(rate // 3, 2)).astype(np.float32)
    spectra = stft.forward(sound)
    hops = stft.silence(*spectra.shape[:2])
    stft.add(hops, spectra[:, :5], 0)
    stft.add(hops, spectra[:, 5:], 5)
    np.testing.assert_allclose(stft.sound(hops, len(sound)), sound, atol=1e-5)


def test_what_does_not_repeat_is_not_in_the_repeating_part() -> None:
    bar = np.random.default_rng(3).random((40, 30)).astype(np.float32)
    song = np.tile(bar, (8, 1))
    with_guest = song.copy()
    with_guest[90:100, 7] += 5.0
    model = repeating_part(with_guest, with_guest, Likeness(count=5, apart=10, context=2))
    np.testing.assert_array_equal(model, song)


@pytest.mark.parametrize("hertz", [110.0, 220.0, 466.2])
def test_a_pitch_is_followed_through_its_vibrato(hertz: float) -> None:
    stft = Stft.at(Hertz(44_100))
    time = np.arange(44_100 * 2) / 44_100
    pitch = hertz * (1 + 0.02 * np.sin(2 * np.pi * 5.5 * time))
    phase = 2 * np.pi * np.cumsum(pitch) / 44_100
    sound = sum(np.sin(number * phase) / number for number in range(1, 10))
    levels = np.sqrt(np.abs(stft.forward(sound[:, None].astype(np.float32))[0]))
    found = follow_pitch(levels, float(stft.hertz[1]), Line(80.0, 900.0, 10, 0.9))
    truth = pitch[:: stft.hop][10:70]
    assert np.abs(1200 * np.log2(found[11:71] / truth)).max() < 40


def test_a_comb_is_one_at_harmonics_and_nothing_between() -> None:
    near = comb(np.array([100.0], np.float32), 101, 10.0, harmonics=5, width=1.0, spread=0.0)[0]
    np.testing.assert_allclose(near[[10, 20, 30, 40, 50]], 1.0)
    assert near[[5, 15, 25, 35, 45]].max() < 1e-6
    assert near[60] < 1e-6


def test_the_wiener_filter_tells_sources_apart_by_their_places() -> None:
    """Two noises over the same bins, left and right, with masks that hardly know which is which."""
    rng = np.random.default_rng(4)
    noises = (rng.normal(size=(2, 400, 20)) + 1j * rng.normal(size=(2, 400, 20))).astype(np.complex64)
    loudness = np.abs(noises) ** 2
    masks = (0.25 + 0.5 * loudness / loudness.sum(axis=0)).astype(np.float32)
    made = np.concatenate([stems for _, stems in filter_stems(noises, masks)], axis=2)
    np.testing.assert_allclose(made.sum(axis=0), noises, atol=1e-4)
    by_mask = np.linalg.norm(masks[0] * noises - [noises[0], 0 * noises[1]])
    assert np.linalg.norm(made[0] - [noises[0], 0 * noises[1]]) < by_mask / 1.4
