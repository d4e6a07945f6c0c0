"""Real worker processes on SQLite and on PostgreSQL: what becomes of jobs when nothing crashes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from acceptance.jobs_rig import Rig, opened_rig, postgresql_server, wait_for

from stembridge.jobs.database import sqlite_url
from stembridge.jobs.job import State
from stembridge.request import Origin


@pytest.fixture(scope="module")
def server() -> Iterator[Path]:
    with postgresql_server() as folder:
        yield folder


@pytest.fixture(params=["sqlite", "postgresql"])
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    url = sqlite_url(tmp_path / "jobs.db")
    if request.param == "postgresql":
        url = f"postgresql://test@/{tmp_path.name}?host={request.getfixturevalue('server')}"
    with opened_rig(url, tmp_path) as rig:
        yield rig


def test_a_job_is_done_once_and_says_what_it_left(rig: Rig) -> None:
    rig.worker()
    done = rig.wait_state(rig.submit("song"), State.DONE)
    assert (done.outputs, done.percent, done.error) == ((rig.folder / "song.out",), 100.0, None)
    assert rig.submit("song").state is State.DONE
    assert rig.runs() == ["song"]


def test_a_request_of_a_person_goes_before_the_hot_folders(rig: Rig) -> None:
    jobs = [rig.submit(f"dropped{number}") for number in range(3)]
    jobs.append(rig.submit("clicked", origin=Origin.REAPER))
    rig.worker()
    rig.wait_done(*jobs)
    assert rig.runs()[0] == "clicked"


def test_progress_shows_while_a_job_runs(rig: Rig) -> None:
    job = rig.submit("song", "linger")
    rig.worker()
    wait_for(lambda: rig.store.get(job.id).stage == "conform")
    running = rig.store.get(job.id)
    assert (running.state, running.percent, running.attempts) == (State.RUNNING, 25.0, 1)
    seen = rig.store.revision()
    (rig.folder / "go").touch()
    rig.wait_done(job)
    assert rig.store.changes(seen)[-1].state is State.DONE


def test_a_cancelled_job_in_the_queue_never_runs(rig: Rig) -> None:
    job, other = rig.submit("song"), rig.submit("other")
    assert rig.store.cancel(job.id).state is State.CANCELLED
    rig.worker()
    rig.wait_done(other)
    assert rig.runs() == ["other"]


def test_a_cancelled_job_that_runs_stops_and_its_worker_goes_on(rig: Rig) -> None:
    job = rig.submit("song", "linger")
    worker = rig.worker()
    rig.wait_running(job)
    rig.store.cancel(job.id)
    rig.wait_done(rig.submit("next"))
    assert rig.state(job) is State.CANCELLED
    assert worker.poll() is None
    assert not rig.parkings()


def test_a_cancelled_job_can_be_done_after_all(rig: Rig) -> None:
    job = rig.submit("song", "linger")
    rig.worker()
    rig.wait_running(job)
    rig.store.cancel(job.id)
    wait_for(lambda: not rig.store.get(job.id).in_hand)
    (rig.folder / "go").touch()
    rig.store.retry(job.id)
    rig.wait_done(job)


def test_a_transient_error_is_tried_again_until_it_passes(rig: Rig) -> None:
    rig.worker()
    done = rig.wait_state(rig.submit("song", "full_twice"), State.DONE)
    assert (done.attempts, rig.runs().count("song"), rig.parkings()) == (3, 3, [])


def test_a_job_waits_for_what_is_away_without_keeping_the_worker(rig: Rig) -> None:
    rig.worker()
    job = rig.submit("song", "need_share")
    waiting = rig.wait_state(job, State.WAITING)
    assert waiting.error is not None
    assert waiting.error.to_json() == {
        "code": "waiting",
        "message": "The share is away.",
        "hint": "Mount it.",
    }
    rig.wait_done(rig.submit("other"))
    (rig.folder / "share").touch()
    rig.wait_done(job)


@pytest.mark.parametrize(
    ("act", "code"), [("refuse", "audio"), ("surprise", "unexpected"), ("leave", "unexpected")]
)
def test_a_permanent_error_parks_the_job_and_tells_the_hook_once(rig: Rig, act: str, code: str) -> None:
    worker = rig.worker()
    failed = rig.wait_state(rig.submit("song", act), State.FAILED)
    assert failed.error is not None
    assert failed.error.code == code
    rig.wait_done(rig.submit("next"))
    assert (rig.runs(), rig.parkings()) == (["song", "next"], [f"song:{code}"])
    assert worker.poll() is None


def test_two_workers_share_the_work(rig: Rig) -> None:
    lingering = rig.submit("long", "linger", Origin.COMMAND)
    rig.worker(0)
    rig.wait_running(lingering)
    rig.worker(1)
    jobs = [rig.submit(f"short{number}") for number in range(5)]
    rig.wait_done(*jobs)
    assert rig.state(lingering) is State.RUNNING
    (rig.folder / "go").touch()
    rig.wait_done(lingering)
    assert sorted(rig.runs()) == ["long", *(f"short{number}" for number in range(5))]


def test_a_worker_that_is_asked_to_stop_puts_its_job_back(rig: Rig) -> None:
    job = rig.submit("song", "linger")
    worker = rig.worker()
    rig.wait_running(job)
    worker.terminate()
    assert worker.wait(20) == 0
    assert rig.state(job) is State.QUEUED
    (rig.folder / "go").touch()
    rig.worker(7)
    rig.wait_done(job)
