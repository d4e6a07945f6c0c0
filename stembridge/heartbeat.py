"""The heartbeat: how scripts and commands see that the daemon is alive."""

import json
import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from stembridge import __version__
from stembridge.durable import write_replacing

BEAT_S = 5.0
DEAD_AFTER_S = 15.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Beat:
    """One sign of life: who, since when it is known, where it listens, and whether it asks for a token."""

    version: str
    pid: int
    time: float
    port: int
    token: bool = False


class Heartbeat:
    """Writes ``heartbeat.json`` every few seconds until it is stopped."""

    def __init__(
        self, path: Path, *, port: Callable[[], int], token: bool = False, every_s: float = BEAT_S
    ) -> None:
        """Prepare the heartbeat.

        Args:
            path: the file.
            port: tells the port that OSC commands arrive on.
            token: whether they need a token.
            every_s: seconds between two beats.

        """
        self._path = path
        self._every_s = every_s
        self._port = port
        self._token = token
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Write the first beat and go on in a thread."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._beat()
        self._thread.start()

    def stop(self) -> None:
        """Stop, and take the sign of life away."""
        self._stop.set()
        self._thread.join()
        self._path.unlink(missing_ok=True)

    def _run(self) -> None:
        while not self._stop.wait(self._every_s):
            try:
                self._beat()
            except OSError as error:  # a full disk must not make us look dead for ever
                log.warning("The heartbeat could not be written: %s", error)

    def _beat(self) -> None:
        beat = Beat(__version__, os.getpid(), time.time(), self._port(), self._token)
        write_replacing(self._path, json.dumps(asdict(beat)).encode())


def read_beat(path: Path, *, now: float) -> Beat | None:
    """Return the last sign of life, or None when there is none that is recent."""
    try:
        beat = Beat(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return beat if now - beat.time < DEAD_AFTER_S else None
