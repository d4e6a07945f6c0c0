"""Where new tracks go among folders."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

LAW = settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def tree(studio: Any) -> Any:
    return studio.reaper.require(studio.scripts, "lib.tree")


def levels_of(depths: list[int]) -> list[int]:
    """Return how deep each track lies."""
    found, level = [], 0
    for depth in depths:
        found.append(level)
        level = max(0, level + depth)
    return found


def applied(depths: list[int], plan: Any, new: list[int]) -> list[int]:
    """Return the depths after a plan was carried out, with the depths of the new tracks."""
    changed = list(depths)
    for index, depth in dict(plan[b"depths"]).items():
        changed[int(index) - 1] = depth
    after = plan[b"after"]
    return changed[:after] + new + changed[after:]


def from_levels(levels: list[int]) -> list[int]:
    """Return the relative depths of tracks that lie at these levels, the last folder closed."""
    return [b - a for a, b in zip(levels, [*levels[1:], 0], strict=True)]


@st.composite
def projects(draw: st.DrawFn) -> list[int]:
    """Draw the depths of a project whose folders are all closed."""
    levels = [0]
    for _ in range(draw(st.integers(0, 9))):
        levels.append(draw(st.integers(0, levels[-1] + 1)))
    return from_levels(levels)


@LAW
@given(depths=projects(), data=st.data())
def test_no_other_track_changes_its_level_and_the_new_ones_are_the_last_children(tree, depths, data):
    parent = data.draw(st.integers(1, len(depths)))
    plan = tree("append", depths, parent)
    after, new = plan[b"after"], [1, 0, plan[b"closing"] - 1]
    levels, was = levels_of(applied(depths, plan, new)), levels_of(depths)
    assert levels[:after] + levels[after + 3 :] == was
    assert levels[after : after + 3] == [was[parent - 1] + 1, was[parent - 1] + 2, was[parent - 1] + 2]
    assert all(level > was[parent - 1] for level in was[parent:after])


@LAW
@given(depths=projects())
def test_tracks_at_the_end_lie_outside_every_folder(tree, depths):
    plan = tree("append_at_end", depths)
    levels = levels_of(applied(depths, plan, [1, 0, plan[b"closing"] - 1]))
    assert levels == [*levels_of(depths), 0, 1, 1]


@pytest.mark.parametrize(
    ("depths", "parent", "after", "result"),
    [
        ([0, 0], 1, 1, [1, 1, -2, 0]),
        ([1, -1, 0], 2, 2, [1, 1, 1, -3, 0]),
        ([1, 1, -2, 0], 3, 3, [1, 1, 1, 1, -4, 0]),
        ([1, 0, -1, 0], 1, 3, [1, 0, 0, 1, -2, 0]),
        ([1, 1, -2, 0], 1, 3, [1, 1, -1, 1, -2, 0]),
        ([1, 1, 0, -2, 0], 2, 4, [1, 1, 0, 0, 1, -3, 0]),
        ([1], 1, 1, [1, 1, -2]),
    ],
)
def test_the_cases_that_reaper_knows(tree, depths, parent, after, result):
    plan = tree("append", depths, parent)
    assert plan[b"after"] == after
    assert applied(depths, plan, [1, plan[b"closing"] - 1]) == result


@LAW
@given(depths=projects(), data=st.data())
def test_children_are_the_tracks_one_level_deeper(tree, depths, data):
    parent = data.draw(st.integers(1, len(depths)))
    levels = levels_of(depths)
    expected = []
    for index in range(parent, len(depths)):
        if levels[index] <= levels[parent - 1]:
            break
        if levels[index] == levels[parent - 1] + 1:
            expected.append(index + 1)
    assert list(tree("children", depths, parent).values()) == expected
