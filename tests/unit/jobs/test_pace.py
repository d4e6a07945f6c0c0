"""How often workers look for work."""

from stembridge.jobs.pace import Pace


def ticks(*steps: tuple[float, int, float]) -> list[float]:
    written: list[float] = []
    pace = Pace(written.append, slow_s=0.25, fast_s=0.02)
    for step in steps:
        pace.tick(*step)
    return written


def test_nothing_changes_while_nothing_happens() -> None:
    assert ticks((0, 0, 0), (1, 0, 0), (2, 0, 0)) == []


def test_short_jobs_make_it_fast_and_quiet_makes_it_slow_once() -> None:
    assert ticks((0, 5, 0.1), (1, 9, 0.1), (2, 9, 0.1), (3, 9, 0.1), (4, 9, 0.1)) == [0.02, 0.02, 0.25]


def test_long_jobs_leave_it_slow() -> None:
    assert ticks((0, 1, 30.0), (30, 2, 30.0)) == []
