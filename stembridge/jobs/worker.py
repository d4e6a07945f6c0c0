"""A worker process: it does the jobs of one database, one at a time, until it is told to stop."""

import threading
import time
from pathlib import Path

import platformdirs

from stembridge.jobs.attempts import Attempts
from stembridge.jobs.claims import Claims
from stembridge.jobs.database import create_tables, open_engine, speaking, sqlite_path
from stembridge.jobs.entry import Entry
from stembridge.jobs.housekeeping import Housekeeping
from stembridge.jobs.ledger import Ledger
from stembridge.jobs.locks import executor_id, hold
from stembridge.jobs.minder import Minder
from stembridge.jobs.outcome import OnDone, OnFailed, Work, leave_nothing
from stembridge.jobs.pace import Pace
from stembridge.jobs.runner import Runner
from stembridge.jobs.runtime import launched
from stembridge.jobs.settings import WorkerSettings

DEFAULTS = WorkerSettings()
TICK_S = 0.5


def locks_folder(url: str, settings: WorkerSettings = DEFAULTS) -> Path:
    """Return the folder of the workers' lock files."""
    database = sqlite_path(url)
    if settings.locks is not None:
        return settings.locks
    return database.parent if database else platformdirs.user_state_path("stembridge")


def serve(
    database_url: str,
    *,
    slot: str,
    work: Work,
    on_failed: OnFailed,
    stop: threading.Event,
    on_done: OnDone = leave_nothing,
    settings: WorkerSettings = DEFAULTS,
) -> None:
    """Do jobs until ``stop`` is set; then the job in hand is put back in the queue.

    One call per process at a time. Call it on the main thread; the work runs on another.

    Args:
        database_url: as for ``JobStore``.
        slot: the worker's name on this machine, the same at every start: what it left undone is found by it.
        work: does a job.
        on_failed: told when a job is parked.
        on_done: told when a job is recorded as done.
        stop: set it, from any thread or a signal handler, to end.
        settings: times and limits.

    Raises:
        JobError: if a worker with this slot is running here already, or the database cannot be used.

    """
    executor = executor_id(slot, settings.host)
    locks = locks_folder(database_url, settings)
    with hold(locks, executor, wait_s=settings.lock_wait_s), speaking():
        engine = open_engine(database_url, durable=False)
        attempts = Attempts(database_url, engine)
        try:
            ledger = Ledger(engine, attempts)
            attempts.connect()
            create_tables(engine)
            alone = engine.dialect.name == "sqlite"
            chores = Housekeeping(ledger, executor, settings, locks=locks, alone=alone)
            _work_until(ledger, executor, work, on_failed, on_done, stop, settings, chores)
        finally:
            attempts.close()
            engine.dispose()


def _work_until(
    ledger: Ledger,
    executor: str,
    work: Work,
    on_failed: OnFailed,
    on_done: OnDone,
    stop: threading.Event,
    settings: WorkerSettings,
    chores: Housekeeping,
) -> None:
    claims = Claims(ledger, executor, settings.retry, settings.limits)
    claims.release_all()

    def mind(entry: Entry) -> Minder:
        return Minder(
            claims,
            entry,
            stop,
            interval_s=settings.progress_s,
            grace_s=settings.grace_s,
            end_process=settings.end_process,
        )

    runner = Runner(claims, work, on_failed, on_done, stop, mind)
    drain_s = settings.grace_s + 5.0
    with chores.beating():
        chores.tick(time.monotonic())
        with launched(ledger.engine, executor, runner.run, poll_s=settings.poll_s, drain_s=drain_s) as queue:
            pace = Pace(queue.set_polling_interval_sec, slow_s=settings.poll_s, fast_s=settings.fast_poll_s)
            while not stop.wait(TICK_S):
                chores.tick(time.monotonic())
                pace.tick(time.monotonic(), runner.ended, runner.last_took_s)
