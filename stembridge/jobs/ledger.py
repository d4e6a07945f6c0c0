"""The changes of a job that anybody may make: ask for it, ask again, cancel, put back in the queue."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import sqlalchemy as sa

from stembridge.errors import JobError
from stembridge.jobs import records
from stembridge.jobs.attempts import Attempts
from stembridge.jobs.database import writing
from stembridge.jobs.entry import Entry
from stembridge.jobs.job import Job, State
from stembridge.request import Request


class Ledger:
    """Changes records and their attempts together, in one transaction each.

    A job in the queue has exactly one attempt that counts: the one whose serial number its record holds.
    Every way back into the queue counts the serial number on, so whatever was under way before comes too
    late. A transaction locks one job, then the counter: never two jobs.
    """

    def __init__(self, engine: sa.Engine, attempts: Attempts) -> None:
        self.engine = engine
        self.attempts = attempts

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Open a transaction in which attempts can be enqueued too."""
        self.attempts.connect()
        with writing(self.engine) as connection:
            yield connection

    def enqueue(self, connection: sa.Connection, entry: Entry, delay_s: float = 0.0) -> Entry:
        """Write ``entry`` as it is and give it a new attempt, due in ``delay_s``."""
        entry = records.save(connection, replace(entry, serial=entry.serial + 1))
        self.attempts.enqueue(connection, entry, delay_s)
        return entry

    def ask(self, job_id: str, request: Request, *, again: bool) -> Job:
        """Make the job, or a new go of it; see ``JobStore.submit``."""
        with self.writing() as connection:
            fresh = records.add(connection, Job(job_id, request))
            entry = _locked(connection, job_id)
            if request.id:
                records.remember_request(connection, request.id, job_id)
            if not fresh:
                if not _wants_another_go(entry.job, again=again):
                    return entry.job
                entry = _new_go(entry, request)
            return self.enqueue(connection, entry).job

    def ask_again(self, job_id: str, request: Request | None) -> Job:
        """Start a new go of a job that failed, or wake one that waits; see ``JobStore.retry``."""
        with self.writing() as connection:
            entry = _locked(connection, job_id)
            stale = entry.attempt
            if entry.job.state in (State.RUNNING, State.DONE):
                hint = (
                    "Cancel it first."
                    if entry.job.is_open
                    else "To do it once more, remove what it delivered and drop its files again."
                )
                raise JobError(f"Job {job_id} is {entry.job.state}, so there is nothing to retry.", hint=hint)
            if entry.job.is_open and request is None:
                entry = self.enqueue(connection, entry)
            else:
                entry = self.enqueue(connection, _new_go(entry, request or entry.job.request))
        self.attempts.withdraw([stale])
        return entry.job

    def cancel(self, job_id: str) -> Job:
        """Cancel a job that has not ended; its worker, if any, notices by itself."""
        with self.writing() as connection:
            entry = _locked(connection, job_id)
            if entry.job.state is State.CANCELLED:
                return entry.job
            if not entry.job.is_open:
                raise JobError(f"Job {job_id} is {entry.job.state} and cannot be cancelled.")
            cancelled = records.save(connection, replace(entry, job=entry.job.cancelled()))
        if entry.holder is None:
            self.attempts.withdraw([entry.attempt])
        return cancelled.job

    def blame(self, executor: str) -> None:
        """Note that a worker died with its hands on a job."""
        with self.engine.connect() as connection:
            held = records.held_by(connection, executor)
        for job_id in held:
            with self.writing() as connection:
                entry = _locked(connection, job_id)
                if entry.holder == executor and entry.job.state is State.RUNNING:
                    records.save(connection, replace(entry, deaths=entry.deaths + 1))

    def seize(self, job_id: str, serial: int, *, blame: bool) -> None:
        """Put a job back in the queue whose worker will not go on; ``blame`` counts it against the job."""
        with self.writing() as connection:
            entry = records.load(connection, job_id, lock=True)
            if entry is None or entry.serial != serial or not (entry.job.is_open or entry.unparked):
                return
            if entry.job.state is State.RUNNING:
                deaths = entry.deaths + 1 if blame else entry.deaths
                entry = replace(entry, job=entry.job.given_back(), deaths=deaths, losses=entry.losses + 1)
            self.enqueue(connection, replace(entry, holder=None))


def _locked(connection: sa.Connection, job_id: str) -> Entry:
    entry = records.load(connection, job_id, lock=True)
    if entry is None:
        raise JobError(f"There is no job {job_id}.", hint="List the jobs with: stembridge jobs")
    return entry


def _wants_another_go(job: Job, *, again: bool) -> bool:
    return job.state in (State.FAILED, State.CANCELLED) or (again and job.state is State.DONE)


def _new_go(entry: Entry, request: Request) -> Entry:
    """Return the job at the start of a new go; a worker that still has its hands on it keeps its mark."""
    job = replace(entry.job.asked_again(request), created=time.time())
    return Entry(job, serial=entry.serial, holder=entry.holder)
