"""The whole daemon and its workers killed at any instant, and two workers at one batch."""

from pathlib import Path

import psutil
import pytest
from acceptance.batches import Batch
from acceptance.daemon_rig import Desk, at_desk, deliveries, long_sound

from stembridge.jobs.job import State
from stembridge.testing import wait_until


@pytest.mark.parametrize("seed", [1])
def test_nothing_is_lost_partial_twice_or_changed_when_all_is_killed_again_and_again(
    tmp_path: Path, seed: int
) -> None:
    desk = Desk(tmp_path, workers=2, preset="house-48k24")
    batch = Batch(desk)
    batch.drop_files(16)
    batch.drop_folders(4, seconds=1.0)
    batch.drop_zip()
    try:
        batch.kill_again_and_again(8, seed=seed)
        batch.wait()
        batch.check()
        assert desk.stop() == 0
    finally:
        desk.close()


def test_two_workers_share_a_batch_of_eighty_files(tmp_path: Path) -> None:
    with at_desk(tmp_path, workers=2) as desk:
        batch = Batch(desk)
        batch.drop_files(80, seconds=0.05)
        batch.wait(seconds=120.0)
        batch.check()
        logs = [(desk.data / "logs" / f"worker-{slot}.log").read_text(encoding="utf-8") for slot in (0, 1)]
        assert not any("Traceback" in log for log in logs)


def test_a_killed_worker_is_started_again_and_its_job_is_done(tmp_path: Path) -> None:
    with at_desk(tmp_path, preset="house-48k24") as desk:
        long_sound(desk.inbox / "long.wav")
        (running,) = desk.wait_jobs(1, State.RUNNING)
        workers = psutil.Process(desk.processes()[0].pid).children()
        workers[0].kill()
        desk.wait_jobs(1)
        desk.wait_settled()
        assert running.name == "long"
        assert len(deliveries(desk.project)) == 1


def test_workers_do_not_outlive_a_killed_daemon(tmp_path: Path) -> None:
    desk = Desk(tmp_path, workers=2).start()
    daemon, *workers = desk.processes()
    desk.kill([daemon])
    assert len(workers) == 2
    wait_until(lambda: not any(_runs(worker) for worker in workers), what="the workers' end")


def test_a_second_daemon_on_the_same_data_is_refused(tmp_path: Path) -> None:
    with at_desk(tmp_path) as desk:
        second = desk.run("run")
        assert (second.returncode, second.stdout) == (1, "")
        assert "running already" in second.stderr


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
