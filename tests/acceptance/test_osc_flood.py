"""Ten thousand datagrams a second, of every kind, do not make the daemon deaf, large or silent about it."""

import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
from acceptance.daemon_rig import Desk, at_desk, sound
from osc_client import Client

from stembridge.heartbeat import read_beat

FLOOD = Path(__file__).parents[1] / "osc_flood.py"
SECONDS, A_SECOND = 10, 10_000
WITHIN_S = 1.0
ASK_AGAIN_S = 0.2
GROWTH = 64 << 20


def port_of(desk: Desk) -> int:
    beat = read_beat(desk.data / "spool" / "heartbeat.json", now=time.time())
    assert beat is not None
    return beat.port


def pong_after(client: Client) -> float:
    """Ask until there is an answer, as one does over UDP, and say how long that took."""
    start = time.perf_counter()
    while time.perf_counter() - start < 10 * WITHIN_S:
        client.say("/stembridge/ping")
        with suppress(TimeoutError):
            client.hear("/stembridge/pong")
            break
    return time.perf_counter() - start


def test_a_flood_does_not_keep_others_from_being_heard(tmp_path):
    with at_desk(tmp_path, settings=f"allowed_roots: [{tmp_path}]") as desk:
        port, daemon = port_of(desk), psutil.Process(desk.daemon.pid)
        source = sound(tmp_path / "Song.wav")
        with Client(port, patience_s=ASK_AGAIN_S) as client:
            pong_after(client)
            before = daemon.memory_info().rss
            line = [sys.executable, str(FLOOD), str(port), str(SECONDS), str(A_SECOND), str(source)]
            flood = subprocess.Popen(line, stdout=subprocess.PIPE)
            waits, sizes = [], []
            while flood.poll() is None:
                waits.append(pong_after(client))
                sizes.append(daemon.memory_info().rss)
                time.sleep(0.05)
            waits += [pong_after(client) for _ in range(10)]
        sent = int(flood.communicate()[0])
        print(
            f"sent {sent}, pongs {len(waits)}, slowest {max(waits) * 1e3:.0f} ms, grew {max(sizes) - before} bytes"
        )
        assert sent > SECONDS * A_SECOND / 2
        assert max(waits) < WITHIN_S
        assert max(sizes) - before < GROWTH
        assert "were dropped" in desk.log
