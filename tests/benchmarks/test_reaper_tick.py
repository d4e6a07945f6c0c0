"""What the scripts cost REAPER at each of its turns: Lua's own processor time, without that of the calls."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from lua.fake_daemon import FakeDaemon
from lua.script import load_runtime
from lua.standin import Reaper

pytestmark = pytest.mark.benchmark
SCRIPTS = Path(__file__).parents[2] / "reaper_scripts" / "Stembridge"
NOW = 1_700_000_000.0
JOBS, TURNS = 20, 3000


@pytest.mark.parametrize("version", ["5.3", "5.4"])
@pytest.mark.parametrize("action", ["Watch for stems", "Show jobs"])
def test_a_turn_while_jobs_run(tmp_path, version, action):
    try:
        load_runtime(version)
    except ImportError:
        pytest.skip(f"this build of lupa has no Lua {version}")
    reaper, daemon = studio(tmp_path, version)
    requests = sent(reaper, daemon)
    script = reaper.run_script(scripts_of(tmp_path) / f"Stembridge_{action}.lua")
    for turn in range(TURNS):
        if turn % 8 == 0:
            running = [
                daemon.status(request, "running", percent=turn * 100 / TURNS, stage="separate")
                for request in requests
            ]
            daemon.list_jobs(*({**status, "request": status["id"], "name": "song"} for status in running))
        reaper.tick()
    turns = 1000 * np.array(script.turns[1:])
    p50, p99 = np.percentile(turns, (50, 99))
    print(
        f"\n{action}, Lua {version}, {JOBS} jobs: median {p50:.3f} ms, p99 {p99:.3f} ms, worst {turns.max():.3f} ms;"
        f" against the limit of 2 ms: {p99 / 2:.2f}"
    )


def scripts_of(root):
    return root / "REAPER" / "Scripts" / "Stembridge"


def studio(root, version):
    shutil.copytree(SCRIPTS, scripts_of(root))
    bridge = {"version": 1, "executable": "", "arguments": [], "port": 9137, "spool": str(root / "spool")}
    (scripts_of(root) / "bridge.json").write_text(json.dumps(bridge), encoding="utf-8")
    return Reaper(version, root / "REAPER", now=lambda: NOW), FakeDaemon(root / "spool", NOW)


def sent(reaper, daemon):
    import soundfile

    path = reaper.resources / "song.wav"
    soundfile.write(path, np.zeros((48000, 2)), 48000)
    items = [reaper.add_item(reaper.add_track(), path) for _ in range(JOBS)]
    reaper.select(*items)
    reaper.run_script(scripts_of(reaper.resources.parent) / "Stembridge_Separate selected items.lua")
    for script in reaper.running_scripts:
        script.end()
    return daemon.requests()
