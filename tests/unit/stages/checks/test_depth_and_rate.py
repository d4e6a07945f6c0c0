"""Fake depth and upsampling: planted, and sound that only looks like it."""

import electronic
import numpy as np
import planted
import pytest
from examining import RATE, found, hiss, tone

RNG = np.random.default_rng(9)


@pytest.mark.parametrize("gain", [1.0, 0.5, 0.731, 1.3])
@pytest.mark.parametrize("bits", [24, 32])
def test_sixteen_bits_in_a_deeper_file_are_found_after_any_gain(tmp_path, gain, bits):
    sixteen = np.round(hiss(level=0.05) * 32_768) / 32_768
    finding = found(tmp_path, (sixteen * gain).astype(np.float32), bits=bits)["fake-depth"]
    assert finding.measured == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(("bits", "level"), [(24, 0.05), (32, 0.05), (24, 0.001), (16, 0.05)])
def test_true_depth_is_left_alone(tmp_path, bits, level):
    assert "fake-depth" not in found(tmp_path, hiss(level=level), bits=bits)


def test_sixteen_bits_between_long_rests_are_found(tmp_path):
    sound = np.concatenate((hiss(1.0, level=0.05), np.zeros((4 * RATE, 2), np.float32)))
    assert "fake-depth" in found(tmp_path, planted.sixteen_bits(sound, np.random.default_rng(2)))


def test_a_sixteen_bit_file_holds_what_it_says(tmp_path):
    assert "fake-depth" not in found(tmp_path, planted.sixteen_bits(hiss(), RNG), bits=16)


@pytest.mark.parametrize("kind", ["square", "held noise", "crushed", "super saw"])
def test_few_values_are_no_fake_depth(tmp_path, kind):
    stem = electronic.stem(kind, 1)
    assert "fake-depth" not in found(tmp_path, stem.sound, rate=stem.rate)


@pytest.mark.parametrize(("source", "target"), [(44_100, 48_000), (48_000, 96_000), (22_050, 44_100)])
def test_another_rate_before_is_found(tmp_path, source, target):
    up = planted.resampled(hiss(3.0, rate=source), source, target)
    assert "upsampled" in found(tmp_path, up, rate=target)


def test_full_and_dark_sound_at_its_own_rate_is_left_alone(tmp_path):
    sounds = [
        hiss(3.0),
        tone(440.0),
        *(planted.dark(RATE, corner, 3.0, 1, 3.0) for corner in (3e3, 9e3, 15e3)),
    ]
    for sound in sounds:
        assert "upsampled" not in found(tmp_path, sound)


def test_a_voice_that_falls_to_its_breath_is_not_upsampled(tmp_path):
    frequency = np.fft.rfftfreq(3 * RATE, 1 / RATE)
    level = np.interp(
        frequency, (0.0, 3_700.0, 4_000.0, 4_600.0, 5_200.0, 24_000.0), (0, 0, -20, -22, -32, -36)
    )
    spectrum = np.fft.rfft(hiss(3.0, channels=1)[:, 0]) * 10 ** (level / 20)
    assert "upsampled" not in found(tmp_path, np.fft.irfft(spectrum).astype(np.float32))
