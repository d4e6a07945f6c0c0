"""Reading and writing job records on an open connection."""

import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from stembridge.jobs.entry import Entry, from_row, to_row
from stembridge.jobs.job import Job, State
from stembridge.jobs.tables import counter, jobs, requests


def load(connection: sa.Connection, job_id: str, *, lock: bool = False) -> Entry | None:
    """Read one job; with ``lock`` nobody else changes it until the transaction ends."""
    query = sa.select(jobs).where(jobs.c.id == job_id)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return None if row is None else from_row(row)


def save(connection: sa.Connection, entry: Entry) -> Entry:
    """Write a job that ``load`` locked, as a new revision."""
    entry = _stamped(connection, entry)
    connection.execute(sa.update(jobs).where(jobs.c.id == entry.job.id).values(to_row(entry)))
    return entry


def add(connection: sa.Connection, job: Job) -> bool:
    """Write a new job; return False when there is one with that id already."""
    now = time.time()
    entry = Entry(replace(job, created=now, updated=now))
    connection.execute(_insert(connection, jobs, to_row(entry)))
    row = connection.execute(sa.select(jobs.c.serial).where(jobs.c.id == job.id).with_for_update()).one()
    return bool(row.serial == 0)


def remember_request(connection: sa.Connection, request_id: str, job_id: str) -> None:
    """Note which job a request became; the newest job wins."""
    connection.execute(_insert(connection, requests, {"id": request_id, "job": job_id}))
    connection.execute(sa.update(requests).where(requests.c.id == request_id).values(job=job_id))


def requested(connection: sa.Connection, request_id: str) -> str | None:
    """Return the id of the job that a request became."""
    return connection.scalar(sa.select(requests.c.job).where(requests.c.id == request_id))


def advance(connection: sa.Connection, entry: Entry, stage: str, percent: float) -> bool:
    """Write progress; return False when the attempt does not count any more."""
    ours = sa.and_(
        jobs.c.id == entry.job.id, jobs.c.serial == entry.serial, jobs.c.state == str(State.RUNNING)
    )
    change = sa.update(jobs).where(ours)
    values = {"stage": stage, "percent": percent, "updated": time.time()}
    if connection.execute(change.values(values)).rowcount == 0:
        return False
    # Only now: the counter is the last row that a transaction locks, so that none wait in a ring.
    connection.execute(change.values(revision=next_revision(connection)))
    return True


def matching(connection: sa.Connection, prefix: str, *, limit: int) -> list[str]:
    """Return up to ``limit`` ids that begin with ``prefix``."""
    query = sa.select(jobs.c.id).where(jobs.c.id.startswith(prefix, autoescape=True))
    return list(connection.scalars(query.order_by(jobs.c.id).limit(limit)))


def newest(connection: sa.Connection, limit: int, states: Iterable[State] | None) -> list[Job]:
    """Return the newest jobs, in any of ``states`` or in all."""
    query = sa.select(jobs).order_by(jobs.c.created.desc(), jobs.c.id).limit(limit)
    if states is not None:
        query = query.where(jobs.c.state.in_([str(state) for state in states]))
    return [from_row(row).job for row in connection.execute(query)]


def changed(connection: sa.Connection, since: int, limit: int) -> list[Job]:
    """Return the jobs that changed after revision ``since``, oldest change first."""
    query = sa.select(jobs).where(jobs.c.revision > since).order_by(jobs.c.revision).limit(limit)
    return [from_row(row).job for row in connection.execute(query)]


def counts(connection: sa.Connection) -> dict[State, int]:
    """Return how many jobs are in each state; every state is there."""
    query = sa.select(jobs.c.state, sa.func.count()).group_by(jobs.c.state)
    found = {State(state): number for state, number in connection.execute(query)}
    return {state: found.get(state, 0) for state in State}


def held_by(connection: sa.Connection, holder: str) -> list[str]:
    """Return the ids of the jobs that a worker has its hands on."""
    return list(connection.scalars(sa.select(jobs.c.id).where(jobs.c.holder == holder)))


def current_revision(connection: sa.Connection) -> int:
    """Return the revision of the newest change."""
    return int(connection.scalars(sa.select(counter.c.value)).one())


def next_revision(connection: sa.Connection) -> int:
    """Count a change.

    The counter's row stays locked until the transaction ends, so revisions become visible in their order
    and a reader that asks for what came after the last one it saw misses nothing.
    """
    step = sa.update(counter).values(value=counter.c.value + 1)
    return int(connection.scalars(step.returning(counter.c.value)).one())


def _stamped(connection: sa.Connection, entry: Entry) -> Entry:
    revision = next_revision(connection)
    in_hand = entry.holder is not None
    return replace(entry, job=replace(entry.job, in_hand=in_hand, updated=time.time(), revision=revision))


def _insert(connection: sa.Connection, table: sa.Table, values: dict[str, Any]) -> sa.Insert:
    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as sqlite_insert

        return sqlite_insert(table).values(values).on_conflict_do_nothing()
    from sqlalchemy.dialects.postgresql import insert as postgresql_insert

    return postgresql_insert(table).values(values).on_conflict_do_nothing()
