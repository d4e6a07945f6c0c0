"""The spool in: requests and commands that scripts leave as files. A lost bell costs a second, never work.

A request is removed once it is a job on the disk, or refused; either way its status file says so first.
"""

import logging
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from time import time

from stembridge.errors import IntakeError, JobError, StembridgeError
from stembridge.intake.clerk import Clerk
from stembridge.intake.orders import Order, Orders
from stembridge.intake.spool_files import make_private, read_json, remove_old
from stembridge.intake.spool_request import read_command, read_request
from stembridge.report.record import JobNews, Laid
from stembridge.report.spool import StatusBoard

SCAN_S = 1.0
CLEAN_S = 3600.0
FOLDERS = ("requests", "commands", "status")
ELSEWISE = "Render the item to a new take and try that; the log is what to report."
FILE = re.compile(r"([0-9a-f]{32})\.json")

log = logging.getLogger(__name__)


class SpoolInbox:
    """Takes what lies in the spool: at the start, when the bell rings, and every second."""

    def __init__(
        self,
        spool: Path,
        orders: Orders,
        clerk: Clerk,
        board: StatusBoard,
        at_each_look: Callable[[], None] = lambda: None,
    ) -> None:
        """Prepare an inbox.

        Args:
            spool: the spool's folder.
            orders: makes requests of what scripts write.
            clerk: knows jobs.
            board: where answers are written.
            at_each_look: what else to keep in step.

        """
        self._spool = spool
        self._orders = orders
        self._clerk = clerk
        self._board = board
        self._at_each_look = at_each_look
        self._one_at_a_time = threading.Lock()
        self._bell = threading.Event()
        self._stopping = False
        self._cleaned_at = 0.0
        self._thread = threading.Thread(target=self._run, name="spool", daemon=True)

    def prepare(self) -> None:
        """Make the folders, for this user alone."""
        make_private(self._spool)
        for name in FOLDERS:
            (self._spool / name).mkdir(exist_ok=True)

    def start(self) -> None:
        """Start looking, in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop looking."""
        self._stopping = True
        self._bell.set()
        self._thread.join()

    def ring(self) -> None:
        """Look now."""
        self._bell.set()

    def take(self, request: str) -> JobNews:
        """Take one request, given its id of 32 hexadecimal digits.

        Returns:
            The job that it is, also when it was taken before.

        Raises:
            StembridgeError: if it is refused, with the code ``no-request`` when there is none.

        """
        path = self._spool / "requests" / f"{request}.json"
        with self._one_at_a_time:
            try:
                order = self._order(path, request)
                news = self._clerk.submit(order.request)
            except FileNotFoundError as error:
                return self._taken_before(request, error)
            except StembridgeError as error:
                if not _may_pass(error):
                    self._refuse(request, path, error)
                raise
            except Exception as error:  # one bad request must not make the daemon deaf
                log.exception("The request %s failed.", request)
                mistake = IntakeError("The daemon made a mistake; its log has it.", hint=ELSEWISE)
                self._refuse(request, path, mistake)
                raise mistake from error
            self._board.follow(request, news, _laid(order))
            path.unlink(missing_ok=True)
            with suppress(OSError, JobError):  # which is owed then, or told with the next change
                self._board.tell([self._clerk.get(news.id)])  # it may have ended before it was followed
        log.info("%s is job %s.", news.name, news.id, extra={"action": "submitted", "job": news.id})
        return news

    def _refuse(self, request: str, path: Path, error: StembridgeError) -> None:
        self._board.reject(request, error)
        path.unlink(missing_ok=True)

    def _order(self, path: Path, request: str) -> Order:
        return self._orders.of_spool(read_request(read_json(path, now=time()), name=request))

    def _taken_before(self, request: str, missing: FileNotFoundError) -> JobNews:
        news = self._clerk.find(request)
        if news is None:
            raise IntakeError(
                "There is no such request in the spool.",
                hint="Write the file before ringing; or look into its status file.",
                code="no-request",
            ) from missing
        return news

    def _run(self) -> None:
        while not self._stopping:
            self._bell.clear()
            try:
                self._scan()
            except OSError as error:
                log.warning("The spool cannot be read now: %s", error)
            self._bell.wait(SCAN_S)

    def _scan(self) -> None:
        for request in self._waiting("requests"):
            try:
                self.take(request)
            except StembridgeError as error:
                log.warning("The request %s was not taken: %s", request, error, extra={"action": "rejected"})
        for name in self._waiting("commands"):
            self._command(self._spool / "commands" / f"{name}.json")
        self._at_each_look()
        if time() - self._cleaned_at > CLEAN_S:
            self._cleaned_at = time()
            self._clean()

    def _waiting(self, folder: str) -> Iterator[str]:
        """Find the ids of what lies in a folder, the oldest first."""
        with os.scandir(self._spool / folder) as entries:
            found = [
                (entry.stat(follow_symlinks=False).st_mtime_ns, match[1])
                for entry in entries
                if (match := FILE.fullmatch(entry.name)) and entry.is_file(follow_symlinks=False)
            ]
        return (name for _, name in sorted(found))

    def _command(self, path: Path) -> None:
        try:
            wanted = read_command(read_json(path, now=time()))
            act = self._clerk.cancel if wanted.command == "cancel" else self._clerk.retry
            act(wanted.id)
        except StembridgeError as error:
            if _may_pass(error):
                return
            log.warning("The command %s was not done: %s", path.stem, error, extra={"action": "rejected"})
        path.unlink(missing_ok=True)

    def _clean(self) -> None:
        self._board.clean()
        for name in ("requests", "commands"):
            remove_old(self._spool / name, now=time())


def _may_pass(error: StembridgeError) -> bool:
    """Say whether to look at the file again later: the database is away, or the file is still being written."""
    return error.retryable and (isinstance(error, JobError) or error.code == "incomplete")


def _laid(order: Order) -> Laid:
    cut = order.range
    if cut is None:
        return Laid()
    return Laid(cut.before, cut.after, cut.length, order.play_rate, cut.loops)
