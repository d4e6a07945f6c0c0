"""The test signals of EBU Tech 3341 (2023) and Tech 3342 that a formula can make, with their tolerances.

Levels are peak levels of a 1 kHz sine; cases 7, 8 of Tech 3341 and 5, 6 of Tech 3342 are recorded programmes.
"""

from collections.abc import Sequence

import numpy as np
import pytest
from scipy.signal import firwin, lfilter

from stembridge.audio.meter import Measurement, Meter, measure
from stembridge.audio.sound import Block
from stembridge.units import Hertz

RATE = Hertz(48_000)
SILENCE = -1000.0

Part = tuple[float, float]


def tones(*parts: Part, rate: Hertz = RATE, channels: int = 2) -> Block:
    """Make a 1 kHz sine that goes on while its level changes: (dBFS, seconds) for each part."""
    frames = [round(seconds * rate) for _, seconds in parts]
    levels = np.repeat([10.0 ** (level / 20.0) for level, _ in parts], frames)
    tone = levels * np.sin(2.0 * np.pi * 1000.0 / rate * np.arange(len(levels)))
    return np.repeat(tone[:, np.newaxis], channels, axis=1).astype(np.float32)


def read(sound: Block, rate: Hertz = RATE) -> Measurement:
    return measure([sound], rate, sound.shape[1])


INTEGRATED: dict[int, tuple[Sequence[Part], float]] = {
    1: ([(-23.0, 20.0)], -23.0),
    2: ([(-33.0, 20.0)], -33.0),
    3: ([(-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)], -23.0),
    4: ([(-72.0, 10.0), (-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0), (-72.0, 10.0)], -23.0),
    5: ([(-26.0, 20.0), (-20.0, 20.1), (-26.0, 20.0)], -23.0),
}


@pytest.mark.parametrize("rate", [11_025, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("case", INTEGRATED)
def test_integrated_loudness_of_tech_3341_cases_1_to_5(case: int, rate: int) -> None:
    parts, expected = INTEGRATED[case]
    reading = read(tones(*parts, rate=Hertz(rate)), Hertz(rate))
    assert reading.integrated == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("case", [1, 2])
def test_momentary_and_short_term_loudness_of_tech_3341_cases_1_and_2(case: int) -> None:
    parts, expected = INTEGRATED[case]
    reading = read(tones(*parts))
    assert reading.max_momentary == pytest.approx(expected, abs=0.1)
    assert reading.short_term == pytest.approx([expected] * 18, abs=0.1)


@pytest.mark.parametrize("lfe", [False, True])
def test_five_channels_of_tech_3341_case_6(lfe: bool) -> None:
    levels = [-28.0, -28.0, -24.0, *([SILENCE] if lfe else []), -30.0, -30.0]
    sound = np.hstack([tones((level, 20.0), channels=1) for level in levels])
    assert read(sound).integrated == pytest.approx(-23.0, abs=0.1)


def test_short_term_loudness_is_constant_in_tech_3341_case_9() -> None:
    reading = read(tones(*[(-20.0, 1.34), (-30.0, 1.66)] * 5))
    assert len(reading.short_term) == 13
    assert reading.short_term == pytest.approx([-23.0] * 13, abs=0.1)
    assert reading.max_short_term == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("i", range(20))
def test_max_short_term_loudness_of_tech_3341_case_10(i: int) -> None:
    reading = read(tones((SILENCE, i * 0.15), (-23.0, 3.0), (SILENCE, 1.0)))
    assert reading.max_short_term == pytest.approx(-23.0, abs=0.1)


def test_max_short_term_loudness_follows_a_live_signal_in_tech_3341_case_11() -> None:
    meter = Meter(RATE, 2)
    for i in range(20):
        meter.add(tones((SILENCE, i * 0.15), (-38.0 + i, 3.0), (SILENCE, 3.0 - i * 0.15)))
        assert meter.result().max_short_term == pytest.approx(-38.0 + i, abs=0.1)


def test_max_momentary_loudness_of_tech_3341_case_12() -> None:
    reading = read(tones(*[(-20.0, 0.18), (-30.0, 0.22)] * 25))
    assert reading.max_momentary == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("i", range(20))
def test_max_momentary_loudness_of_tech_3341_case_13(i: int) -> None:
    reading = read(tones((SILENCE, i * 0.02), (-23.0, 0.4), (SILENCE, 1.0)))
    assert reading.max_momentary == pytest.approx(-23.0, abs=0.1)


def test_max_momentary_loudness_follows_a_live_signal_in_tech_3341_case_14() -> None:
    meter = Meter(RATE, 2)
    for i in range(20):
        meter.add(tones((SILENCE, i * 0.02), (-38.0 + i, 0.4), (SILENCE, 0.4 - i * 0.02)))
        assert meter.result().max_momentary == pytest.approx(-38.0 + i, abs=0.1)


def stereo(signal: np.ndarray) -> Block:
    return np.stack([signal, signal], axis=1).astype(np.float32)


def assert_true_peak(reading: Measurement, expected: float) -> None:
    assert reading.true_peak is not None
    assert expected - 0.4 <= reading.true_peak <= expected + 0.2


STEADY = {
    15: (4, 0.0, 0.50, -6.0),
    16: (4, 45.0, 0.50, -6.0),
    17: (6, 60.0, 0.50, -6.0),
    18: (8, 67.5, 0.50, -6.0),
    19: (4, 45.0, 1.41, 3.0),
}


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("case", STEADY)
def test_true_peak_of_tech_3341_cases_15_to_19(case: int, rate: int) -> None:
    divisor, degrees, amplitude, expected = STEADY[case]
    frames = np.arange(rate)
    fade = np.minimum(1.0, np.minimum(frames, frames[::-1]) / (0.01 * rate))
    tone = amplitude * fade * np.sin(2.0 * np.pi * frames / divisor + np.radians(degrees))
    assert_true_peak(read(stereo(tone), Hertz(rate)), expected)


@pytest.mark.parametrize("offset", range(4))
def test_true_peak_of_tech_3341_cases_20_to_23(offset: int) -> None:
    quiet, loud = np.sin(2.0 * np.pi * np.arange(24) / 24), np.sin(2.0 * np.pi * np.arange(16) / 16)
    burst = np.concatenate([np.tile(0.5 * quiet, 1000), loud, np.tile(0.5 * quiet, 1000)])
    fade = np.minimum(1.0, np.minimum(np.arange(len(burst)), np.arange(len(burst))[::-1]) / 1920.0)
    limited = lfilter(firwin(1023, 0.25), 1.0, burst * fade)
    assert_true_peak(read(stereo(limited[offset::4])), 0.0)


RANGES = {
    1: ([-20.0, -30.0], 10.0),
    2: ([-20.0, -15.0], 5.0),
    3: ([-40.0, -20.0], 20.0),
    4: ([-50.0, -35.0, -20.0, -35.0, -50.0], 15.0),
}


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize("case", RANGES)
def test_loudness_range_of_tech_3342_cases_1_to_4(case: int, rate: int) -> None:
    levels, expected = RANGES[case]
    reading = read(tones(*[(level, 20.0) for level in levels], rate=Hertz(rate)), Hertz(rate))
    assert reading.loudness_range == pytest.approx(expected, abs=1.0)
