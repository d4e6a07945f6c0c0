"""Real workers on a real database for the tests of the job queue; run as a program it is a worker.

What a job does is its preset's name: see ``ACTS``. Every run, delivery and parking leaves a line in a file of
the job's destination, so that a test can count them whatever process they happened in.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from stembridge.errors import AudioError, DeliveryError, NotReadyError
from stembridge.jobs.claims import Limits
from stembridge.jobs.engine import JobStore
from stembridge.jobs.job import Failure, Job, Outcome, State
from stembridge.jobs.lifeline import stop_on_signals, stop_with_parent
from stembridge.jobs.pool import PoolSettings
from stembridge.jobs.retry import RetryPolicy
from stembridge.jobs.settings import WorkerSettings
from stembridge.jobs.worker import serve
from stembridge.request import Origin, Progress, Request

QUICK_POOL = PoolSettings(pause_s=0.05, grace_s=10)
POSTGRESQL = Path("/usr/lib/postgresql")


def quick(folder: Path, host: str) -> WorkerSettings:
    return WorkerSettings(
        locks=folder,
        host=host,
        retry=RetryPolicy(
            base_s=0.05, cap_s=0.1, attempts=4, waiting_base_s=0.05, waiting_cap_s=0.1, hook_s=0.05
        ),
        limits=Limits(deaths=3),
        poll_s=0.05,
        progress_s=0.02,
        grace_s=0.5,
        lock_wait_s=5,
        beat_s=0.2,
        dead_after_s=1.5,
    )


def wait_for(predicate: Callable[[], object], timeout_s: float = 40.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not predicate():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split() if path.exists() else []


class Rig:
    """A store, a folder, and as many workers as a test starts."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self.store = JobStore(url)
        self._workers: list[subprocess.Popen[bytes]] = []

    def request(self, name: str, act: str = "deliver", origin: Origin = Origin.HOT_FOLDER) -> Request:
        return Request((self.folder / f"{name}.wav",), act, self.folder, name, origin=origin)

    def submit(self, name: str, act: str = "deliver", origin: Origin = Origin.HOT_FOLDER) -> Job:
        return self.store.submit(self.request(name, act, origin), key=name)

    def argv(self, slot: int | str, host: str = "here") -> list[str]:
        return [sys.executable, __file__, self.url, str(slot), str(self.folder), host]

    def worker(self, slot: int | str = 0, host: str = "here") -> "subprocess.Popen[bytes]":
        errors = (self.folder / f"worker-{host}-{slot}.err").open("ab")
        with errors:
            started = subprocess.Popen(self.argv(slot, host), stdin=subprocess.PIPE, stderr=errors)
        self._workers.append(started)
        return started

    def state(self, job: Job) -> State:
        return self.store.get(job.id).state

    def wait_state(self, job: Job, *states: State) -> Job:
        wait_for(lambda: self.state(job) in states)
        return self.store.get(job.id)

    def wait_running(self, job: Job) -> None:
        """Wait until the work itself has begun, a moment after the job is called running."""
        wait_for(lambda: self.state(job) is State.RUNNING and job.name in self.runs())

    def wait_done(self, *jobs: Job) -> None:
        for job in jobs:
            self.wait_state(job, State.DONE)

    def runs(self) -> list[str]:
        return lines(self.folder / "runs")

    def parkings(self) -> list[str]:
        return lines(self.folder / "parkings")

    def close(self) -> None:
        for worker in self._workers:
            worker.kill()
            worker.wait()
            assert worker.stdin is not None
            worker.stdin.close()
        self.store.close()


def note(folder: Path, file: str, line: str) -> None:
    with (folder / file).open("a", encoding="utf-8") as stream:
        stream.write(line + "\n")


def deliver(request: Request, _progress: Progress) -> Outcome:
    output = request.destination / f"{request.name}.out"
    if not output.exists():  # as the pipeline does: a delivery that is there is found, not made again
        with output.open("x", encoding="utf-8") as stream:
            stream.write(request.name)
    return Outcome((output,))


def brief(request: Request, progress: Progress) -> Outcome:
    end = time.monotonic() + 0.3
    while time.monotonic() < end:
        progress("conform", 0.5)
        time.sleep(0.01)
    return deliver(request, progress)


