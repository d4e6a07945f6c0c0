from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.audio.loudness import (
    BlockEnergies,
    block_edges,
    gated_power,
    loudness_range,
    power_to_lufs,
    whole_blocks,
    window_powers,
)
from stembridge.units import Hertz


def powers(*lufs: float) -> np.ndarray:
    return 10.0 ** ((np.array(lufs) + 0.691) / 10.0)


@settings(deadline=None)
@given(rate=st.integers(3_400, 400_000), blocks=st.integers(0, 10_000_000))
def test_a_block_has_ended_at_its_edge_and_not_a_sample_before(rate: int, blocks: int) -> None:
    edge = int(block_edges(blocks, blocks, Hertz(rate))[0])
    assert whole_blocks(edge, Hertz(rate)) == blocks
    assert whole_blocks(edge - 1, Hertz(rate)) == blocks - 1
    assert abs(edge / rate - blocks / 100) <= 0.5000001 / rate


@settings(deadline=None)
@given(
    rate=st.sampled_from([3_400, 3_450, 11_025, 44_100]),
    chunks=st.lists(st.integers(1, 900), min_size=1, max_size=12),
)
def test_energies_do_not_depend_on_where_the_chunks_are_cut(rate: int, chunks: list[int]) -> None:
    frames = sum(chunks)
    squares = np.random.default_rng(frames).random((2, frames))
    energies = BlockEnergies(Hertz(rate), np.array([1.0, 1.41]))
    for chunk in np.split(squares, np.cumsum(chunks)[:-1], axis=1):
        energies.add(chunk)
    edges = block_edges(0, whole_blocks(frames, Hertz(rate)), Hertz(rate))
    one_by_one = [squares[0, a:b].sum() + 1.41 * squares[1, a:b].sum() for a, b in pairwise(edges)]
    assert energies.until(frames).tolist() == pytest.approx(one_by_one, rel=1e-12)


def test_a_window_is_the_mean_over_its_own_samples() -> None:
    rate = Hertz(11_025)
    steady = np.diff(block_edges(0, 50, rate)) * 0.25
    assert window_powers(steady, rate, length=40) == pytest.approx([0.25] * 11, rel=1e-12)
    assert window_powers(steady, rate, length=51).size == 0


def test_the_absolute_gate_comes_before_the_relative_one() -> None:
    gated = gated_power(powers(-20.0, -20.0, -29.9, -30.0, -69.0, -71.0, -90.0))
    assert gated == pytest.approx(powers(-20.0, -20.0, -29.9, -30.0).mean())


def test_nothing_over_the_gate_is_no_loudness() -> None:
    assert power_to_lufs(gated_power(powers(-70.1, -80.0))) is None
    assert loudness_range(powers(-70.1, -80.0)) is None
    assert loudness_range(np.empty(0)) is None


def test_one_window_has_no_range() -> None:
    assert loudness_range(powers(-23.0)) == 0.0


def test_the_range_is_between_the_nearest_ranks_of_the_percentiles() -> None:
    ladder = powers(*np.arange(-40.0, -29.0))
    assert loudness_range(ladder) == pytest.approx(9.0)
