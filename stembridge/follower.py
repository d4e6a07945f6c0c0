"""The follower: looks at the queue once for everybody who wants to hear of its changes."""

import logging
import threading
from collections.abc import Callable, Sequence

from stembridge.errors import JobError
from stembridge.jobs.engine import JobStore
from stembridge.jobs.job import Job

LOOK_EVERY_S = 0.25
"""Which bounds what clients are told of one job to four times a second."""

Listener = Callable[[list[Job]], None]
"""Told the jobs that changed, each as it stands now, oldest change first. Must not take long."""

log = logging.getLogger(__name__)


class Follower:
    """Follows the jobs and tells listeners what changed."""

    def __init__(self, store: JobStore, listeners: Sequence[Listener]) -> None:
        """Take the queue and those who want to hear of it."""
        self._store = store
        self._listeners = tuple(listeners)
        self._seen = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)

    def start(self) -> None:
        """Follow, from now on, in a thread."""
        self._seen = self._store.revision()
        self._thread.start()

    def stop(self) -> None:
        """Stop following."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(LOOK_EVERY_S):
            try:
                self._look()
            except JobError as error:  # the database is away; what changed meanwhile is told when it is back
                log.warning("The jobs cannot be followed just now: %s", error)

    def _look(self) -> None:
        changed = self._store.changes(self._seen)
        if not changed:
            return
        self._seen = changed[-1].revision
        for listener in self._listeners:
            try:
                listener(changed)
            except OSError as error:
                log.warning("Not everybody could be told how jobs go: %s", error)
