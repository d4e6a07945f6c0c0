"""The changes of a job that only the worker with its hands on it makes: take, advance, end, let go."""

from dataclasses import dataclass, replace

import sqlalchemy as sa

from stembridge.jobs import records
from stembridge.jobs.database import writing
from stembridge.jobs.entry import Entry
from stembridge.jobs.job import Job, State
from stembridge.jobs.ledger import Ledger
from stembridge.jobs.outcome import Failure, Outcome
from stembridge.jobs.retry import Kind, RetryPolicy, Step, Trouble
from stembridge.jobs.tables import jobs

HELD_S = 0.5
"""How soon to look again at a job that another worker is still letting go of."""


@dataclass(frozen=True)
class Limits:
    """How often a job may take its worker down before it is parked.

    Attributes:
        deaths: workers that died under it while their supervisor lived on, or whose node was lost.
        losses: starts that never ended for any reason, a killed daemon or a power cut included.

    """

    deaths: int = 3
    losses: int = 20


class Claims:
    """One worker's side of the ledger."""

    def __init__(self, ledger: Ledger, executor: str, policy: RetryPolicy, limits: Limits) -> None:
        self._ledger = ledger
        self._executor = executor
        self._policy = policy
        self._limits = limits

    def take(self, job_id: str, serial: int) -> Entry | None:
        """Take a job up for an attempt.

        Returns:
            The job, running, or failed and ``unparked`` when only the hook is left to be told; None when
            there is nothing to do: the attempt came too late, the job was cancelled, or another worker
            still holds it.

        """
        with self._ledger.writing() as connection:
            entry = records.load(connection, job_id, lock=True)
            if entry is None or entry.serial != serial or not (entry.job.is_open or entry.unparked):
                return None
            if entry.holder not in (None, self._executor):
                self._ledger.enqueue(connection, entry, HELD_S)
                return None
            return records.save(connection, replace(self._begun(entry), holder=self._executor))

    def _begun(self, entry: Entry) -> Entry:
        if entry.unparked:
            return entry
        losses = entry.losses + (entry.job.state is State.RUNNING)
        if entry.deaths >= self._limits.deaths or losses >= self._limits.losses:
            job = entry.job.parked(_died(max(entry.deaths, losses)))
            return replace(entry, job=job, losses=losses, unparked=True)
        return replace(entry, job=entry.job.started(), losses=losses)

    def counts(self, entry: Entry) -> bool:
        """Return whether the attempt still counts: not cancelled, not taken over."""
        query = sa.select(jobs.c.state).where(jobs.c.id == entry.job.id, jobs.c.serial == entry.serial)
        with self._ledger.engine.connect() as connection:
            return connection.scalar(query) == str(State.RUNNING)

    def advance(self, entry: Entry, stage: str, percent: float) -> bool:
        """Write progress; return whether the attempt still counts."""
        with writing(self._ledger.engine) as connection:
            return records.advance(connection, entry, stage, percent)

    def finish(self, entry: Entry, outcome: Outcome) -> bool:
        """Record that the work was done, even if a cancel came after it was delivered.

        Returns:
            False, with nothing recorded, when the job is in other hands by now.

        """
        with self._ledger.writing() as connection:
            current = self._own(connection, entry)
            if current is not None:
                records.save(connection, _at_rest(current, current.job.finished(outcome)))
            return current is not None

    def stumble(self, entry: Entry, trouble: Trouble) -> Entry | None:
        """Record an error and what follows from it.

        Returns:
            The job when it is parked and the hook has to be told, else None.

        """
        with self._ledger.writing() as connection:
            current = self._own(connection, entry)
            if current is None:
                return None
            if current.job.state is not State.RUNNING:
                records.save(connection, replace(current, holder=None))
                return None
            return self._decide(connection, current, trouble)

    def _decide(self, connection: sa.Connection, entry: Entry, trouble: Trouble) -> Entry | None:
        earlier = entry.troubles if entry.trouble is trouble.kind else 0
        decision = self._policy.decide(trouble.kind, earlier)
        if decision.step is Step.PARK:
            parked = _at_rest(entry, entry.job.parked(trouble.failure))
            return records.save(connection, replace(parked, unparked=True, holder=self._executor))
        ahead = entry.job.held if decision.step is Step.WAIT else entry.job.postponed
        self._ledger.enqueue(
            connection,
            _at_rest(entry, ahead(trouble.failure), trouble.kind, earlier + 1),
            decision.delay_s,
        )
        return None

    def told(self, entry: Entry, *, again: bool) -> None:
        """Record that the hook was told of a parked job, or has to be told ``again`` later."""
        with self._ledger.writing() as connection:
            current = self._own(connection, entry)
            if current is None:
                return
            if again and current.unparked:
                self._ledger.enqueue(connection, replace(current, holder=None), self._policy.hook_s)
            else:
                records.save(connection, replace(current, holder=None, unparked=False))

    def let_go(self, entry: Entry, *, stopping: bool) -> None:
        """Record that the work gave up when it was told to: because the worker stops, or it was cancelled."""
        with self._ledger.writing() as connection:
            current = self._own(connection, entry)
            if current is None:
                return
            if current.job.state is State.RUNNING and stopping:
                self._ledger.enqueue(connection, _at_rest(current, current.job.given_back()), HELD_S)
            elif current.job.state is State.RUNNING:
                records.save(connection, _at_rest(current, current.job.cancelled()))
            else:
                records.save(connection, replace(current, holder=None))

    def pass_on(self, job_id: str, serial: int) -> None:
        """Put a job that this worker was handed while stopping back in the queue."""
        self._ledger.seize(job_id, serial, blame=False)

    def release_all(self) -> None:
        """Take this worker's mark off every job; called before it takes its first."""
        release_all(self._ledger.engine, self._executor)

    def _own(self, connection: sa.Connection, entry: Entry) -> Entry | None:
        """Lock the job if this worker still holds it for this attempt; take only its mark off a later one."""
        current = records.load(connection, entry.job.id, lock=True)
        if current is None or current.holder != self._executor:
            return None
        if current.serial != entry.serial:
            records.save(connection, replace(current, holder=None))
            return None
        return current


def release_all(engine: sa.Engine, executor: str) -> None:
    """Take a worker's mark off every job; it must not be running."""
    with engine.connect() as connection:
        held = records.held_by(connection, executor)
    for job_id in held:
        with writing(engine) as connection:
            entry = records.load(connection, job_id, lock=True)
            if entry is not None and entry.holder == executor:
                records.save(connection, replace(entry, holder=None))


def _at_rest(entry: Entry, job: Job, trouble: Kind | None = None, troubles: int = 0) -> Entry:
    """Return the entry after a start that came to an end: in nobody's hands, its crash counters at zero."""
    return Entry(job, serial=entry.serial, trouble=trouble, troubles=troubles)


def _died(times: int) -> Failure:
    return Failure(
        "worker-died",
        f"The worker process died {times} times while it did this job.",
        "Look in the log for the reason; if memory ran out, use fewer workers. Then retry the job.",
    )
