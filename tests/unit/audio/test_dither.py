"""Dither and exact conversions: the statistics that define TPDF, and laws."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.audio.dither import Quantiser, is_exact, quantise_blocks, to_float, widen_blocks
from stembridge.audio.samples import RAW_TYPES, first_not_finite
from stembridge.audio.sound import Block, Encoding, RawBlock
from stembridge.errors import ConformError

GOLDEN = [-1, 0, 0, 0, -1, 0, 0, 1, 0, -1, 0, 1, 1, 1, 0, 0]
INTEGERS = (Encoding.INT16, Encoding.INT24, Encoding.INT32)


def steps(block: RawBlock, encoding: Encoding) -> np.ndarray:
    """Undo the left-justification."""
    return (block >> 8 if encoding is Encoding.INT24 else block).astype(np.int64)


def constant(value: float, frames: int = 400_000) -> Block:
    return np.full((frames, 1), value, np.float32)


@pytest.mark.parametrize("encoding", [Encoding.INT16, Encoding.INT24])
@pytest.mark.parametrize("fraction", [0.0, 0.25, 0.5, 0.8125])
def test_the_error_has_no_mean_and_a_constant_power(encoding: Encoding, fraction: float) -> None:
    scale = 2 ** (encoding.bits - 1)
    value = (100 + fraction) / scale
    error = steps(Quantiser(encoding, seed=3).quantise(constant(value)), encoding) - (100 + fraction)
    assert abs(error.mean()) < 0.004
    assert error.var() == pytest.approx(0.25, abs=0.003)  # 1/6 of the dither and 1/12 of the rounding


def test_the_dither_is_triangular_and_white() -> None:
    quantiser = Quantiser(Encoding.INT24, seed=1)
    fine = steps(quantiser.quantise(constant(0.0)), Encoding.INT24)[:, 0]
    assert set(np.unique(fine)) == {-1, 0, 1}
    assert np.mean(fine == 0) == pytest.approx(0.75, abs=0.004)
    neighbours = np.mean(fine[1:] * fine[:-1]) / fine.var()
    assert abs(neighbours) < 0.006


def test_a_tone_under_one_bit_survives() -> None:
    tone = (0.4 / 32768 * np.sin(np.arange(480_000) * 2 * np.pi * 0.01)).astype(np.float32)[:, None]
    quantised = steps(Quantiser(Encoding.INT16, seed=5).quantise(tone), Encoding.INT16)[:, 0]
    level = 2 * np.abs(np.mean(quantised * np.exp(-2j * np.pi * 0.01 * np.arange(480_000))))
    assert level == pytest.approx(0.4, abs=0.01)


@settings(deadline=None, max_examples=30)
@given(cuts=st.lists(st.integers(0, 70_000), max_size=6), encoding=st.sampled_from(INTEGERS))
def test_the_cut_into_blocks_changes_nothing(cuts: list[int], encoding: Encoding) -> None:
    block = (np.random.default_rng(2).standard_normal((70_000, 3)) * 0.2).astype(np.float32)
    places = [0, *sorted(cuts), 70_000]
    parts = [block[start:stop] for start, stop in pairwise(places)]
    together = np.concatenate(list(quantise_blocks(iter(parts), encoding, seed=9)))
    assert np.array_equal(together, Quantiser(encoding, seed=9).quantise(block))


def test_the_seed_decides_the_dither() -> None:
    first, again, other = (Quantiser(Encoding.INT16, seed=s).quantise(constant(0.0, 1000)) for s in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_dither_of_a_seed_stays_the_same_from_version_to_version() -> None:
    block = Quantiser(Encoding.INT24, seed=2024).quantise(constant(0.0, 16))
    assert (block[:, 0] >> 8).tolist() == GOLDEN


@settings(deadline=None, max_examples=60)
@given(encoding=st.sampled_from(INTEGERS), value=st.floats(-1.5, 1.5, width=32))
def test_no_sample_is_more_than_a_step_and_a_half_off(encoding: Encoding, value: float) -> None:
    scale = 2 ** (encoding.bits - 1)
    quantised = steps(Quantiser(encoding, seed=1).quantise(constant(value, 50)), encoding)
    wanted = np.clip(value * scale, -scale, scale - 1)
    assert np.abs(quantised - wanted).max() <= 1.5


def test_clipped_samples_are_counted_and_held_at_full_scale() -> None:
    quantiser = Quantiser(Encoding.INT16, seed=1)
    block = np.array([[1.5, 0.0], [-1.5, 0.5], [2.0, -0.5]], np.float32)
    result = quantiser.quantise(block)
    assert (result[:, 0].tolist(), quantiser.clipped) == ([32767, -32768, 32767], 3)


@pytest.mark.parametrize("encoding", [Encoding.INT8, Encoding.FLOAT32, Encoding.FLOAT64, Encoding.LOSSY])
def test_only_integers_are_quantised_to(encoding: Encoding) -> None:
    with pytest.raises(ConformError, match="not an integer"):
        Quantiser(encoding, seed=1)


def values(encoding: Encoding) -> RawBlock:
    """Make samples that use every bit of an encoding."""
    kind = RAW_TYPES[encoding]
    generator = np.random.default_rng(4)
    if not encoding.is_integer:
        return generator.standard_normal((500, 2)).astype(kind)
    unused = np.dtype(kind).itemsize * 8 - encoding.bits
    info = np.iinfo(kind)
    return generator.integers(info.min, info.max, (500, 2), dtype=kind, endpoint=True) >> unused << unused


@pytest.mark.parametrize("source", list(Encoding))
@pytest.mark.parametrize("target", [e for e in Encoding if e is not Encoding.LOSSY])
def test_widening_is_exact_or_refused(source: Encoding, target: Encoding) -> None:
    block = values(source)
    if not is_exact(source, target):
        with pytest.raises(ConformError, match="without loss"):
            list(widen_blocks(iter([block]), source, target))
        return
    (wide,) = widen_blocks(iter([block]), source, target)
    assert wide.dtype == RAW_TYPES[target]
    assert np.array_equal(in_double(wide), in_double(block))


def in_double(block: RawBlock) -> np.ndarray:
    return block / (1.0 if block.dtype.kind == "f" else -float(np.iinfo(block.dtype).min))


@pytest.mark.parametrize(
    ("source", "target", "exact"),
    [
        (Encoding.INT16, Encoding.INT24, True),
        (Encoding.INT24, Encoding.FLOAT32, True),
        (Encoding.INT32, Encoding.FLOAT32, False),
        (Encoding.INT32, Encoding.FLOAT64, True),
        (Encoding.INT24, Encoding.INT16, False),
        (Encoding.FLOAT32, Encoding.INT32, False),
        (Encoding.FLOAT64, Encoding.FLOAT32, False),
        (Encoding.LOSSY, Encoding.FLOAT32, True),
        (Encoding.LOSSY, Encoding.INT24, False),
    ],
)
def test_what_is_exact(source: Encoding, target: Encoding, exact: bool) -> None:
    assert is_exact(source, target) is exact


def test_integers_become_floats_with_full_scale_at_one() -> None:
    assert to_float(np.array([[-32768, 16384]], np.int16)).tolist() == [[-1.0, 0.5]]
    assert to_float(np.array([[-(2**31), 2**30]], np.int32)).tolist() == [[-1.0, 0.5]]


def test_the_first_bad_sample_is_found() -> None:
    block = np.zeros((10, 2), np.float32)
    assert first_not_finite(block) is None
    block[7, 0] = np.inf
    block[3, 1] = np.nan
    assert first_not_finite(block) == (3, 1)
