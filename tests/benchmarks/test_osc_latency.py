"""How long a client waits for the daemon, beside a bare echo of the same minute; and how long ``notify`` takes."""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from acceptance.daemon_rig import Desk, at_desk, sound
from osc_client import Client

from stembridge.heartbeat import read_beat

ROUNDS = 300
JOBS = 150


def percentiles(waits: list[float]) -> str:
    ordered = sorted(waits)
    return ", ".join(f"p{p} {ordered[len(ordered) * p // 100] * 1e3:.2f} ms" for p in (50, 90, 99))


def timed(act: Callable[[int], object], rounds: int) -> list[float]:
    waits = []
    for number in range(rounds):
        start = time.perf_counter()
        act(number)
        waits.append(time.perf_counter() - start)
    return waits


def port_of(desk: Desk) -> int:
    beat = read_beat(desk.data / "spool" / "heartbeat.json", now=time.time())
    assert beat is not None
    return beat.port


def echo_waits() -> list[float]:
    """The same over a bare echo in Python: what the machine itself takes."""
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client,
    ):
        server.bind(("127.0.0.1", 0))

        def serve() -> None:
            for _ in range(ROUNDS):
                server.sendto(*server.recvfrom(2048))

        threading.Thread(target=serve).start()

        def ask(_number: int) -> None:
            client.sendto(b"ping", server.getsockname())
            client.recv(2048)

        return timed(ask, ROUNDS)


def synced_waits(folder: Path) -> list[float]:
    """A small file made durable: the least that an accepted job costs."""

    def write(number: int) -> None:
        with (folder / f"{number}").open("wb") as file:
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())

    return timed(write, JOBS)


@pytest.mark.benchmark
def test_how_long_a_client_waits(tmp_path):
    with at_desk(tmp_path, settings=f"allowed_roots: [{tmp_path}]") as desk, Client(port_of(desk)) as client:

        def ping(_number: int) -> None:
            client.say("/stembridge/ping")
            client.hear("/stembridge/pong")

        def conform(number: int) -> None:
            client.say("/stembridge/conform", str(sources[number]), "source", f"ask-{number}")
            client.hear("/stembridge/accepted")

        sources = [sound(tmp_path / "in" / f"Song{n}.wav", seed=n) for n in range(JOBS)]
        ping(0)
        print(f"\nping to pong:        {percentiles(timed(ping, ROUNDS))}")
        print(f"bare echo:           {percentiles(echo_waits())}")
        print(f"conform to accepted: {percentiles(timed(conform, JOBS))}")
        print(f"one synced write:    {percentiles(synced_waits(tmp_path))}")


@pytest.mark.benchmark
@pytest.mark.skipif(shutil.which("oscsend") is None, reason="liblo's oscsend is not installed")
def test_how_long_from_oscsend_to_the_reply(tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as replies:
        replies.bind(("127.0.0.1", 0))
        replies.settimeout(10)
        settings = f"allowed_roots: [{tmp_path}]"
        desk = Desk(tmp_path, settings=settings)
        text = desk.config.read_text().replace(
            "{port: 0}", f"{{port: 0, reply_port: {replies.getsockname()[1]}}}"
        )
        desk.config.write_text(text)
        desk.start()
        try:
            port = str(port_of(desk))

            def ask(_number: int) -> None:
                subprocess.run(["oscsend", "localhost", port, "/stembridge/ping"], check=True)
                replies.recv(2048)

            def separate(number: int) -> None:
                line = ["oscsend", "localhost", port, "/stembridge/separate", "sss"]
                subprocess.run([*line, str(sources[number]), "preview", f"ask-{number}"], check=True)
                while not replies.recv(2048).startswith(b"/stembridge/accepted"):
                    continue

            def nothing(_number: int) -> None:
                subprocess.run(["oscsend", "localhost", "9", "/stembridge/ping"], check=True)

            sources = [sound(tmp_path / "in" / f"Song{n}.wav", seed=n) for n in range(JOBS)]
            print(f"\noscsend and its pong: {percentiles(timed(ask, ROUNDS))}")
            print(f"oscsend alone:        {percentiles(timed(nothing, ROUNDS))}")
            print(f"separate to accepted: {percentiles(timed(separate, JOBS))}")
            print(f"one synced write:     {percentiles(synced_waits(tmp_path))}")
        finally:
            desk.close()


@pytest.mark.benchmark
def test_how_long_notify_takes(tmp_path):
    with at_desk(tmp_path) as desk:
        environment = os.environ | {"STEMBRIDGE_CONFIG": str(desk.config)}
        line = [sys.executable, "-m", "stembridge.cli", "notify", "0" * 32]

        def notify(_number: int) -> None:
            subprocess.run(line, check=True, env=environment)

        def python(_number: int) -> None:
            subprocess.run([sys.executable, "-c", "pass"], check=True)

        print(f"\nnotify:       {percentiles(timed(notify, 60))}")
        print(f"python alone: {percentiles(timed(python, 60))}")
