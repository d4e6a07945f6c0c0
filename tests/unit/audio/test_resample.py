"""Rate conversion: exact length, no delay, no level change, no edge, whatever the blocks."""

import shutil
import subprocess
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.audio.resample import resample_blocks
from stembridge.audio.sound import Block
from stembridge.errors import ConformError
from stembridge.units import Hertz, Samples, samples_to_rate

RATES = (
    8_000,
    11_025,
    22_050,
    32_000,
    44_056,
    44_100,
    47_952,
    48_000,
    48_048,
    88_200,
    96_000,
    176_400,
    192_000,
)
COMMON = [
    (44_100, 48_000),
    (48_000, 44_100),
    (96_000, 48_000),
    (192_000, 44_100),
    (48_000, 47_952),
    (44_056, 48_001),
]


def cut(sound: Block, frames: int) -> Iterator[Block]:
    return (sound[start : start + frames] for start in range(0, len(sound), frames))


def convert(sound: Block, source: int, target: int, *, block: int = 65_536) -> Block:
    blocks = resample_blocks(
        cut(sound, block), Hertz(source), Hertz(target), channels=sound.shape[1], frames=Samples(len(sound))
    )
    return np.concatenate([np.zeros((0, sound.shape[1]), np.float32), *blocks])


def noise(frames: int, channels: int = 1) -> Block:
    return (np.random.default_rng(1).standard_normal((frames, channels)) * 0.1).astype(np.float32)


def level_and_delay(sound: Block, rate: int, frequency: float) -> tuple[float, float]:
    """Measure a tone that began at phase 0: amplitude, and delay in frames, over whole periods."""
    period = rate // int(np.gcd(rate, int(frequency)))
    start, stop = period * -(-2000 // period), len(sound) // period * period - period * -(-2000 // period)
    turn = np.exp(-2j * np.pi * frequency / rate * np.arange(start, stop))
    phasor = 2j * np.mean(sound[start:stop, 0] * turn)
    return abs(phasor), -np.angle(phasor) / (2 * np.pi * frequency) * rate


@settings(deadline=None, max_examples=60)
@given(
    source=st.sampled_from(RATES),
    target=st.sampled_from(RATES),
    frames=st.integers(0, 20_000),
    channels=st.integers(1, 3),
)
def test_the_length_is_exact(source: int, target: int, frames: int, channels: int) -> None:
    converted = convert(noise(frames, channels), source, target, block=4096)
    wanted = samples_to_rate(Samples(frames), Hertz(source), Hertz(target))
    assert converted.shape == (wanted, channels)
    assert converted.dtype == np.float32


@pytest.mark.parametrize("frames", range(8))
@pytest.mark.parametrize(
    ("source", "target"), [(96_000, 48_000), (192_000, 8_000), (8_000, 192_000), (44_100, 44_101)]
)
def test_tiny_lengths_are_exact(source: int, target: int, frames: int) -> None:
    wanted = samples_to_rate(Samples(frames), Hertz(source), Hertz(target))
    assert len(convert(noise(frames), source, target)) == wanted


@pytest.mark.parametrize(("source", "target"), COMMON)
@pytest.mark.parametrize("place", [0, 1, 777, 30_000, 59_900])
def test_an_impulse_lands_where_it_should(source: int, target: int, place: int) -> None:
    sound = np.zeros((60_000, 1), np.float32)
    sound[place] = 0.5
    converted = convert(sound, source, target)[:, 0]
    wanted = place * target / source
    assert abs(int(np.argmax(np.abs(converted))) - wanted) <= 0.5


@pytest.mark.parametrize(("source", "target"), COMMON)
def test_a_tone_keeps_level_and_phase_to_the_end(source: int, target: int) -> None:
    sound = 0.5 * np.sin(2 * np.pi * 1000 / source * np.arange(source * 20))
    level, delay = level_and_delay(convert(sound.astype(np.float32)[:, None], source, target), target, 1000.0)
    assert 20 * np.log10(level / 0.5) == pytest.approx(0.0, abs=0.0005)
    assert abs(delay) < 0.002


def test_a_constant_keeps_its_value() -> None:
    converted = convert(np.full((44_100, 1), 0.25, np.float32), 44_100, 48_000)
    assert np.abs(converted[2000:-2000] - 0.25).max() < 1e-6


@pytest.mark.parametrize(("source", "target"), COMMON)
def test_sound_in_the_first_frame_is_as_clean_as_later_sound(source: int, target: int) -> None:
    sound, lead = noise(8000), source
    later = convert(np.concatenate([np.zeros((lead, 1), np.float32), sound]), source, target)[target:]
    assert np.abs(convert(sound, source, target) - later).max() < 3e-5


@settings(deadline=None, max_examples=20)
@given(block=st.integers(1, 9000), rates=st.sampled_from(COMMON))
def test_the_cut_into_blocks_changes_nothing(block: int, rates: tuple[int, int]) -> None:
    sound = noise(9000, 2)
    assert np.array_equal(convert(sound, *rates, block=block), convert(sound, *rates))


def test_stems_still_sum_to_their_mix() -> None:
    first, second = noise(20_000), np.roll(noise(20_000), 5000)
    parts = convert(first, 44_100, 48_000) + convert(second, 44_100, 48_000)
    assert np.abs(parts - convert(first + second, 44_100, 48_000)).max() < 2e-7


def test_equal_rates_pass_through_untouched() -> None:
    sound = noise(1000, 64)
    blocks = list(
        resample_blocks(iter([sound]), Hertz(48_000), Hertz(48_000), channels=64, frames=Samples(1000))
    )
    assert blocks[0] is sound


def test_64_channels_stay_apart() -> None:
    sound = np.zeros((2000, 64), np.float32)
    sound[1000, 17] = 1.0
    converted = convert(sound, 48_000, 96_000)
    assert np.abs(converted[:, 17]).max() > 0.9
    assert not np.delete(converted, 17, axis=1).any()


@pytest.mark.parametrize("rates", [(44_100, 48_000), (48_000, 48_000)])
@pytest.mark.parametrize("announced", [999, 1001])
def test_a_stream_of_another_length_than_announced_is_refused(announced: int, rates: tuple[int, int]) -> None:
    blocks = iter([noise(1000)])
    with pytest.raises(ConformError, match="announced"):
        list(resample_blocks(blocks, Hertz(rates[0]), Hertz(rates[1]), channels=1, frames=Samples(announced)))


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_the_sound_is_that_of_ffmpeg() -> None:
    sound = noise(44_100)
    sound = convert(convert(sound, 44_100, 11_025), 11_025, 44_100)  # nothing near the band edge
    command = ["ffmpeg", "-v", "error", "-f", "f32le", "-ar", "44100", "-ac", "1", "-i", "-"]
    command += ["-af", "aresample=48000:filter_size=256:phase_shift=14:cutoff=0.95:internal_sample_fmt=dblp"]
    told = subprocess.run(
        [*command, "-f", "f32le", "-"], input=sound.tobytes(), capture_output=True, check=True
    )
    theirs = np.frombuffer(told.stdout, np.float32)
    ours = convert(sound, 44_100, 48_000)[:, 0]
    assert np.abs(theirs[2000:-2000] - ours[2000 : len(theirs) - 2000]).max() < 1e-4
