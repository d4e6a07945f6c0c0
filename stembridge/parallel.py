"""How much of the machine one job may use."""

import os


def default_threads(workers: int = 1) -> int:
    """Return how many files a job converts side by side: the cores, shared by the workers."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, usable // max(1, workers))
