"""A job as the queue keeps it: the record people see, the counters behind it, and the row that holds both."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from stembridge.jobs import codec
from stembridge.jobs.job import Job, State
from stembridge.jobs.retry import Kind


@dataclass(frozen=True)
class Entry:
    """A job with what only the queue needs to know about it.

    Attributes:
        job: the record people see.
        serial: the number of the attempt that counts; a worker that comes with another one is too late.
        holder: the worker whose hands are on the job, or None.
        trouble: the kind of the last error.
        troubles: how many errors of that kind came in a row.
        deaths: how many workers died of it in this go.
        losses: how many of its starts never came to an end.
        unparked: whether it failed and the hook has not been told yet.

    """

    job: Job
    serial: int = 0
    holder: str | None = None
    trouble: Kind | None = None
    troubles: int = 0
    deaths: int = 0
    losses: int = 0
    unparked: bool = False

    @property
    def attempt(self) -> str:
        """The name of the attempt that counts, and of its dbos workflow."""
        return f"{self.job.id}.{self.serial}"


def to_row(entry: Entry) -> dict[str, Any]:
    """Return an entry as the values of its row."""
    job = entry.job
    return {
        "id": job.id,
        "request": codec.dump_request(job.request),
        "request_id": job.request_id,
        "state": str(job.state),
        "stage": job.stage,
        "percent": job.percent,
        "outcome": codec.dump_outcome(job.outcome),
        "error": codec.dump_failure(job.error),
        "attempts": job.attempts,
        "created": job.created,
        "updated": job.updated,
        "revision": job.revision,
        "serial": entry.serial,
        "holder": entry.holder,
        "trouble": entry.trouble and str(entry.trouble),
        "troubles": entry.troubles,
        "deaths": entry.deaths,
        "losses": entry.losses,
        "unparked": entry.unparked,
    }


def from_row(row: sa.Row[Any]) -> Entry:
    """Read an entry from its row."""
    job = Job(
        id=row.id,
        request=codec.load_request(row.request),
        state=State(row.state),
        stage=row.stage,
        percent=row.percent,
        outcome=codec.load_outcome(row.outcome),
        error=codec.load_failure(row.error),
        attempts=row.attempts,
        in_hand=row.holder is not None,
        created=row.created,
        updated=row.updated,
        revision=row.revision,
    )
    trouble = Kind(row.trouble) if row.trouble else None
    return Entry(job, row.serial, row.holder, trouble, row.troubles, row.deaths, row.losses, row.unparked)
