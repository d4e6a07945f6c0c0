"""A worker learns that its daemon is gone."""

import os
import threading

from stembridge.jobs.lifeline import stop_with_parent


def test_the_end_of_the_pipe_stops_the_worker() -> None:
    reading, writing = os.pipe()
    stop = threading.Event()
    thread = stop_with_parent(stop, reading)
    os.write(writing, b"words are ignored")
    assert not stop.is_set()
    os.close(writing)
    assert stop.wait(10)
    thread.join(10)
    os.close(reading)
