"""The filterbanks, against their definitions; and what the statistics say of curves made by hand."""

import numpy as np
import pytest

from stembridge.stages.checks.codecs.dip import scores_of
from stembridge.stages.checks.codecs.mdct import kaiser_window, mdct, power_window, sine_window
from stembridge.stages.checks.codecs.polyphase import TAPS, analysis_matrix
from stembridge.stages.checks.codecs.steady import telling

RNG = np.random.default_rng(4)
WINDOWS = [sine_window(128), kaiser_window(128), power_window(128), power_window(128, 16)]


def test_the_transform_is_that_of_its_definition():
    frame = RNG.standard_normal(64).astype(np.float32)
    n, k = np.arange(64), np.arange(32)[:, np.newaxis]
    expected = np.sqrt(2 / 32) * (np.cos(np.pi / 32 * (n + 0.5 + 16) * (k + 0.5)) @ frame)
    np.testing.assert_allclose(mdct(frame[np.newaxis])[0], expected, atol=1e-5)


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


def test_a_dip_in_every_frame_stands_out_and_one_in_a_single_frame_does_not():
    curves = RNG.standard_normal((20, 1024))
    single, every = curves.copy(), curves.copy()
    single[7, 300] -= 500.0
    every[:, 300] -= 2.5
    assert scores_of(single).max() < 5.0
    assert (scores_of(every).argmax(), scores_of(every).max() > 7.0) == (300, True)


def test_dips_at_many_alignments_say_nothing():
    curves = RNG.standard_normal((20, 1024))
    curves[:, ::64] -= 3.0
    assert not scores_of(curves).any()


def test_frames_with_a_step_and_frames_of_silence_tell_nothing():
    signal = (1e-3 * RNG.standard_normal(24_000)).astype(np.float32)
    signal[12_000:] *= 100.0
    told = telling(np.ones((20, 1024)), 1e-6, signal, 1024, 24)
    assert told is not None
    assert {9, 10, 11} <= set(np.flatnonzero(~told[0]).tolist()) <= {8, 9, 10, 11, 12}
    assert telling(np.zeros((20, 1024)), 1e-6, signal, 1024, 24) is None
