"""Two machines on one PostgreSQL: what becomes of the work of the one that dies."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from acceptance.jobs_rig import Rig, opened_rig, postgresql_server, wait_for

from stembridge.jobs.database import open_engine
from stembridge.jobs.job import Job, State
from stembridge.jobs.tables import jobs, workers


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


def test_a_worker_that_waits_for_a_lock_of_a_dead_one_does_not_seem_dead_itself(rig: Rig) -> None:
    job = rig.submit("song", "linger")
    doomed = rig.worker(host="left")
    rig.wait_running(job)
    with locked(rig, job) as connection:  # as by a node that froze in a transaction
        doomed.kill()
        rig.worker(host="right")
        wait_for(lambda: "Worker left:0 is gone" in (rig.folder / "worker-right-0.err").read_text("utf-8"))
        beats = {beat_of(connection, "right:0")}
        wait_for(lambda: len(beats) > 3 or beats.add(beat_of(connection, "right:0")))
    wait_for(lambda: rig.runs().count("song") == 2)
    (rig.folder / "go").touch()
    rig.wait_done(job)


@contextmanager
def locked(rig: Rig, job: Job) -> Iterator[sa.Connection]:
    engine = open_engine(rig.url, durable=False)
    with engine.connect().execution_options(isolation_level="READ COMMITTED") as connection:
        connection.exec_driver_sql("SET idle_in_transaction_session_timeout = 0")
        connection.execute(sa.select(jobs.c.id).where(jobs.c.id == job.id).with_for_update())
        yield connection
    engine.dispose()


def beat_of(connection: sa.Connection, executor: str) -> object:
    return connection.scalar(sa.select(workers.c.beat).where(workers.c.executor == executor))


def test_a_job_that_kills_node_after_node_is_parked(rig: Rig) -> None:
    job = rig.submit("song", "die")
    for number in range(3):
        rig.worker(host=f"node{number}").wait(60)
    rig.worker(host="last")
    failed = rig.wait_state(job, State.FAILED)
    assert failed.error is not None
    assert failed.error.code == "worker-died"
