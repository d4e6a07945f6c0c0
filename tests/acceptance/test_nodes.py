"""The whole daemon on PostgreSQL, and a second node beside it."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from acceptance.batches import Batch
from acceptance.daemon_rig import COMMAND, Desk, at_desk, long_sound
from acceptance.jobs_rig import postgresql_server

from stembridge.jobs.job import State
from stembridge.testing import wait_until


@pytest.fixture(scope="module")
def server() -> Iterator[Path]:
    with postgresql_server() as folder:
        yield folder


def on_postgresql(server: Path, home: Path) -> str:
    return f'database: "postgresql://test@/{home.name}?host={server}"'


@contextmanager
def second_node(desk: Desk) -> Iterator["subprocess.Popen[bytes]"]:
    """Start a worker of its own, as on another machine: no daemon watches over it."""
    line = [*COMMAND, "worker", "--slot", "other-node", "--config", str(desk.config)]
    with (desk.home / "node.log").open("wb") as log:
        node = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        yield node
    finally:
        node.kill()
        node.wait()


def test_a_batch_on_postgresql_survives_kills(server: Path, tmp_path: Path) -> None:
    desk = Desk(tmp_path, workers=2, settings=on_postgresql(server, tmp_path))
    batch = Batch(desk)
    batch.drop_files(10)
    batch.drop_folders(2)
    try:
        batch.kill_again_and_again(3, seed=3)
        batch.wait()
        batch.check()
        assert not list(desk.data.glob("*.sqlite*"))
        assert desk.stop() == 0
    finally:
        desk.close()


def test_a_second_node_does_the_work_when_the_first_has_no_workers_left(server: Path, tmp_path: Path) -> None:
    with at_desk(tmp_path, settings=on_postgresql(server, tmp_path)) as desk, second_node(desk) as node:
        wait_until(lambda: (desk.data / "logs" / "worker-other-node.log").exists())
        psutil.Process(desk.processes()[1].pid).suspend()
        batch = Batch(desk)
        batch.drop_files(3)
        desk.wait_jobs(3)
        psutil.Process(desk.processes()[1].pid).resume()
        batch.wait()
        batch.check()
        node.terminate()
        assert node.wait(30) == 0


def test_the_work_of_a_node_that_dies_is_taken_over(server: Path, tmp_path: Path) -> None:
    settings = on_postgresql(server, tmp_path)
    with at_desk(tmp_path, preset="house-48k24", settings=settings) as desk, second_node(desk) as node:
        wait_until(lambda: (desk.data / "logs" / "worker-other-node.log").exists())
        own = psutil.Process(desk.processes()[1].pid)
        own.suspend()
        long_sound(desk.inbox / "long.wav", seconds=300)
        desk.wait_jobs(1, State.RUNNING)
        wait_until(lambda: any(desk.project.rglob("*.wav")), what="an output on the second node")
        node.kill()
        own.resume()
        (job,) = desk.wait_jobs(1)
        desk.wait_settled()
        assert job.attempts == 2
