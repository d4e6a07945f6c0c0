"""Who is alive, and what becomes of the attempts of those who are not.

dbos hands a worker its own attempts again after a restart. The attempts of a worker that does not come back
(its node died, its slot was taken out of the configuration, the machine got another name) are put back in the
queue here. On PostgreSQL a worker is dead when its heartbeat stopped, by the database's clock; on SQLite,
where all are on one machine, when nobody holds the lock of its name.
"""

import logging
import time
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from stembridge.jobs.attempts import parse_attempt
from stembridge.jobs.claims import release_all
from stembridge.jobs.database import writing
from stembridge.jobs.job import OPEN
from stembridge.jobs.ledger import Ledger
from stembridge.jobs.locks import is_held
from stembridge.jobs.tables import jobs, workers

log = logging.getLogger(__name__)

CHUNK = 500


def beat(engine: sa.Engine, executor: str) -> None:
    """Note that a worker is alive now."""
    now = {"beat": sa.func.now()}
    with writing(engine) as connection:
        change = sa.update(workers).where(workers.c.executor == executor).values(now)
        if connection.execute(change).rowcount == 0:
            connection.execute(sa.insert(workers).values(executor=executor, **now))


def retire(engine: sa.Engine, executor: str) -> None:
    """Note that a worker stopped in good order."""
    with writing(engine) as connection:
        connection.execute(sa.delete(workers).where(workers.c.executor == executor))


def silent(ledger: Ledger, dead_after_s: float) -> set[str]:
    """Return the workers with attempts in hand whose heartbeat stopped (PostgreSQL)."""
    in_hand = _in_hand(ledger)
    if not in_hand:
        return set()
    alive = sa.select(workers.c.executor).where(
        workers.c.beat > sa.func.now() - timedelta(seconds=dead_after_s)
    )
    with ledger.engine.connect() as connection:
        return in_hand - set(connection.scalars(alive))


def unlocked(ledger: Ledger, locks: Path, me: str) -> set[str]:
    """Return the workers with attempts in hand whose name nobody holds (SQLite)."""
    return {name for name in _in_hand(ledger) - {me} if not is_held(locks, name)}


def _in_hand(ledger: Ledger) -> set[str]:
    """Return the workers that dbos gave attempts to, or that have their mark on a job, alive or dead."""
    with ledger.engine.connect() as connection:
        marked = connection.scalars(sa.select(jobs.c.holder).where(jobs.c.holder.is_not(None)).distinct())
        return ledger.attempts.executors() | {name for name in marked if name}


def take_over(ledger: Ledger, executor: str, *, blame: bool) -> None:
    """Put what a dead worker had in hand back in the queue; ``blame`` counts its death against its job."""
    names = ledger.attempts.running_on(executor)
    log.warning(
        "Worker %s is gone; its work (%d) goes to others.",
        executor,
        len(names),
        extra={"action": "worker_taken_over"},
    )
    for name in names:
        ledger.seize(*parse_attempt(name), blame=blame)
    ledger.attempts.withdraw(names)
    release_all(ledger.engine, executor)


def heal(ledger: Ledger, quiet_s: float) -> int:
    """Give jobs whose attempt got lost a new one; return how many there were.

    A job and its attempt are written together, so there should be none. This is for what should not happen: a
    database that was restored in part, an attempt whose last write failed for good.
    """
    healed = 0
    names = _quiet(ledger.engine, quiet_s)
    for start in range(0, len(names), CHUNK):
        chunk = names[start : start + CHUNK]
        for name in sorted(set(chunk) - ledger.attempts.unfinished(chunk)):
            ledger.seize(*parse_attempt(name), blame=False)
            healed += 1
    return healed


def _quiet(engine: sa.Engine, quiet_s: float) -> list[str]:
    open_or_untold = sa.or_(jobs.c.state.in_([str(state) for state in OPEN]), jobs.c.unparked)
    query = sa.select(jobs.c.id, jobs.c.serial).where(open_or_untold, jobs.c.updated < time.time() - quiet_s)
    with engine.connect() as connection:
        return [f"{row.id}.{row.serial}" for row in connection.execute(query)]
