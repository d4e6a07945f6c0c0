"""How much of the machine one job may use, and how it uses it."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_Item = TypeVar("_Item")
_Made = TypeVar("_Made")


def side_by_side(
    work: Callable[[_Item], _Made], items: Iterable[_Item], *, threads: int
) -> tuple[_Made, ...]:
    """Do the same work on several items at a time, for work that leaves the interpreter: hashing, reading.

    Returns:
        What was made, in the order of the items.

    Raises:
        Exception: the first in that order that the work raised; what has not begun is not done.

    """
    with ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(work, item) for item in items]
        try:
            return tuple(future.result() for future in futures)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def default_threads(workers: int = 1) -> int:
    """Return how many files a job converts side by side: the cores, shared by the workers."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, usable // max(1, workers))
