"""How a worker behaves in time: everything that a test wants shorter and an operator may want longer."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from stembridge.jobs.claims import Limits
from stembridge.jobs.retry import RetryPolicy


@dataclass(frozen=True)
class WorkerSettings:
    """The settings of one worker process; all times in seconds.

    Attributes:
        locks: the folder of the lock files; None: beside the SQLite file, or the user's own state folder.
        host: the machine's name in the worker's; None: what the system says.
        retry: how patient to be with errors.
        limits: how often a job may take its worker down.
        poll_s: how often to look for work when there is little.
        fast_poll_s: how often to look while short jobs flow.
        progress_s: how often progress is written and a cancel noticed.
        grace_s: how long the work may take to stop when told to, before the process ends itself.
        lock_wait_s: how long to wait for an earlier worker of the same slot to end.
        beat_s: how often to say that the worker is alive, and to look for dead ones.
        dead_after_s: after so long a silence a worker on PostgreSQL is dead.
        heal_s: how often to look for jobs whose attempt got lost.
        history_s: how long dbos's notes on an ended attempt are kept.
        end_process: ends the process at once, given its exit code.

    """

    locks: Path | None = None
    host: str | None = None
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    limits: Limits = field(default_factory=Limits)
    poll_s: float = 0.25
    fast_poll_s: float = 0.02
    progress_s: float = 0.25
    grace_s: float = 10.0
    lock_wait_s: float = 20.0
    beat_s: float = 2.0
    dead_after_s: float = 8.0
    heal_s: float = 60.0
    history_s: float = 3600.0
    end_process: Callable[[int], object] = os._exit
