"""One process per worker slot: the names of workers, and the lock that keeps a name from being used twice."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from stembridge.errors import JobError

DAEMON = "daemon"
"""The name that a daemon holds; no worker can have it, for theirs hold a colon."""


def executor_id(slot: str, host: str | None = None) -> str:
    """Return the name under which a slot of this machine (or ``host``) works: unique and stable."""
    return f"{host or socket.gethostname()}:{slot}"


def lock_path(folder: Path, executor: str) -> Path:
    """Return the lock file of a worker's name."""
    return folder / f"worker-{re.sub(r'[^A-Za-z0-9._-]', '_', executor)}.lock"


@contextmanager
def hold(folder: Path, executor: str, *, wait_s: float) -> Iterator[None]:
    """Hold a worker's name for as long as the block runs; the system lets go of it if the process dies.

    Args:
        folder: on a local disk; made if missing.
        executor: the name, from ``executor_id``.
        wait_s: how long to wait for a process that is just ending.

    Raises:
        JobError: if another process still holds it then.

    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(lock_path(folder, executor))
    try:
        lock.acquire(timeout=wait_s)
    except Timeout as error:
        raise _taken(executor, Path(lock.lock_file)) from error
    try:
        yield
    finally:
        lock.release()


def _taken(executor: str, lock: Path) -> JobError:
    if executor == DAEMON:
        hint = "Use that one, or stop it; a second daemon needs a `data:` folder of its own."
        return JobError("The daemon is running already on this data folder.", path=lock.parent, hint=hint)
    hint = "Stop the other one, or give this one another slot."
    return JobError(f"Worker {executor} is running already.", path=lock, hint=hint)


def is_held(folder: Path, executor: str) -> bool:
    """Return whether a process holds a worker's name; it must not be this one."""
    try:
        with hold(folder, executor, wait_s=0):
            return False
    except JobError:
        return True
