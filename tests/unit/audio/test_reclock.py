"""The clock corrected: against the same tones computed at the times where they should have been taken."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from stembridge.audio.reclock import REACH, Clock, reclock_blocks
from stembridge.errors import ConformError
from stembridge.units import Hertz, Samples

RATE = Hertz(48_000)
FRAMES = Samples(30_000)
TONES = (40.0, 997.0, 6_000.5, 11_333.0, 15_000.0)


def tones(times: NDArray[np.float64]) -> NDArray[np.float32]:
    """Five tones, other ones on the right, faded in and out within the sound."""
    end = FRAMES / RATE
    fade = np.clip(np.minimum(times, end - times) / 0.05, 0.0, 1.0)
    left = sum(np.sin(2 * np.pi * tone * times + tone) for tone in TONES)
    right = sum(np.cos(2 * np.pi * 0.9 * tone * times) for tone in TONES)
    shaped = np.sin(np.pi / 2 * fade) ** 4
    return (0.1 * np.stack([left, right], axis=1) * shaped[:, np.newaxis]).astype(np.float32)


def corrected(
    sound: NDArray[np.float32], clock: Clock, *, target: Hertz = RATE, block: int = 7_001
) -> NDArray[np.float32]:
    blocks = (sound[start : start + block] for start in range(0, len(sound), block))
    made = reclock_blocks(blocks, RATE, target, clock, channels=2, frames=Samples(len(sound)))
    return np.concatenate(list(made))


def apart(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """Return the largest difference in dBFS of two sounds of nearly one length."""
    size = min(len(first), len(second))
    assert abs(len(first) - len(second)) <= 1
    return float(20 * np.log10(np.abs(first[:size] - second[:size]).max() + 1e-12))


@pytest.mark.parametrize("ppm", [-1_000.0, -33.3, 2.5, 80.0, 1_001.0])
def test_a_clock_that_ran_off_is_brought_back(ppm: float) -> None:
    clock = Clock(drift_ppm=ppm)
    heard = tones(np.arange(round(FRAMES * (1 + ppm * 1e-6))) / clock.rate(RATE))
    assert apart(corrected(heard, clock), tones(np.arange(FRAMES) / RATE)) < -120.0


@given(delay=st.floats(-0.99, 0.99))
@settings(deadline=None, max_examples=15)
def test_a_place_between_samples_is_moved_by_any_part_of_one(delay: float) -> None:
    moved = corrected(tones(np.arange(FRAMES) / RATE), Clock(delay=delay))
    assert apart(moved, tones((np.arange(FRAMES) - delay) / RATE)) < -120.0


@pytest.mark.parametrize("target", [Hertz(44_100), Hertz(96_000)])
def test_clock_place_and_rate_are_changed_at_once(target: Hertz) -> None:
    clock = Clock(drift_ppm=45.0, delay=-0.4)
    heard = tones(np.arange(round(FRAMES * (1 + 45e-6))) / clock.rate(RATE))
    wanted = tones((np.arange(round(FRAMES * target / RATE)) + 0.4) / target)
    assert apart(corrected(heard, clock, target=target), wanted) < -115.0


@pytest.mark.parametrize("clock", [Clock(delay=0.3), Clock(drift_ppm=20.0), Clock(-70.0, 0.5)])
@pytest.mark.parametrize("frames", [1, 2 * REACH, 5_000])
def test_the_length_is_that_which_was_promised(clock: Clock, frames: int) -> None:
    sound = np.ones((frames, 2), np.float32)
    assert len(corrected(sound, clock, block=100)) == clock.frames(Samples(frames), RATE, RATE)


@pytest.mark.parametrize("clock", [Clock(delay=0.3), Clock(drift_ppm=20.0)])
def test_the_blocks_do_not_change_the_sound(clock: Clock) -> None:
    sound = tones(np.arange(FRAMES) / RATE)
    assert apart(corrected(sound, clock, block=311), corrected(sound, clock, block=20_000)) < -140.0


def test_a_stream_that_ends_too_soon_is_not_filled_up() -> None:
    made = reclock_blocks(
        iter([np.zeros((10, 2), np.float32)]), RATE, RATE, Clock(9.0), channels=2, frames=FRAMES
    )
    with pytest.raises(ConformError):
        list(made)


def test_nothing_to_correct_is_said_so() -> None:
    assert Clock().keeps_samples
    assert not Clock(delay=0.1).keeps_samples
