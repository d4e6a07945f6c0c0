"""Aftermath: what is left to do when a job has ended in a way that no worker sees.

A job that is cancelled while it is queued leaves its original in the hot folder, where the next start would take
it in again. So it is put with the failed ones, with a note that says how to go on.
"""

import logging
import threading

from stembridge.errors import Cancelled, JobError
from stembridge.jobs.engine import JobStore
from stembridge.jobs.job import Job, State
from stembridge.stages.originals import park

LOOK_EVERY_S = 0.5
NEWEST = 200

log = logging.getLogger(__name__)


class Aftermath:
    """Follows the jobs, and puts the originals of cancelled ones aside."""

    def __init__(self, store: JobStore) -> None:
        self._store = store
        self._seen = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="aftermath", daemon=True)

    def start(self) -> None:
        """Look at what was cancelled while nobody looked, then follow in a thread."""
        self._seen = self._store.revision()
        for job in self._store.list(NEWEST, [State.CANCELLED]):
            self._put_aside(job)
        self._thread.start()

    def stop(self) -> None:
        """Stop following."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(LOOK_EVERY_S):
            try:
                self._follow()
            except JobError as error:
                log.warning("The jobs cannot be followed now: %s", error)

    def _follow(self) -> None:
        for job in self._store.changes(self._seen):
            self._seen = max(self._seen, job.revision)
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
