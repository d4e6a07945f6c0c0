"""The thread of one hot folder: waits for an event or a due time, looks, and hands in."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from stembridge.errors import StembridgeError
from stembridge.intake.scanner import Scanner, Waiting
from stembridge.intake.vigil import Vigil
from stembridge.request import Request

TICK_S = 2.0
LEAST_PAUSE_S = 0.05
REST_PER_LOOK = 9.0
REST_BELOW = 50.0
FIRST_RETRY_S = 1.0
LONGEST_RETRY_S = 60.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FolderStatus:
    """How a hot folder is.

    Attributes:
        path: the hot folder.
        away: true while it is not there.
        events: true while changes are noticed by events, false while by polling.
        waiting: what was noticed in it and is not handed in yet, and why.

    """

    path: Path
    away: bool
    events: bool
    waiting: tuple[Waiting, ...]


class Lane(threading.Thread):
    """Looks after one hot folder until it is told to stop."""

    def __init__(
        self, scanner: Scanner, hand_in: Callable[[Request], None], clock: Callable[[], float]
    ) -> None:
        """Prepare the thread.

        Args:
            scanner: looks into the hot folder.
            hand_in: takes a delivery, durably when it returns; when it raises, it is tried again.
            clock: tells the time, in seconds since the epoch.

        """
        super().__init__(name=f"intake {scanner.folder.path.name}", daemon=True)
        self._scanner = scanner
        self._hand_in = hand_in
        self._clock = clock
        self._bell = threading.Event()
        self._stopping = threading.Event()
        self._vigil = Vigil(scanner.folder, self.ring)
        self._attempts: dict[Path | None, int] = {}
        self._pause_s = LEAST_PAUSE_S
        self._took_s = 0.0

    def ring(self) -> None:
        """Ask for a look now; called from any thread, returns at once."""
        self._bell.set()

    def ask_to_stop(self) -> None:
        """Ask the thread to end; returns at once."""
        self._stopping.set()
        self._bell.set()

    def status(self) -> FolderStatus:
        """Tell how the hot folder is."""
        scanner = self._scanner
        return FolderStatus(scanner.folder.path, scanner.place.away, self._vigil.has_events, scanner.waiting)

    def run(self) -> None:
        """Look until told to stop."""
        self._bell.set()
        while not self._stopping.is_set():
            try:
                self._turn()
            except Exception:  # the folder must not go deaf, whatever one look ran into
                log.exception("A look into %s failed.", self._scanner.folder.path)
            self._wait()
        self._vigil.stop()

    def _turn(self) -> None:
        now = self._clock()
        if self._bell.is_set() or now >= self._due(now) or self._scanner.place.has_changed():
            self._bell.clear()
            self._look(now)
        place = self._scanner.place
        if self._vigil.tend(None if place.away else place.ground):
            self._bell.set()

    def _look(self, now: float) -> None:
        began = time.perf_counter()
        requests = self._scanner.scan(now)
        self._took_s = time.perf_counter() - began
        # However many events come, looking takes at most a tenth of the time.
        self._pause_s = max(LEAST_PAUSE_S, REST_PER_LOOK * self._took_s)
        for request in requests:
            if self._stopping.is_set():
                return
            self._offer(request)

    def _wait(self) -> None:
        self._stopping.wait(self._pause_s)
        self._pause_s = LEAST_PAUSE_S
        now = self._clock()
        self._bell.wait(max(0.0, min(TICK_S, self._due(now) - now)))

    def _due(self, now: float) -> float:
        every_s = self._vigil.every_s
        below_s = self._scanner.look_below_s
        if below_s is not None:  # and at most a fiftieth of it only because something might change down there
            every_s = min(every_s, max(below_s, REST_BELOW * self._took_s))
        return self._scanner.next_wake(now, every_s)

    def _offer(self, request: Request) -> None:
        try:
            self._hand_in(request)
        except Exception as error:  # noqa: BLE001 - whatever the queue ran into, the delivery stays and is tried again
            self._put_back(request, error)
        else:
            self._attempts.pop(request.root, None)

    def _put_back(self, request: Request, error: Exception) -> None:
        attempt = self._attempts[request.root] = self._attempts.get(request.root, 0) + 1
        delay_s = min(FIRST_RETRY_S * 2.0 ** min(attempt - 1, 16), LONGEST_RETRY_S)
        self._scanner.put_back(request, self._clock() + delay_s)
        log.warning(
            "%s could not be handed in and is tried again in %.0f s: %s",
            request.root,
            delay_s,
            error,
            exc_info=None if isinstance(error, StembridgeError) else error,
            extra={"action": "delivery_put_back"},
        )
