import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import firwin, lfilter, resample

from stembridge.audio.true_peak import ROW, TAPS, TruePeak, interpolator, oversampling
from stembridge.units import Hertz


def read(signal: np.ndarray, rate: int = 48_000, *, rows: int = 7) -> float:
    """Feed a mono signal, followed by silence, in chunks of some rows."""
    step = rows * ROW
    padded = np.pad(signal, (ROW, TAPS + -(len(signal) + TAPS) % step)).astype(np.float32)[np.newaxis]
    peaks = TruePeak(Hertz(rate), 1)
    for start in range(0, padded.shape[1] - ROW, step):
        assert peaks.add(padded[:, start : start + ROW + step])
    return float(peaks.true_peaks[0])


def everything_interpolated(signal: np.ndarray, rate: int = 48_000) -> float:
    """The same filters, over every sample, by plain convolution."""
    signal = np.pad(signal, (0, TAPS))
    between = [np.convolve(signal, taps[::-1]) for taps in interpolator(oversampling(Hertz(rate)))]
    return float(max(np.abs(values).max() for values in [signal, *between]))


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 2**32 - 1),
    frames=st.integers(1, 4000),
    crest=st.floats(0.2, 6.0),
    rows=st.integers(1, 30),
    rate=st.sampled_from([44_100, 96_000, 192_000]),
)
def test_what_is_left_out_never_held_the_peak(seed, frames, crest, rows, rate) -> None:
    values = np.random.default_rng(seed).normal(0.0, 1.0, frames)
    signal = np.float32(np.sign(values) * np.abs(values) ** crest)
    expected = everything_interpolated(signal.astype(np.float64), rate)
    assert read(signal, rate, rows=rows) == pytest.approx(expected, rel=2e-6)


def test_the_worst_burst_is_found_wherever_it_lies() -> None:
    taps = interpolator(4)[1]
    burst = np.sign(taps)[:-1]
    overshoot = np.abs(taps[:-1]).sum()
    for start in range(100, 100 + ROW):
        signal = np.zeros(400)
        signal[0], signal[start : start + len(burst)] = 0.999 * overshoot, burst
        assert read(signal) == pytest.approx(overshoot, rel=1e-6)


@pytest.mark.parametrize("cut", [0.5, 0.8, 0.9])
def test_noise_peaks_where_an_ideal_interpolation_peaks(cut: float) -> None:
    noise = np.random.default_rng(7).normal(0.0, 0.1, 48_000)
    limited = lfilter(firwin(511, cut), 1.0, noise)
    ideal = np.abs(resample(limited, 4 * len(limited))).max()
    assert 20.0 * np.log10(read(limited) / ideal) == pytest.approx(0.0, abs=0.02)


@pytest.mark.parametrize("hertz", np.linspace(20.0, 20_000.0, 12))
def test_the_interpolator_is_flat_up_to_20_kilohertz_at_44100(hertz: float) -> None:
    turn = np.exp(-2j * np.pi * hertz / 44_100 * np.arange(TAPS))
    assert 20.0 * np.log10(np.abs(interpolator(4) @ turn)) == pytest.approx([0.0] * 3, abs=0.06)


def test_an_overshoot_between_two_chunks_is_seen() -> None:
    step = 2 * ROW
    signal = np.zeros(3 * step)
    signal[step - 1 : step + 1] = 1.0
    assert read(signal, rows=2) == pytest.approx(everything_interpolated(signal), rel=1e-6)
    assert read(signal, rows=2) > 1.2


def test_an_overshoot_after_the_last_sample_is_seen() -> None:
    signal = np.cos(np.pi * (np.arange(100) - 99.5))[:100]
    assert read(signal) == pytest.approx(everything_interpolated(signal), rel=1e-6)


@pytest.mark.parametrize(
    ("rate", "factor"), [(8_000, 4), (48_000, 4), (88_200, 4), (96_000, 2), (176_400, 2), (192_000, 1)]
)
def test_low_rates_are_oversampled_more(rate: int, factor: int) -> None:
    assert oversampling(Hertz(rate)) == factor


def test_a_chunk_with_nan_is_not_taken() -> None:
    peaks = TruePeak(Hertz(48_000), 1)
    samples = np.ones((1, 4 * ROW), np.float32)
    samples[0, 130] = np.nan
    assert not peaks.add(samples)
    assert peaks.true_peaks[0] == 0.0