def linger(request: Request, progress: Progress) -> Outcome:
    while not (request.destination / "go").exists():
        progress("conform", 0.25)
        time.sleep(0.005)
    return deliver(request, progress)


def ignore(request: Request, _progress: Progress) -> Outcome:
    while not (request.destination / "go").exists():
        time.sleep(0.02)
    raise AudioError("It should have been ended.")


def die(_request: Request, _progress: Progress) -> Outcome:
    os._exit(9)


def refuse(request: Request, _progress: Progress) -> Outcome:
    raise AudioError("There is no sound in it.", path=request.sources[0], hint="Export it again.")


def surprise(_request: Request, _progress: Progress) -> Outcome:
    raise ZeroDivisionError("by zero")


def leave(_request: Request, _progress: Progress) -> Outcome:
    raise SystemExit("a library that thinks it is a program")


def full_twice(request: Request, progress: Progress) -> Outcome:
    if lines(request.destination / "runs").count(request.name) < 3:
        raise DeliveryError("The disk is full.", retryable=True, hint="Make room.")
    return deliver(request, progress)


def need_share(request: Request, progress: Progress) -> Outcome:
    if not (request.destination / "share").exists():
        raise NotReadyError("The share is away.", hint="Mount it.")
    return deliver(request, progress)


ACTS = {
    act.__name__: act
    for act in (deliver, brief, linger, ignore, die, refuse, surprise, leave, full_twice, need_share)
}


def work(_job_id: str, request: Request, progress: Progress) -> Outcome:
    note(request.destination, "runs", request.name)
    return ACTS[request.preset](request, progress)


def parked(_job_id: str, request: Request, failure: Failure) -> None:
    note(request.destination, "parkings", f"{request.name}:{failure.code}")
    if (request.destination / "hook-away").exists():
        raise OSError("the share is away")
    note(request.destination, "parked", request.name)


@contextmanager
def postgresql_server() -> Iterator[Path]:
    """Start a PostgreSQL of its own, reached only through a socket in the folder that is yielded."""
    if reason := why_no_postgresql():
        import pytest  # only here: the workers, which this file starts too, do without

        pytest.skip(reason)
    with tempfile.TemporaryDirectory(prefix="sbpg") as name:
        folder = Path(name)
        as_other = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if as_other:
            shutil.chown(folder, "postgres")
        tools = max(POSTGRESQL.iterdir(), key=lambda path: float(path.name)) / "bin"
        set_up = [tools / "initdb", "-D", folder / "data", "-U", "test", "-A", "trust", "--no-sync"]
        subprocess.run([*as_other, *set_up], check=True, capture_output=True, cwd=folder)
        options = ["-k", folder, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200"]
        with (folder / "log").open("wb") as log:
            command = [*as_other, tools / "postgres", "-D", folder / "data", *options]
            server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
        ready = [tools / "pg_isready", "-q", "-h", folder]
        wait_for(lambda: subprocess.run(ready, check=False).returncode == 0)
        try:
            yield folder
        finally:
            pid = (folder / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0]
            os.kill(int(pid), signal.SIGINT)
            server.wait()


def why_no_postgresql() -> str:
    """Return why a PostgreSQL cannot be started here, or nothing."""
    if not POSTGRESQL.is_dir():
        return "PostgreSQL (Debian: postgresql) is not installed"
    if os.geteuid() == 0 and shutil.which("runuser") is None:
        return "PostgreSQL does not run as root, and runuser is not there to start it as another"
    return ""


@contextmanager
def opened_rig(url: str, folder: Path) -> Iterator[Rig]:
    rig = Rig(url, folder)
    try:
        yield rig
    finally:
        rig.close()


def main(url: str, slot: str, folder: str, host: str) -> None:
    stop = threading.Event()
    stop_on_signals(stop)
    stop_with_parent(stop)
    settings = quick(Path(folder), host)
    serve(url, slot=slot, work=work, on_failed=parked, stop=stop, settings=settings)


if __name__ == "__main__":
    main(*sys.argv[1:])
