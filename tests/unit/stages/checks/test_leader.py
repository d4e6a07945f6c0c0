import numpy as np
import pytest
from examining import RATE, Sound, found, hiss, tone

FRAME = 1 / 25


def with_pop(at: float = 1.0, *, frequency: float = 1_000.0, length: float = FRAME) -> Sound:
    """Four seconds: silence with a pop in it, then sound."""
    sound = np.zeros(6 * RATE, np.float32)
    pop = tone(frequency, length, level=0.1)
    sound[round(at * RATE) : round(at * RATE) + len(pop)] = pop
    sound[round((at + 2.0) * RATE) : round((at + 3.0) * RATE)] = hiss(1.0, channels=1)[:, 0]
    return sound


def test_a_pop_is_reported_with_its_place(tmp_path):
    finding = found(tmp_path, with_pop())["2-pop"]
    assert (finding.severity, finding.at) == ("info", pytest.approx(1.0, abs=0.005))


def test_a_sync_plop_at_the_end_is_counted_too(tmp_path):
    sound = np.concatenate((with_pop(), with_pop()[: 2 * RATE]))
    assert "2 pops" in found(tmp_path, sound)["2-pop"].message


def test_a_pop_where_none_is_wanted_is_a_fault(tmp_path):
    assert found(tmp_path, with_pop(), leader="forbidden")["2-pop"].severity == "warning"


def test_a_missing_pop_is_a_fault_where_one_is_required(tmp_path):
    assert "no-2-pop" in found(tmp_path, hiss(), leader="required")
    assert "no-2-pop" not in found(tmp_path, with_pop(), leader="required")


def test_a_missing_plop_is_a_fault_where_one_is_required(tmp_path):
    rule = {"pop": "required", "plop": "required"}
    with_both = np.concatenate((with_pop(), with_pop()[: 2 * RATE]))
    after = np.concatenate((with_both, hiss(1.0, channels=1)[:, 0]))
    assert "no-sync-plop" not in found(tmp_path, with_both, leader=rule)
    assert {"no-sync-plop", "2-pop"} <= set(found(tmp_path, with_pop(), leader=rule))
    assert "no-sync-plop" in found(tmp_path, after, leader=rule)


def test_a_plop_alone_is_no_2_pop_and_may_be_there_where_no_2_pop_may(tmp_path):
    plop = with_pop()[::-1].copy()
    assert "no-2-pop" in found(tmp_path, plop, leader={"pop": "required", "plop": "required"})
    only = found(tmp_path, plop, leader={"pop": "forbidden", "plop": "required"})
    assert (only["2-pop"].severity, "no-sync-plop" in only) == ("info", False)


@pytest.mark.parametrize(
    "sound",
    [with_pop(frequency=800.0), with_pop(length=0.2), with_pop(length=0.01), tone(1_000.0)],
    ids=["another pitch", "long", "short", "a tone"],
)
def test_another_sound_is_no_pop(tmp_path, sound):
    assert "2-pop" not in found(tmp_path, sound)
