"""Attempts as dbos keeps them: one workflow each, on one queue, enqueued together with the record.

Whatever the package wants of dbos's client is here; whatever it wants of its runtime is in ``runtime.py``.
"""

import logging
import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions

from stembridge.jobs.entry import Entry
from stembridge.request import Origin

APPLICATION = "stembridge"
VERSION = "1"
WORKFLOW = "stembridge.attempt"
QUEUE = "stembridge"
POLL_S = 0.25

INTERACTIVE = 1
BACKGROUND = 10

UNFINISHED = ["ENQUEUED", "DELAYED", "PENDING"]
ENDED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
SWEEP = 500


def priority_of(origin: Origin) -> int:
    """Return the queue's number for who asked; a lower one goes first."""
    return BACKGROUND if origin is Origin.HOT_FOLDER else INTERACTIVE


def parse_attempt(name: str) -> tuple[str, int]:
    """Split the name of an attempt into its job's id and its serial number."""
    job_id, _, serial = name.rpartition(".")
    return job_id, int(serial)


class Attempts:
    """Enqueues, finds and forgets attempts. Connects, and sets dbos's tables up, at its first use."""

    def __init__(self, url: str, engine: sa.Engine) -> None:
        self._url = url
        self._engine = engine
        self._lock = threading.Lock()
        self._client: DBOSClient | None = None

    def connect(self) -> DBOSClient:
        """Return the client; the first call creates or upgrades dbos's tables."""
        with self._lock:
            if self._client is None:
                self._client = self._open()
            return self._client

    def _open(self) -> DBOSClient:
        logging.getLogger("dbos").setLevel(logging.WARNING)
        DBOS.migrate(self._url)
        client = DBOSClient(
            system_database_engine=self._engine,
            serializer=DBOSPortableJSONSerializer(),
            application_name=APPLICATION,
            retry_connection_errors=False,
        )
        client.register_queue(
            QUEUE, worker_concurrency=1, polling_interval_sec=POLL_S, on_conflict="never_update"
        )
        return client

    def enqueue(self, connection: sa.Connection, entry: Entry, delay_s: float = 0.0) -> None:
        """Enqueue the attempt that ``entry`` names, within the caller's transaction.

        ``connect`` must have been called before the transaction was opened: setting the tables up needs one
        of its own.
        """
        assert self._client is not None
        options: EnqueueOptions = {
            "workflow_name": WORKFLOW,
            "queue_name": QUEUE,
            "workflow_id": entry.attempt,
            "priority": priority_of(entry.job.origin),
        }
        if delay_s > 0:
            options["delay_seconds"] = delay_s
        self._client.enqueue_in_transaction(connection, options, entry.job.id, entry.serial)

    def withdraw(self, names: Iterable[str]) -> None:
        """Take attempts that have not ended off the queue; for ones that run it only closes dbos's books."""
        self.connect().cancel_workflows(list(names))

    def running_on(self, executor: str) -> list[str]:
        """Return the names of the attempts that a worker has taken and not ended."""
        found = self.connect().list_workflows(
            name=WORKFLOW, status="PENDING", executor_id=executor, load_input=False, load_output=False
        )
        return [status.workflow_id for status in found]

    def executors(self) -> set[str]:
        """Return the workers, alive or dead, that have taken attempts and not ended them."""
        found = self.connect().list_workflows(
            name=WORKFLOW, status="PENDING", load_input=False, load_output=False
        )
        return {status.executor_id for status in found if status.executor_id}

    def unfinished(self, names: list[str]) -> set[str]:
        """Return those of the attempts that dbos is still going to run or is running."""
        if not names:
            return set()
        found = self.connect().list_workflows(
            workflow_ids=names, status=UNFINISHED, load_input=False, load_output=False
        )
        return {status.workflow_id for status in found}

    def forget(self, older_than_s: float) -> int:
        """Delete what dbos keeps about some of the attempts that ended so long ago; return how many."""
        before = datetime.now(UTC) - timedelta(seconds=older_than_s)
        found = self.connect().list_workflows(
            name=WORKFLOW,
            status=ENDED,
            completed_before=before.isoformat(),
            limit=SWEEP,
            load_input=False,
            load_output=False,
        )
        if found:
            self.connect().delete_workflows([status.workflow_id for status in found])
        return len(found)

    def close(self) -> None:
        """Let go of the client; the engine stays the caller's."""
        with self._lock:
            if self._client is not None:
                self._client.destroy()
                self._client = None
