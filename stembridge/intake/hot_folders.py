"""The intake of all hot folders: one thread each, so that a share that hangs holds up nobody else."""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from stembridge.intake.filesystem import is_share
from stembridge.intake.hot_folder import HotFolder
from stembridge.intake.identity import content_key
from stembridge.intake.lane import FolderStatus, Lane
from stembridge.intake.scanner import Scanner
from stembridge.request import Request

STOP_S = 5.0


class Intake:
    """Watches hot folders and hands in every complete delivery."""

    def __init__(
        self,
        folders: Sequence[HotFolder],
        submit: Callable[[Request, str], None],
        clock: Callable[[], float] = time.time,
        *,
        key: Callable[[Request], str] = content_key,
        detect: Callable[[Path], bool] = is_share,
    ) -> None:
        """Prepare the intake; nothing is started or touched yet.

        Args:
            folders: the hot folders.
            submit: takes a request and its content key, never two at once; durable when it returns.
            clock: tells the time, in seconds since the epoch.
            key: computes the content key of a request.
            detect: tells a share from a local folder.

        """
        self._submit = submit
        self._key = key
        self._one_at_a_time = threading.Lock()
        paths = [folder.path for folder in folders]
        scanners = [Scanner(folder, others=paths, detect=detect) for folder in folders]
        self._lanes = [Lane(scanner, self._hand_in, clock) for scanner in scanners]

    def start(self) -> None:
        """Start looking; files that are already there go through the same gate."""
        for lane in self._lanes:
            lane.start()

    def stop(self) -> None:
        """Stop looking. A thread that hangs on a dead share is left behind."""
        for lane in self._lanes:
            lane.ask_to_stop()
        deadline = time.monotonic() + STOP_S
        for lane in self._lanes:
            if lane.is_alive():
                lane.join(max(0.0, deadline - time.monotonic()))

    def wake(self) -> None:
        """Look into every hot folder now."""
        for lane in self._lanes:
            lane.ring()

    def status(self) -> tuple[FolderStatus, ...]:
        """Tell how each hot folder is."""
        return tuple(lane.status() for lane in self._lanes)

    def _hand_in(self, request: Request) -> None:
        content = self._key(request)
        with self._one_at_a_time:
            self._submit(request, content)
