"""How a worker learns that it has to end: a signal, or the end of the pipe that its daemon holds.

The pipe is the worker's standard input. The system closes it when the daemon ends, in whatever way, on every
system alike, so that no worker outlives a daemon that was killed.
"""

import os
import signal
import threading
from types import FrameType


def stop_on_signals(stop: threading.Event) -> None:
    """Set ``stop`` on SIGTERM, SIGINT or Ctrl-Break. Call on the main thread."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, handle)


def stop_with_parent(stop: threading.Event, descriptor: int = 0) -> threading.Thread:
    """Set ``stop`` when the other end of a pipe is closed; what is written into it is ignored.

    Args:
        stop: the event to set.
        descriptor: the pipe's file descriptor; standard input by default.

    Returns:
        The watching thread, a daemon.

    """

    def watch() -> None:
        # os.read, not sys.stdin: a daemon thread with a buffered reader's lock breaks the interpreter's end.
        while _read(descriptor):
            continue
        stop.set()

    thread = threading.Thread(target=watch, name="stembridge-lifeline", daemon=True)
    thread.start()
    return thread


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 1)
    except OSError:
        return b""
