"""Aftermath: what is left to do when a job has ended in a way that no worker sees.

A job that is cancelled leaves its original in the hot folder, where the next start would take it in again. So it is
put with the failed ones, with a note that says how to go on; at the next start if nobody was there to do it.
What a job had begun to write is removed when its worker was killed before it could do that.
"""

import logging
import threading
from collections.abc import Iterable

from stembridge.errors import Cancelled, JobError
from stembridge.jobs.engine import JobStore, job_id
from stembridge.jobs.job import ENDED, Job, State
from stembridge.request import Request
from stembridge.stages.originals import park, was_parked
from stembridge.stages.staging import Staging

NEWEST = 500
PATIENCE_S = 2.0

NOTE = Cancelled("The job was cancelled.", hint="Nothing is wrong with the file.")

log = logging.getLogger(__name__)


class Aftermath:
    """Puts the originals of cancelled jobs aside."""

    def tell(self, changed: list[Job]) -> None:
        """Take the jobs that changed."""
        for job in changed:
            if job.state is State.CANCELLED:
                self._put_aside(job)

    def _put_aside(self, job: Job) -> None:
        if job.in_hand:
            return  # a change follows when the worker lets go of it
        Staging(job.destination, job.id).clear()
        try:
            park(job.request, NOTE, job=job.id)
        except OSError as error:
            log.warning("The original of job %s stays where it is: %s", job.id, error)


def put_aside_late(store: JobStore, request: Request, key: str) -> bool:
    """Put a delivery aside that was cancelled while no daemon ran; false for any other.

    What was put aside before and is dropped once more is wanted after all.
    """
    known = _known(store, key)
    if known is None or known.state is not State.CANCELLED or was_parked(request, job=known.id):
        return False
    Staging(request.destination, known.id).clear()
    return park(request, NOTE, job=known.id) is not None


def clear_leftovers(store: JobStore) -> None:
    """Remove what jobs that have ended still have in their destinations, because all was killed at that moment.

    Called before the workers start. A share that hangs is not waited for.
    """
    jobs = [job for job in store.list(NEWEST, ENDED) if not job.in_hand]
    thread = threading.Thread(target=_clear_all, args=(jobs,), name="leftovers", daemon=True)
    thread.start()
    thread.join(PATIENCE_S)


def _clear_all(jobs: Iterable[Job]) -> None:
    for job in jobs:
        Staging(job.destination, job.id).clear()


def _known(store: JobStore, key: str) -> Job | None:
    try:
        return store.get(job_id(key))
    except JobError as error:
        if error.retryable:
            raise
        return None
