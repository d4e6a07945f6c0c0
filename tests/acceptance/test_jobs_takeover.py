"""Two machines on one PostgreSQL: what becomes of the work of the one that dies."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from acceptance.jobs_rig import Rig, opened_rig, postgresql_server, wait_for

from stembridge.jobs.job import State


@pytest.fixture(scope="module")
def server() -> Iterator[Path]:
    with postgresql_server() as folder:
        yield folder


@pytest.fixture
def rig(server: Path, tmp_path: Path) -> Iterator[Rig]:
    with opened_rig(f"postgresql://test@/{tmp_path.name}?host={server}", tmp_path) as rig:
        yield rig


def test_the_work_of_a_dead_node_is_done_by_another(rig: Rig) -> None:
    job = rig.submit("song", "linger")
    doomed = rig.worker(host="left")
    rig.wait_running(job)
    rig.worker(host="right")
    doomed.kill()
    wait_for(lambda: rig.runs().count("song") == 2)
    (rig.folder / "go").touch()
    rig.wait_done(job)


def test_the_work_of_a_node_that_lives_is_left_alone(rig: Rig) -> None:
    job = rig.submit("song", "linger")
    rig.worker(host="left")
    rig.wait_running(job)
    rig.worker(host="right")
    others = [rig.submit(f"other{number}") for number in range(3)]
    rig.wait_done(*others)
    (rig.folder / "go").touch()
    rig.wait_done(job)
    assert rig.runs().count("song") == 1


def test_a_node_that_was_only_frozen_lets_go_of_what_was_taken_from_it(rig: Rig) -> None:
    job = rig.submit("song", "linger")
    frozen = rig.worker(host="left")
    rig.wait_running(job)
    rig.worker(host="right")
    os.kill(frozen.pid, signal.SIGSTOP)
    wait_for(lambda: rig.runs().count("song") == 2)
    os.kill(frozen.pid, signal.SIGCONT)
    other = rig.submit("other")
    rig.wait_done(other)  # the only free hands are those of the node that was frozen
    assert rig.state(job) is State.RUNNING
    (rig.folder / "go").touch()
    rig.wait_done(job)


def test_a_job_that_kills_node_after_node_is_parked(rig: Rig) -> None:
    job = rig.submit("song", "die")
    for number in range(3):
        rig.worker(host=f"node{number}").wait(60)
    rig.worker(host="last")
    failed = rig.wait_state(job, State.FAILED)
    assert failed.error is not None
    assert failed.error.code == "worker-died"
