"""Worker processes that are killed, kill themselves, hang, or lose their daemon."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from acceptance.jobs_rig import QUICK_POOL, Rig, is_alive, opened_rig, quick, wait_for

from stembridge.jobs.database import sqlite_url
from stembridge.jobs.job import State
from stembridge.jobs.minder import EXIT_STUCK
from stembridge.jobs.pool import WorkerPool

DAEMON = """
import sys, time
from acceptance.jobs_rig import QUICK_POOL, Rig
from stembridge.jobs.pool import WorkerPool
from pathlib import Path
rig = Rig(sys.argv[1], Path(sys.argv[2]))
with WorkerPool(rig.argv, 2, settings=QUICK_POOL) as pool:
    while True:
        time.sleep(0.05)
        (rig.folder / "pids").write_text(" ".join(map(str, pool.pids())), encoding="utf-8")
"""


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with opened_rig(sqlite_url(tmp_path / "jobs.db"), tmp_path) as rig:
        yield rig


def pool_of(rig: Rig, count: int) -> WorkerPool:
    def died(slot: int, _code: int) -> None:
        rig.store.worker_died(str(slot), quick(rig.folder, "here"))

    return WorkerPool(rig.argv, count, on_death=died, settings=QUICK_POOL)


def daemon(rig: Rig) -> "subprocess.Popen[bytes]":
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-c", DAEMON, rig.url, str(rig.folder)]
    return subprocess.Popen(command, env=environment)


def pids(rig: Rig) -> list[int]:
    path = rig.folder / "pids"
    return [int(word) for word in path.read_text(encoding="utf-8").split()] if path.exists() else []


def test_a_killed_worker_loses_only_its_attempt(rig: Rig) -> None:
    job = rig.submit("song", "linger")
    with pool_of(rig, 1) as pool:
        rig.wait_running(job)
        os.kill(pool.pids()[0], signal.SIGKILL)
        wait_for(lambda: rig.runs().count("song") == 2)
        (rig.folder / "go").touch()
        rig.wait_done(job)
    assert (rig.folder / "song.out").read_text(encoding="utf-8") == "song"
    assert rig.store.get(job.id).attempts == 2


def test_a_job_that_always_kills_its_worker_is_parked_and_others_go_on(rig: Rig) -> None:
    deadly, other = rig.submit("deadly", "die"), rig.submit("other")
    with pool_of(rig, 1):
        failed = rig.wait_state(deadly, State.FAILED)
        rig.wait_done(other)
        wait_for(rig.parkings)
    assert failed.error is not None
    assert (failed.error.code, rig.runs().count("deadly")) == ("worker-died", 3)
    assert rig.parkings() == ["deadly:worker-died"]


def test_a_job_is_not_blamed_when_the_daemon_and_its_workers_are_killed_together(rig: Rig) -> None:
    job = rig.submit("song", "linger")
    for times in range(1, 6):
        killed = daemon(rig)
        wait_for(lambda times=times: rig.runs().count("song") == times)
        for pid in [*psutil.Process(killed.pid).children(), psutil.Process(killed.pid)]:
            pid.kill()
        killed.wait()
    (rig.folder / "go").touch()
    with pool_of(rig, 1):
        rig.wait_done(job)
    assert not rig.parkings()


def test_nothing_is_lost_or_done_twice_when_all_is_killed_again_and_again(rig: Rig) -> None:
    chance = random.Random(7)
    jobs = [rig.submit(f"song{number}", "brief") for number in range(40)]
    for _ in range(8):
        killed = daemon(rig)
        begun = len(rig.runs())
        wait_for(lambda begun=begun: len(rig.runs()) > begun)
        threading.Event().wait(chance.uniform(0.0, 0.6))  # the instant is the point
        everyone = [psutil.Process(killed.pid), *psutil.Process(killed.pid).children()]
        for process in chance.sample(everyone, len(everyone)):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        killed.wait()
    with pool_of(rig, 2):
        rig.wait_done(*jobs)
    assert len(list(rig.folder.glob("*.out"))) == 40
    assert not rig.parkings()


def test_workers_end_when_their_daemon_is_killed(rig: Rig) -> None:
    job = rig.submit("song", "linger")
    killed = daemon(rig)
    rig.wait_running(job)
    wait_for(lambda: len(pids(rig)) == 2)
    workers = pids(rig)
    killed.kill()
    killed.wait()
    wait_for(lambda: not any(is_alive(pid) for pid in workers))
    assert rig.state(job) is State.QUEUED


def test_a_daemon_started_right_after_a_killed_one_gets_its_workers(rig: Rig) -> None:
    job = rig.submit("song", "linger")
    killed = daemon(rig)
    rig.wait_running(job)
    killed.kill()
    with pool_of(rig, 2):
        wait_for(lambda: rig.runs().count("song") == 2)
        (rig.folder / "go").touch()
        rig.wait_done(job)
    killed.wait()


def test_work_that_ignores_a_cancel_is_ended_with_its_worker(rig: Rig) -> None:
    job = rig.submit("song", "ignore")
    worker = rig.worker()
    rig.wait_running(job)
    rig.store.cancel(job.id)
    assert worker.wait(20) == EXIT_STUCK
    rig.worker()
    rig.wait_done(rig.submit("next"))
    assert (rig.state(job), rig.runs()) == (State.CANCELLED, ["song", "next"])


def test_the_same_slot_is_refused_twice(rig: Rig) -> None:
    job = rig.submit("song", "linger")
    first = rig.worker()
    rig.wait_running(job)
    second = rig.worker()
    assert second.wait(20) == 1
    message = (rig.folder / "worker-here-0.err").read_text(encoding="utf-8")
    assert "JobError: " in message
    assert "Worker here:0 is running already." in message
    assert first.poll() is None


def test_the_work_of_a_slot_that_is_gone_is_done_by_another(rig: Rig) -> None:
    job = rig.submit("song", "linger")
    worker = rig.worker("old")
    rig.wait_running(job)
    worker.kill()
    worker.wait()
    (rig.folder / "go").touch()
    rig.worker("new")
    rig.wait_done(job)


def test_a_hook_that_could_not_park_the_originals_is_told_again(rig: Rig) -> None:
    (rig.folder / "hook-away").touch()
    rig.worker()
    failed = rig.wait_state(rig.submit("song", "refuse"), State.FAILED)
    wait_for(lambda: len(rig.parkings()) == 2)
    (rig.folder / "hook-away").unlink()
    wait_for(lambda: (rig.folder / "parked").exists())
    rig.wait_done(rig.submit("next"))
    assert set(rig.parkings()) == {"song:audio"}
    assert rig.store.get(failed.id).error == failed.error
    assert rig.runs() == ["song", "next"]
