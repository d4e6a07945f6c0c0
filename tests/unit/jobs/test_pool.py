"""Worker processes are started, watched and stopped."""

import sys
import threading
from collections.abc import Callable
from pathlib import Path

from stembridge.jobs.pool import PoolSettings, WorkerPool

QUICK = PoolSettings(pause_s=0.01, pause_cap_s=0.05, grace_s=5)
GOOD = "import sys; sys.stdin.buffer.read()"
STUBBORN = """
import signal, sys, time
from collections.abc import Callable
from pathlib import Path
signal.signal(signal.SIGTERM, signal.SIG_IGN)
Path(sys.argv[1]).touch()
while True: time.sleep(0.1)
"""


def argv(program: str, *more: str) -> list[str]:
    return [sys.executable, "-c", program, *more]


def test_workers_end_when_the_pool_is_stopped() -> None:
    with WorkerPool(lambda _slot: argv(GOOD), 2, settings=QUICK) as pool:
        assert len(pool.pids()) <= 2
    assert pool.pids() == []


def test_each_slot_gets_its_own_command(tmp_path: Path) -> None:
    program = f"import sys; from pathlib import Path; Path(sys.argv[1]).touch(); {GOOD}"
    with WorkerPool(lambda slot: argv(program, str(tmp_path / str(slot))), 2, settings=QUICK):
        until(lambda: len(list(tmp_path.iterdir())) == 2)


def test_a_worker_that_dies_is_reported_and_started_again() -> None:
    deaths: list[tuple[int, int]] = []
    thrice = threading.Event()

    def died(slot: int, code: int) -> None:
        deaths.append((slot, code))
        if len(deaths) == 3:
            thrice.set()

    with WorkerPool(lambda _slot: argv("raise SystemExit(7)"), 1, on_death=died, settings=QUICK):
        assert thrice.wait(30)
    assert deaths[:3] == [(0, 7)] * 3


def test_a_teller_that_fails_does_not_keep_a_worker_from_coming_back() -> None:
    calls = threading.Semaphore(0)

    def died(_slot: int, _code: int) -> None:
        calls.release()
        raise OSError("the database is away")

    with WorkerPool(lambda _slot: argv("raise SystemExit(7)"), 1, on_death=died, settings=QUICK):
        assert calls.acquire(timeout=30)
        assert calls.acquire(timeout=30)


def test_a_program_that_is_not_there_is_tried_again() -> None:
    calls = threading.Semaphore(0)
    pool = WorkerPool(
        lambda _slot: ["/no/such/program"], 1, on_death=lambda *_: calls.release(), settings=QUICK
    )
    with pool:
        assert calls.acquire(timeout=30)
        assert calls.acquire(timeout=30)


def test_a_worker_that_will_not_end_is_killed(tmp_path: Path) -> None:
    mark = tmp_path / "started"
    settings = PoolSettings(grace_s=0.1)
    with WorkerPool(lambda _slot: argv(STUBBORN, str(mark)), 1, settings=settings) as pool:
        until(mark.exists)
    assert pool.pids() == []


def until(predicate: Callable[[], bool]) -> None:
    tick = threading.Event()
    for _ in range(3000):
        if predicate():
            return
        tick.wait(0.01)
    raise AssertionError("It did not happen in time.")
