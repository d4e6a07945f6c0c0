"""What a worker does beside the work: takeover, healing and forgetting on its main thread, the heartbeat on its own."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from stembridge.jobs import takeover
from stembridge.jobs.ledger import Ledger
from stembridge.jobs.settings import WorkerSettings

log = logging.getLogger(__name__)


@dataclass
class Chore:
    """Something to do every so often."""

    every_s: float
    do: Callable[[], None]
    due_s: float = field(default=float("-inf"))


class Housekeeping:
    """The chores of one worker."""

    def __init__(
        self, ledger: Ledger, executor: str, settings: WorkerSettings, *, locks: Path, alone: bool
    ) -> None:
        """Plan the chores.

        Args:
            ledger: of the job database.
            executor: this worker's name.
            settings: how often to do what.
            locks: the folder of the workers' lock files.
            alone: whether all workers are on this machine (SQLite), so that locks tell who is alive.

        """
        self._ledger = ledger
        self._executor = executor
        self._settings = settings
        self._locks = locks
        self._alone = alone
        watch = Chore(settings.heal_s, self._unlocked) if alone else Chore(settings.beat_s, self._silent)
        self._chores = [watch, Chore(settings.heal_s, self._heal)]

    def tick(self, now_s: float) -> None:
        """Do what is due, by a monotonic clock."""
        for chore in self._chores:
            if now_s >= chore.due_s:
                chore.due_s = now_s + chore.every_s
                try:
                    chore.do()
                except sa.exc.DBAPIError as error:
                    log.warning("The job database does not answer: %s", error.orig)

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Say that this worker is alive until the block ends, and then that it stops in good order.

        A chore may wait for the lock of a job whose worker froze; who waits must not seem dead to the others.
        """
        if self._alone:
            yield
            return
        over = threading.Event()
        self._beat()
        thread = threading.Thread(
            target=self._beat_until, args=(over,), name="stembridge-heartbeat", daemon=True
        )
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
        takeover.retire(self._ledger.engine, self._executor)

    def _beat_until(self, over: threading.Event) -> None:
        while not over.wait(self._settings.beat_s):
            self._beat()

    def _beat(self) -> None:
        try:
            takeover.beat(self._ledger.engine, self._executor)
        except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
            log.warning("The heartbeat could not be written: %s", error)

    def _unlocked(self) -> None:
        for executor in takeover.unlocked(self._ledger, self._locks, self._executor):
            takeover.take_over(self._ledger, executor, blame=False)

    def _silent(self) -> None:
        for executor in takeover.silent(self._ledger, self._settings.dead_after_s):
            takeover.take_over(self._ledger, executor, blame=True)

    def _heal(self) -> None:
        takeover.heal(self._ledger, self._settings.heal_s)
        self._ledger.attempts.forget(self._settings.history_s)
