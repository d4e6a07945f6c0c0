import numpy as np
import pytest
from scipy.signal import freqz_sos, sosfilt

from stembridge.audio.k_weighting import CHUNK_FRAMES, KWeighting, k_weighting_sections
from stembridge.units import Hertz

PRINTED_IN_BS_1770 = [
    [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585],
    [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621],
]


def test_at_48_kilohertz_the_coefficients_are_those_that_bs_1770_prints() -> None:
    assert np.abs(k_weighting_sections(Hertz(48_000)) - PRINTED_IN_BS_1770).max() < 1e-12


@pytest.mark.parametrize("rate", [22_050, 44_100, 96_000, 192_000])
def test_other_rates_weigh_a_frequency_alike(rate: int) -> None:
    hertz = [25.0, 38.0, 100.0, 1000.0, 2000.0]
    wanted = freqz_sos(k_weighting_sections(Hertz(48_000)), hertz, fs=48_000)[1]
    found = freqz_sos(k_weighting_sections(Hertz(rate)), hertz, fs=rate)[1]
    assert 20.0 * np.log10(np.abs(found / wanted)) == pytest.approx([0.0] * 5, abs=0.15)


@pytest.mark.parametrize("channels", [1, 3, 64])
@pytest.mark.parametrize("rate", [3_400, 44_100, 192_000])
def test_the_unrolled_filter_equals_the_plain_recursion(rate: int, channels: int) -> None:
    sound = np.random.default_rng(2).normal(0.1, 0.3, (channels, 3 * CHUNK_FRAMES)).astype(np.float32)
    weighting = KWeighting(Hertz(rate), channels)
    found = np.hstack([weighting.filter(chunk).copy() for chunk in np.split(sound, 3, axis=1)])
    expected = sosfilt(k_weighting_sections(Hertz(rate)), sound.astype(np.float64), axis=1)
    assert np.abs(found - expected).max() < 2e-11


def test_the_echo_of_a_sound_fades_to_exact_silence() -> None:
    weighting = KWeighting(Hertz(48_000), 1)
    weighting.filter(np.ones((1, CHUNK_FRAMES), np.float32))
    quiet = [weighting.filter(np.zeros((1, CHUNK_FRAMES), np.float32)).any() for _ in range(4)]
    assert quiet[0]
    assert not quiet[-1]
