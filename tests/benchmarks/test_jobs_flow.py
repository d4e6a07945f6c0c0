"""How fast short jobs flow through two workers, against the job engine alone without records, locks and watching."""

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from acceptance.jobs_rig import opened_rig, wait_for

from stembridge.jobs.database import sqlite_url
from stembridge.jobs.job import State
from stembridge.jobs.pool import WorkerPool

JOBS = 1000

BARE = """
import sys, threading, time
from dbos import DBOS, DBOSPortableJSONSerializer
DBOS(config={
    "name": "bare", "system_database_url": sys.argv[1], "log_level": "ERROR",
    "serializer": DBOSPortableJSONSerializer(), "application_version": "1",
})
done = []
@DBOS.workflow(name="bare")
def bare(number: int) -> None:
    done.append(time.monotonic())
DBOS.launch()
queue = DBOS.register_queue("bare", worker_concurrency=1, polling_interval_sec=0.02)
for number in range(int(sys.argv[2])):
    queue.enqueue(bare, number)
begun = time.monotonic()
already = len(done)
while len(done) < int(sys.argv[2]):
    time.sleep(0.02)
print((len(done) - already) / (time.monotonic() - begun))
DBOS.destroy()
"""


def bare_rate(folder: Path) -> float:
    command = [sys.executable, "-c", BARE, sqlite_url(folder / "bare.db"), str(JOBS)]
    ran = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")
    return float(ran.stdout.split()[-1])


@pytest.mark.benchmark
@pytest.mark.timeout(600)
def test_short_jobs_flow(tmp_path: Path) -> None:
    with opened_rig(sqlite_url(tmp_path / "jobs.db"), tmp_path) as rig:
        begun = time.monotonic()
        for number in range(JOBS):
            rig.submit(f"n{number}")
        accepted = JOBS / (time.monotonic() - begun)
        with WorkerPool(rig.argv, 2) as pool:
            wait_for(lambda: rig.store.counts()[State.DONE] > 0)
            first, begun = rig.store.counts()[State.DONE], time.monotonic()
            wait_for(lambda: rig.store.counts()[State.DONE] == JOBS, 300.0)
            rate = (JOBS - first) / (time.monotonic() - begun)
            workers = [psutil.Process(pid).memory_info().rss / 1e6 for pid in pool.pids()]
    bare = bare_rate(tmp_path)
    print(
        f"\n{accepted:.0f} jobs/s accepted; {rate:.0f} jobs/s done by two workers of {max(workers):.0f} MB; "
        f"dbos alone, one process: {bare:.0f}/s; ratio {rate / bare:.2f}"
    )
