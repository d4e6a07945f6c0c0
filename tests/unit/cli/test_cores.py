"""Whom the cores belong to: the files that are worked on side by side, not the algebra below each of them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TASKS = Path("/proc/self/task")
COUNT = """
import sys
sys.argv = ["stembridge", "--version"]
from stembridge.cli import main
try: main()
except SystemExit: pass
import os, numpy
numpy.ones((400, 400)) @ numpy.ones((400, 400))
print(len(os.listdir("/proc/self/task")))
"""


def threads(**environment: str) -> int:
    inherited = {name: value for name, value in os.environ.items() if not name.endswith("_THREADS")}
    done = subprocess.run(
        [sys.executable, "-c", COUNT], env=inherited | environment, capture_output=True, text=True, check=True
    )
    return int(done.stdout.split()[-1])


@pytest.mark.skipif(not TASKS.is_dir(), reason="only Linux lists the threads of a process")
@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core has one thread")
def test_the_algebra_takes_one_thread_unless_somebody_asks_for_more():
    assert threads() == 1
    assert threads(OPENBLAS_NUM_THREADS="2") == 2
