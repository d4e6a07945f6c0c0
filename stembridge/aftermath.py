"""Aftermath: what is left to do when a job has ended in a way that no worker sees.

A job that is cancelled while it is queued leaves its original in the hot folder, where the next start would take
it in again. So it is put with the failed ones, with a note that says how to go on.
"""

import logging

from stembridge.errors import Cancelled
from stembridge.jobs.engine import JobStore
from stembridge.jobs.job import Job, State
from stembridge.stages.originals import park

NEWEST = 200

log = logging.getLogger(__name__)


class Aftermath:
    """Puts the originals of cancelled jobs aside."""

    def __init__(self, store: JobStore) -> None:
        """Take the queue."""
        self._store = store

    def catch_up(self) -> None:
        """Look at what was cancelled while nobody looked."""
        self.tell(self._store.list(NEWEST, [State.CANCELLED]))

    def tell(self, changed: list[Job]) -> None:
        """Take the jobs that changed."""
        for job in changed:
            if job.state is State.CANCELLED:
                self._put_aside(job)

    def _put_aside(self, job: Job) -> None:
        if job.in_hand:
            return  # a change follows when the worker lets go of it
        note = Cancelled("The job was cancelled.", hint="Nothing is wrong with the file.")
        try:
            park(job.request, note, job=job.id)
        except OSError as error:
            log.warning("The original of job %s stays where it is: %s", job.id, error)
