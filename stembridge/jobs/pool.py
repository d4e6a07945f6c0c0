"""The daemon's worker processes: started, watched, started again when they die, stopped in good order."""

import contextlib
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

log = logging.getLogger(__name__)

OnDeath = Callable[[int, int], None]
"""Told the slot and exit code of a worker that ended although nobody asked it to."""


@dataclass(frozen=True)
class PoolSettings:
    """How the pool behaves in time, in seconds.

    Attributes:
        pause_s: how long to wait before a worker that died is started again; doubles while it keeps dying.
        pause_cap_s: the longest such pause.
        steady_s: a worker that lived so long did not die of its start.
        grace_s: how long a worker may take to end when asked, before it is killed.

    """

    pause_s: float = 0.5
    pause_cap_s: float = 30.0
    steady_s: float = 30.0
    grace_s: float = 20.0


class WorkerPool:
    """Keeps ``count`` worker processes alive; use as a context manager, or ``start`` and ``stop``.

    Each worker gets a pipe as its standard input and should end when that ends
    (``lifeline.stop_with_parent``): so it is asked to stop, and so it learns that this process died.
    """

    def __init__(
        self,
        argv_for_slot: Callable[[int], list[str]],
        count: int,
        *,
        on_death: OnDeath | None = None,
        settings: PoolSettings | None = None,
    ) -> None:
        """Plan the workers, and start none.

        Args:
            argv_for_slot: the command line of slot 0, 1, ...; no shell sees it.
            count: how many workers.
            on_death: told about each worker that died, before it is started again.
            settings: times.

        """
        settings = settings or PoolSettings()
        self._slots = [_Slot(number, argv_for_slot, on_death, settings) for number in range(count)]

    def start(self) -> None:
        """Start the workers."""
        for slot in self._slots:
            slot.start()

    def stop(self) -> None:
        """Ask all workers to end, wait, and kill those that do not."""
        for slot in self._slots:
            slot.ask_to_stop()
        for slot in self._slots:
            slot.join()

    def pids(self) -> list[int]:
        """Return the process ids of the workers that run now."""
        return [pid for slot in self._slots if (pid := slot.pid()) is not None]

    def __enter__(self) -> "WorkerPool":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Slot:
    def __init__(
        self,
        number: int,
        argv_for_slot: Callable[[int], list[str]],
        on_death: OnDeath | None,
        settings: PoolSettings,
    ) -> None:
        self._number = number
        self._argv_for_slot = argv_for_slot
        self._on_death = on_death
        self._settings = settings
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(
            target=self._keep_alive, name=f"stembridge-slot-{number}", daemon=True
        )

    def start(self) -> None:
        self._thread.start()

    def pid(self) -> int | None:
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def ask_to_stop(self) -> None:
        with self._lock:
            self._stopping.set()
            if self._process is not None:
                _ask(self._process)

    def join(self) -> None:
        self._thread.join(self._settings.grace_s)
        if self._thread.is_alive() and self._process is not None:
            log.warning(
                "Worker %d does not end and is killed.", self._number, extra={"action": "worker_killed"}
            )
            self._process.kill()
            self._thread.join()

    def _keep_alive(self) -> None:
        pause_s = self._settings.pause_s
        while True:
            begun = time.monotonic()
            code = self._run_once()
            if time.monotonic() - begun > self._settings.steady_s:
                pause_s = self._settings.pause_s
            # Nobody is told before the pause: when all is being killed at once, no job is to blame.
            if code is None or self._stopping.wait(pause_s):
                return
            self._report(code)
            pause_s = min(2 * pause_s, self._settings.pause_cap_s)

    def _run_once(self) -> int | None:
        """Run the worker to its end; return its exit code, or None when it was asked to end."""
        with self._lock:
            if self._stopping.is_set():
                return None
            try:
                self._process = subprocess.Popen(  # noqa: S603 - our own command line, no shell
                    self._argv_for_slot(self._number), stdin=subprocess.PIPE, **_apart()
                )
            except OSError:
                log.exception("Worker %d cannot be started.", self._number)
                return -1
        code = self._process.wait()
        _close(self._process)
        return None if self._stopping.is_set() else code

    def _report(self, code: int) -> None:
        log.warning(
            "Worker %d ended by itself (code %d) and is started again.",
            self._number,
            code,
            extra={"action": "worker_died", "slot": self._number, "code": code},
        )
        if self._on_death is not None:
            try:
                self._on_death(self._number, code)
            except Exception:  # the worker has to be started again, whatever the teller meets
                log.exception("The death of worker %d could not be noted.", self._number)


def _ask(process: "subprocess.Popen[bytes]") -> None:
    _close(process)
    if os.name != "nt":  # there, terminate() kills; the closed pipe has to do
        with contextlib.suppress(ProcessLookupError):
            process.terminate()


def _close(process: "subprocess.Popen[bytes]") -> None:
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()


def _apart() -> dict[str, Any]:
    """Keep a terminal's Ctrl-C from the workers: they end when the daemon says so."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}
