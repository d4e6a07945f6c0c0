"""The meter against libebur128, which everybody else's meter is compared with.

Seen, in LU: 5e-10 up to 48 kHz, 9e-9 at 96 kHz, 2e-7 at 192 kHz. The difference is libebur128's rounding: its
filter is one section of the fourth order, ours stays within 2e-11 of extended precision. Sample peaks are
equal. True peaks are within 0.07 dB on tones and music; on white noise libebur128, whose 12 taps a phase
fall off towards the upper band edge, reads up to 0.7 dB less.
"""

import numpy as np
import pytest

from stembridge.audio.meter import Measurement, measure
from stembridge.audio.sound import Block
from stembridge.units import Hertz

library = pytest.importorskip("pyebur128", reason="pyebur128 is not installed")


def peer(sound: Block, rate: int) -> "library.R128State":
    mode = library.MeasurementMode
    state = library.R128State(sound.shape[1], rate, mode.MODE_I | mode.MODE_LRA | mode.MODE_TRUE_PEAK)
    state.add_frames(np.ascontiguousarray(sound).ravel(), len(sound))
    return state


def read(sound: Block, rate: int) -> Measurement:
    return measure(np.array_split(sound, 7), Hertz(rate), sound.shape[1])


def noise(rate: int, channels: int, seconds: float = 8.0) -> Block:
    return np.random.default_rng(rate + channels).normal(0.0, 0.1, (round(rate * seconds), channels))


def sines(rate: int, channels: int, seconds: float = 8.0) -> Block:
    time = np.arange(round(rate * seconds))[:, np.newaxis] / rate
    pitch = 110.0 * 2.0 ** np.arange(channels)
    return 0.3 * np.sin(2.0 * np.pi * pitch * time)


def song(rate: int, channels: int, seconds: float = 12.0) -> Block:
    """Decaying notes over a bass, with a quiet passage and a digital silence."""
    time = np.arange(round(rate * seconds))[:, np.newaxis] / rate
    beat = np.exp(-6.0 * (time % 0.5)) * np.sin(2.0 * np.pi * 330.0 * (1.0 + np.floor(time) % 5) * time)
    part = np.select([time < 6.0, time < 9.0, time < 10.0], [1.0, 0.05, 0.0], 0.4)
    return part * (0.5 * beat + 0.2 * np.sin(2.0 * np.pi * 55.0 * time)) * np.linspace(0.5, 1.0, channels)


SEEN = {8_000: 1e-10, 22_050: 1e-9, 44_100: 1e-8, 48_000: 1e-8, 96_000: 1e-7, 192_000: 2e-6}


@pytest.mark.parametrize("make", [noise, sines, song])
@pytest.mark.parametrize(
    ("rate", "channels"), [(r, c) for r in SEEN for c in (1, 2)] + [(48_000, 4), (48_000, 5), (48_000, 6)]
)
def test_loudness_and_range_equal_libebur128(rate, channels, make) -> None:
    sound = make(rate, channels).astype(np.float32)
    theirs, ours = peer(sound, rate), read(sound, rate)
    assert ours.integrated == pytest.approx(library.get_loudness_global(theirs), abs=SEEN[rate])
    assert ours.loudness_range == pytest.approx(library.get_loudness_range(theirs), abs=SEEN[rate])


@pytest.mark.parametrize("make", [noise, song])
def test_loudness_is_near_libebur128_where_a_block_is_no_whole_number_of_samples(make) -> None:
    # libebur128 rounds 100 ms up to 1103 samples, so its windows drift away from the clock.
    sound = make(11_025, 2).astype(np.float32)
    expected = library.get_loudness_global(peer(sound, 11_025))
    assert read(sound, 11_025).integrated == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("make", [noise, song])
def test_maxima_equal_those_of_libebur128_asked_every_10_ms(make) -> None:
    sound = make(48_000, 2).astype(np.float32)
    state = library.R128State(2, 48_000, library.MeasurementMode.MODE_S)
    momentary, short_term = [], []
    for start in range(0, len(sound), 480):
        state.add_frames(sound[start : start + 480].ravel(), 480)
        momentary.append(library.get_loudness_momentary(state))
        short_term.append(library.get_loudness_shortterm(state))
    ours = read(sound, 48_000)
    assert ours.max_momentary == pytest.approx(max(momentary[39:]), abs=1e-9)
    assert ours.max_short_term == pytest.approx(max(short_term[299:]), abs=1e-9)
    assert ours.short_term == pytest.approx(short_term[299::100], abs=1e-9)


@pytest.mark.parametrize("make", [sines, song])
@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
def test_peaks_are_those_of_libebur128(rate, make) -> None:
    sound = make(rate, 2).astype(np.float32)
    theirs, ours = peer(sound, rate), read(sound, rate)
    for channel in range(2):
        sample = 20.0 * np.log10(library.get_sample_peak(theirs, channel))
        true = 20.0 * np.log10(library.get_true_peak(theirs, channel))
        assert ours.channel_sample_peaks[channel] == pytest.approx(sample, abs=1e-6)
        assert ours.channel_true_peaks[channel] == pytest.approx(true, abs=0.07)
