"""A worker's name belongs to one process."""

from pathlib import Path

import pytest

from stembridge.errors import JobError
from stembridge.jobs.locks import DAEMON, executor_id, hold, is_held, lock_path


def test_a_name_is_held_only_once(tmp_path: Path) -> None:
    with (
        hold(tmp_path, "here:0", wait_s=0),
        pytest.raises(JobError, match="here:0 is running already"),
        hold(tmp_path, "here:0", wait_s=0.01),
    ):
        pass


def test_a_name_is_free_again_after_its_holder(tmp_path: Path) -> None:
    with hold(tmp_path, "here:0", wait_s=0):
        assert is_held(tmp_path, "here:0")
        assert not is_held(tmp_path, "here:1")
    assert not is_held(tmp_path, "here:0")


def test_a_name_says_the_machine_and_the_slot() -> None:
    assert executor_id("3", "desk") == "desk:3"
    assert executor_id("3") != executor_id("4")


@pytest.mark.parametrize("host", ["../../etc/x", "a\\b", "münchen", "con:"])
def test_the_lock_of_any_name_stays_in_its_folder(tmp_path: Path, host: str) -> None:
    path = lock_path(tmp_path, executor_id("0", host))
    assert path.parent == tmp_path
    assert path.name.isascii()


def test_a_second_daemon_is_told_of_the_first_not_of_a_worker(tmp_path: Path) -> None:
    with (
        hold(tmp_path, DAEMON, wait_s=0),
        pytest.raises(JobError, match=r"daemon is running already on this data folder.*`data:` folder"),
        hold(tmp_path, DAEMON, wait_s=0),
    ):
        pytest.fail("two daemons hold one folder")
