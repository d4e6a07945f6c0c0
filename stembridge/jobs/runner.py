"""One attempt from beginning to end: take the job, do the work, record what came of it."""

import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa

from stembridge.errors import Cancelled, StembridgeError
from stembridge.jobs.claims import Claims
from stembridge.jobs.entry import Entry
from stembridge.jobs.minder import Minder
from stembridge.jobs.outcome import Failure, OnDone, OnFailed, Outcome, Work
from stembridge.jobs.retry import understand

log = logging.getLogger(__name__)

PATIENCE_S = 120.0

T = TypeVar("T")


class Runner:
    """Does the attempts that dbos hands to this worker, one at a time.

    Attributes:
        last_took_s: how long the last attempt took.
        ended: how many attempts came to an end here.

    """

    def __init__(
        self,
        claims: Claims,
        work: Work,
        on_failed: OnFailed,
        on_done: OnDone,
        stop: threading.Event,
        mind: Callable[[Entry], Minder],
    ) -> None:
        self._claims = claims
        self._work = work
        self._on_failed = on_failed
        self._on_done = on_done
        self._stop = stop
        self._mind = mind
        self.last_took_s = 0.0
        self.ended = 0

    def run(self, job_id: str, serial: int) -> None:
        """Run one attempt."""
        if self._stop.is_set():
            patiently(lambda: self._claims.pass_on(job_id, serial))
            return
        begun = time.monotonic()
        entry = patiently(lambda: self._claims.take(job_id, serial))
        if entry is not None:
            step = self._tell if entry.unparked else self._do
            step(entry)
        self.last_took_s = time.monotonic() - begun
        self.ended += 1

    def _do(self, entry: Entry) -> None:
        with self._mind(entry) as minder:
            result = self._result(entry, minder)
        if isinstance(result, Outcome):
            outcome = result
            if patiently(lambda: self._claims.finish(entry, outcome)):
                self._clear_up(entry)
        elif isinstance(result, Cancelled):
            stopping = self._stop.is_set()
            patiently(lambda: self._claims.let_go(entry, stopping=stopping))
        else:
            trouble = understand(result)
            _log(entry, result)
            parked = patiently(lambda: self._claims.stumble(entry, trouble))
            if parked is not None:
                self._tell(parked)

    def _result(self, entry: Entry, minder: Minder) -> Outcome | BaseException:
        """Do the work. The one place where every error is caught: it becomes the job's, not the worker's."""
        try:
            return self._work(entry.job.id, entry.job.request, minder)
        except Cancelled as error:
            return error
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever it is, it ends the job alone
            return error

    def _clear_up(self, entry: Entry) -> None:
        try:
            self._on_done(entry.job.id, entry.job.request)
        except Exception:  # the delivery is safe and on record; what is left behind is only litter
            log.exception("Job %s is done, but did not clear up.", entry.job.id, extra={"job": entry.job.id})

    def _tell(self, entry: Entry) -> None:
        failure = entry.job.error or Failure("unexpected", "The job failed.")
        again = False
        try:
            self._on_failed(entry.job.id, entry.job.request, failure)
        except Exception:  # the share may be away; it is told again later
            log.exception("Job %s could not be parked yet.", entry.job.id, extra={"job": entry.job.id})
            again = True
        patiently(lambda: self._claims.told(entry, again=again))


def _log(entry: Entry, error: BaseException) -> None:
    """Log an error of the work: in one line when it is one of ours, with its trace when nobody expected it."""
    trace = None if isinstance(error, StembridgeError) else error
    extra = {"action": "job_stumbled", "job": entry.job.id}
    log.warning("Job %s stumbled: %s", entry.job.id, error, exc_info=trace, extra=extra)


def patiently(step: Callable[[], T], patience_s: float = PATIENCE_S) -> T:
    """Do a step on the database, again and again while its server is away, for up to ``patience_s``."""
    deadline = time.monotonic() + patience_s
    pause_s = 0.1
    while True:
        try:
            return step()
        except (sa.exc.OperationalError, sa.exc.InterfaceError) as error:
            if time.monotonic() + pause_s > deadline:
                raise
            log.warning("The job database does not answer: %s", error.orig)
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, 5.0)
