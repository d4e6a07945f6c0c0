"""The thread beside the work: writes the progress, sees a cancel, ends the process if the work will not stop.

The work itself only ever looks at a flag, so it may report progress as often as it likes.
"""

import logging
import threading
from collections.abc import Callable
from types import TracebackType

import sqlalchemy as sa

from stembridge.errors import Cancelled
from stembridge.jobs.claims import Claims
from stembridge.jobs.entry import Entry

log = logging.getLogger(__name__)

EXIT_STUCK = 75
"""The exit code of a worker that ended itself because its work did not stop when told to."""


class Minder:
    """Minds one attempt for as long as its block runs; call it to report progress.

    Attributes:
        told_to_stop: whether the work has to end: cancelled, taken over, or the worker is stopping.

    """

    def __init__(
        self,
        claims: Claims,
        entry: Entry,
        stop: threading.Event,
        *,
        interval_s: float,
        grace_s: float,
        end_process: Callable[[int], object],
    ) -> None:
        self._claims = claims
        self._entry = entry
        self._stop = stop
        self._interval_s = interval_s
        self._grace_s = grace_s
        self._end_process = end_process
        self._progress: tuple[str, float] | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._mind, name="stembridge-minder", daemon=True)
        self.told_to_stop = False

    def __call__(self, stage: str, fraction: float) -> None:
        """Report progress; see ``request.Progress``.

        Raises:
            Cancelled: if the work has to end.

        """
        self._progress = (stage, 100.0 * min(max(fraction, 0.0), 1.0))
        if self.told_to_stop or self._stop.is_set():
            self.told_to_stop = True
            raise Cancelled

    def __enter__(self) -> "Minder":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _mind(self) -> None:
        while not self._over.wait(self._interval_s):
            if self._stop.is_set() or not self._still_counts():
                self.told_to_stop = True
                break
        if not self._over.wait(self._grace_s):
            log.error(
                "The work did not stop within %s s; this worker ends and is started again.",
                self._grace_s,
                extra={"action": "worker_stuck", "job": self._entry.job.id},
            )
            self._end_process(EXIT_STUCK)

    def _still_counts(self) -> bool:
        progress, self._progress = self._progress, None
        try:
            if progress is None:
                return self._claims.counts(self._entry)
            return self._claims.advance(self._entry, *progress)
        except sa.exc.DBAPIError as error:
            log.warning("Progress could not be written: %s", error.orig, extra={"job": self._entry.job.id})
            return True
