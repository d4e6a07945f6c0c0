"""dbos's runtime in a worker process: hands out attempts, and recovers the ones this worker left behind."""

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, Queue

from stembridge.jobs.attempts import APPLICATION, QUEUE, VERSION, WORKFLOW

NOTIFICATIONS_S = 0.2
SCHEDULES_S = 3600.0


@contextmanager
def launched(
    engine: sa.Engine, executor: str, run: Callable[[str, int], None], *, poll_s: float, drain_s: float
) -> Iterator[Queue]:
    """Run attempts, one at a time, for as long as the block runs.

    Args:
        engine: of the job database.
        executor: this worker's name; attempts that were left under it are handed to it again.
        run: does one attempt, given the job's id and the attempt's serial number; called on dbos's thread.
        poll_s: how often to look for a new attempt.
        drain_s: how long to wait at the end for the attempt that is still running.

    Yields:
        The queue, whose polling interval may be changed.

    """
    DBOS(config=_config(engine, executor))
    busy = threading.Event()

    # No limit of dbos's own: which deaths count, and what becomes of the job, is decided in claims.py.
    @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=None)
    def attempt(job_id: str, serial: int) -> None:
        busy.set()
        try:
            run(job_id, serial)
        finally:
            busy.clear()

    try:
        DBOS.listen_queues([QUEUE])
        DBOS.launch()
        yield DBOS.register_queue(
            QUEUE, worker_concurrency=1, polling_interval_sec=poll_s, on_conflict="always_update"
        )
    finally:
        # dbos waits in whole seconds, so only when there is something to wait for.
        wait_s = math.ceil(drain_s) if busy.is_set() else 0
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=wait_s)


def _config(engine: sa.Engine, executor: str) -> DBOSConfig:
    return {
        "name": APPLICATION,
        "system_database_engine": engine,
        "application_version": VERSION,
        "executor_id": executor,
        "serializer": DBOSPortableJSONSerializer(),
        "log_level": "WARNING",
        "notification_listener_polling_interval_sec": NOTIFICATIONS_S,
        "scheduler_polling_interval_sec": SCHEDULES_S,
    }
