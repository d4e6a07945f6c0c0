"""The durable queue as the rest of the package sees it."""

import hashlib
import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa

from stembridge.errors import JobError
from stembridge.jobs import records
from stembridge.jobs.database import create_tables, has_tables, open_engine, speaking
from stembridge.jobs.job import Job, State
from stembridge.request import Request

if TYPE_CHECKING:
    from stembridge.jobs.ledger import Ledger
    from stembridge.jobs.settings import WorkerSettings

Jobs = list[Job]

ID_LENGTH = 16
PAGE = 1000


def job_id(key: str) -> str:
    """Return the id of the job for a content key: 16 hex digits, safe in file names."""
    return hashlib.sha256(key.encode("utf-8")).hexdigest()[:ID_LENGTH]


class JobStore:
    """Takes jobs in and tells how they stand; the workers do them.

    Safe to share between threads, and between processes by opening the same URL. Only what changes a job
    loads dbos; reading does not.
    """

    def __init__(self, url: str, *, durable: bool = True) -> None:
        """Open the job database, and create it at the first use.

        Args:
            url: ``sqlite:///<path>`` (a local disk, never a share) or ``postgresql://...``.
            durable: whether a submitted job survives a power cut (on PostgreSQL its own setting rules).

        Raises:
            JobError: if the URL or the database cannot be used.

        """
        self._url = url
        self._engine = open_engine(url, durable=durable)
        self._lock = threading.Lock()
        self._changes: Ledger | None = None
        with speaking():
            if not self._is_set_up():
                self._ledger()

    def submit(self, request: Request, *, key: str, again: bool = False) -> Job:
        """Ask for a job. Durable when it returns.

        Args:
            request: what to make.
            key: the content identity; the same key is the same job. One that is queued, running, waiting or
                done is returned as it is; one that failed or was cancelled gets a new go, for this request.
            again: do a job that is done once more.

        """
        with speaking():
            return self._ledger().ask(job_id(key), request, again=again)

    def get(self, name: str) -> Job:
        """Return a job by its id, a unique beginning of it, or a request's id.

        Raises:
            JobError: if there is no such job, or more than one.

        """
        with self._reading() as connection:
            entry = records.load(connection, self._resolve(connection, name))
            if entry is None:
                raise _unknown(name)
            return entry.job

    def find(self, request_id: str) -> Job | None:
        """Return the job that a request became, or None."""
        with self._reading() as connection:
            found = records.requested(connection, request_id)
            entry = records.load(connection, found) if found else None
            return entry.job if entry else None

    def list(self, limit: int = 20, states: Iterable[State] | None = None) -> Jobs:
        """Return the newest jobs first, in any of ``states`` or in all."""
        with self._reading() as connection:
            return records.newest(connection, limit, states)

    def cancel(self, name: str) -> Job:
        """Cancel a job that has not ended; ``name`` as for ``get``. Cancelling it twice is no mistake.

        A running job is ``cancelled`` at once; its worker stops the work a moment later.

        Raises:
            JobError: if there is no such job, or it is done or failed.

        """
        with speaking():
            return self._ledger().cancel(self._id(name))

    def retry(self, name: str, request: Request | None = None) -> Job:
        """Start a failed or cancelled job again, or try a waiting one now; ``name`` as for ``get``.

        Args:
            name: which job.
            request: what to make instead, when the sources have moved meanwhile.

        Raises:
            JobError: if there is no such job, or it is running or done.

        """
        with speaking():
            return self._ledger().ask_again(self._id(name), request)

    def changes(self, since: int) -> Jobs:
        """Return the jobs that changed after revision ``since``, oldest change first; at most 1000 at once.

        Go on from the ``revision`` of the last one. Cheap when nothing changed. Progress alone makes at most
        four changes a second for each running job.
        """
        with self._reading() as connection:
            return records.changed(connection, since, PAGE)

    def revision(self) -> int:
        """Return the revision of the newest change, from where ``changes`` may start."""
        with self._reading() as connection:
            return records.current_revision(connection)

    def counts(self) -> dict[State, int]:
        """Return how many jobs are in each state."""
        with self._reading() as connection:
            return records.counts(connection)

    def worker_died(self, slot: str, settings: "WorkerSettings | None" = None) -> None:
        """Note that a worker process of this machine died on its own, before it is started again.

        When three die with the same job in hand, that is parked. A process that ended because another holds the
        same slot has nothing in hand, and is not counted.

        Args:
            slot: the worker's slot.
            settings: the worker's settings, if not the usual ones.

        """
        from stembridge.jobs.locks import executor_id, is_held
        from stembridge.jobs.worker import DEFAULTS, locks_folder

        settings = settings or DEFAULTS
        executor = executor_id(slot, settings.host)
        if not is_held(locks_folder(self._url, settings), executor):
            with speaking():
                self._ledger().blame(executor)

    def close(self) -> None:
        """Let go of the database."""
        if self._changes is not None:
            self._changes.attempts.close()
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with speaking(), self._engine.connect() as connection:
            yield connection

    def _id(self, name: str) -> str:
        with self._reading() as connection:
            return self._resolve(connection, name)

    def _resolve(self, connection: sa.Connection, name: str) -> str:
        requested = records.requested(connection, name)
        if requested is not None:
            return requested
        if not re.fullmatch(r"[0-9a-f]{1,16}", name):
            raise _unknown(name)
        found = records.matching(connection, name, limit=2)
        if not found:
            raise _unknown(name)
        if len(found) > 1:
            raise JobError(f"More than one job begins with {name}.", hint="Give more digits of its id.")
        return found[0]

    def _is_set_up(self) -> bool:
        try:
            return has_tables(self._engine)
        except sa.exc.OperationalError:  # the server may only lack the database, which setting up creates
            return False

    def _ledger(self) -> "Ledger":
        with self._lock:
            if self._changes is None:
                from stembridge.jobs.attempts import Attempts
                from stembridge.jobs.ledger import Ledger

                attempts = Attempts(self._url, self._engine)
                attempts.connect()
                create_tables(self._engine)
                self._changes = Ledger(self._engine, attempts)
            return self._changes


def _unknown(name: str) -> JobError:
    return JobError(f"There is no job {name}.", hint="List the jobs with: stembridge jobs")
