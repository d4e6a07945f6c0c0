"""Freed memory is kept for the next separation, and given back when there is none."""

import threading

from stembridge.separators.demucs.allocator import FreedMemory


def test_memory_is_given_back_when_nothing_more_comes() -> None:
    given_back = threading.Event()
    with FreedMemory(idle_s=0.01, give_back=given_back.set):
        pass
    assert given_back.wait(30)


def test_memory_is_kept_while_separations_follow_each_other() -> None:
    given_back = threading.Event()
    memory = FreedMemory(idle_s=3600, give_back=given_back.set)
    with memory:
        pass
    first = memory._timer
    assert first is not None
    with memory:
        first.join(30)
        assert not first.is_alive()
    assert not given_back.is_set()
