"""A real daemon, real UDP: what a client says and hears, and what it cannot do."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from acceptance.daemon_rig import Desk, at_desk, sound
from osc_client import Client

from stembridge.audio.files import open_sound, read_raw_blocks
from stembridge.audio.sound import RawBlock
from stembridge.heartbeat import read_beat
from stembridge.osc_codec import encode
from stembridge.protocol import CONFORM, LONGEST_DATAGRAM, PING, Said
from stembridge.stages.deliver import read_delivered
from stembridge.testing import wait_until


def osc_port(desk: Desk) -> int:
    beat = read_beat(desk.data / "spool" / "heartbeat.json", now=time.time())
    assert beat is not None
    return beat.port


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home = tmp_path_factory.mktemp("desk")
    with at_desk(home, settings=f"allowed_roots: [{home}]") as desk:
        yield desk


@pytest.fixture
def client(desk: Desk) -> Iterator[Client]:
    with Client(osc_port(desk)) as client:
        yield client


def samples(path: Path) -> RawBlock:
    return np.concatenate(list(read_raw_blocks(open_sound(path))))


def rejection(client: Client, *message: object) -> tuple[object, ...]:
    client.say(*message)
    return client.hear("/stembridge/rejected")


def test_a_ping_is_answered_with_version_port_and_state(desk, client):
    client.say("/stembridge/ping")
    version, port, state = client.hear("/stembridge/pong")
    assert (port, state) == (osc_port(desk), "idle")
    assert version


def test_a_file_is_conformed_and_its_client_hears_how_it_goes(desk, client):
    source = sound(desk.home / "named" / "Song_Mix.wav", seed=1)
    client.say("/stembridge/conform", str(source), "source", "ask-1")
    request, job = client.hear("/stembridge/accepted")
    assert request == "ask-1"
    done, manifest = client.hear("/stembridge/done")
    assert done == job
    (output,) = read_delivered(Path(str(manifest)).parent).outputs
    assert np.array_equal(samples(output), samples(source))
    states = [state for address, (_, state, *_) in client.heard("/stembridge/state") if address]
    assert states[-1] == "done"


def test_the_same_request_sent_again_is_the_same_job(desk, client):
    source = sound(desk.home / "again" / "Song.wav", seed=2)
    client.say("/stembridge/conform", str(source), "source", "ask-2")
    first = client.hear("/stembridge/accepted")
    client.hear("/stembridge/done")
    client.say("/stembridge/conform", str(source), "source", "ask-2")
    assert client.hear("/stembridge/accepted") == first
    client.hear("/stembridge/done")
    assert len(list((desk.home / "again").glob("*/manifest.json"))) == 1


def test_a_request_id_is_not_used_twice_for_different_work(desk, client):
    one, two = (sound(desk.home / "twice" / f"{name}.wav", seed=3) for name in "ab")
    client.say("/stembridge/conform", str(one), "source", "ask-3")
    client.hear("/stembridge/accepted")
    request, code, message = rejection(client, "/stembridge/conform", str(two), "source", "ask-3")
    assert (request, code) == ("ask-3", "request-reused")
    assert "new id" in str(message)


def test_jobs_status_and_cancel_answer_with_states(desk, client):
    source = sound(desk.home / "listed" / "Song.wav", seed=4)
    client.say("/stembridge/conform", str(source), "source", "ask-4")
    _, job = client.hear("/stembridge/accepted")
    client.hear("/stembridge/done")
    client.say("/stembridge/status", "ask-4")
    assert client.hear("/stembridge/state")[:2] == (job, "done")
    client.say("/stembridge/jobs")
    assert client.hear("/stembridge/state")[0] == job
    assert rejection(client, "/stembridge/cancel", "ask-4")[:2] == ("ask-4", "job")


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (("/stembridge/nonsense",), "unknown"),
        (("/stembridge/*",), "unknown"),
        (("/stembridge/[jp]*",), "unknown"),
        (("/stembridge/conform", "/x"), "malformed"),
        (("/stembridge/conform", 1, "source"), "malformed"),
        (("/stembridge/conform", "relative.wav", "source"), "not-allowed"),
        (("/stembridge/conform", "/etc/passwd", "source"), "not-allowed"),
        (("/stembridge/status", "no-such-job"), "job"),
        (("/stembridge/submit", "../../etc/passwd"), "malformed"),
        (("/stembridge/submit", "0" * 32), "no-request"),
    ],
    ids=str,
)
def test_what_is_not_understood_or_not_allowed_is_rejected(desk, client, message, code):
    assert rejection(client, *message)[1] == code


def test_a_path_leads_out_neither_by_dots_nor_by_a_link(desk, client, tmp_path):
    outside = sound(tmp_path / "outside.wav")
    (desk.home / "link.wav").symlink_to(outside)
    dots = os.path.relpath(outside, desk.home)
    for path in (f"{desk.home}/link.wav", f"{desk.home}/{dots}"):
        assert rejection(client, "/stembridge/conform", path, "source")[1] == "not-allowed"


def test_a_path_that_the_system_cannot_look_at_is_rejected(desk, client):
    for address, preset in (("/stembridge/conform", "source"), ("/stembridge/separate", "preview")):
        assert rejection(client, address, f"{desk.home}/{'x' * 300}.wav", preset)[1] == "unreadable"


def test_what_lies_in_a_hot_folder_is_left_to_it(desk, client):
    hidden = sound(desk.inbox / "_done" / "x.wav")
    assert rejection(client, "/stembridge/conform", str(hidden), "source")[1] == "hot-folder"


def test_an_unknown_preset_and_one_that_separates_nothing_are_rejected(desk, client):
    source = str(sound(desk.home / "presets" / "Song.wav"))
    assert rejection(client, "/stembridge/conform", source, "sauce")[1] == "preset"
    assert rejection(client, "/stembridge/separate", source, "source")[1] == "preset"


def test_bytes_that_are_not_osc_are_rejected_and_the_daemon_goes_on(desk, client):
    for junk in (b"\0", b"/", b"#bundle\0", os.urandom(1000), os.urandom(LONGEST_DATAGRAM)):
        client.send(junk)
        assert client.hear("/stembridge/rejected")[1] == "malformed"
    client.say("/stembridge/ping")
    client.hear("/stembridge/pong")


def test_a_datagram_of_the_greatest_length_is_read_whole(desk, client):
    path = "/x" * ((LONGEST_DATAGRAM - 60) // 2)
    client.send(encode(Said(CONFORM.address, (path, "source", "")), CONFORM))
    assert "too long" in str(client.hear("/stembridge/rejected")[2])


def test_a_bundle_meant_for_the_future_is_done_now(desk, client):
    ping = encode(Said(PING.address), PING)
    future = (0xF0000000_00000000).to_bytes(8, "big")
    inner = b"#bundle\0" + future + len(ping).to_bytes(4, "big") + ping
    client.send(b"#bundle\0" + future + len(inner).to_bytes(4, "big") + inner)
    client.hear("/stembridge/pong")


def test_a_reply_is_never_answered(desk, client):
    client.say("/stembridge/rejected", "", "x", "y")
    client.say("/stembridge/ping")
    assert client.next()[0] == "/stembridge/pong"


@pytest.mark.skipif(shutil.which("oscsend") is None, reason="liblo's oscsend is not installed")
def test_liblo_speaks_with_the_daemon(tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        reply_port = probe.getsockname()[1]
    with at_desk(tmp_path, settings=f"allowed_roots: [{tmp_path}]") as desk:
        desk.stop()
        text = desk.config.read_text().replace("{port: 0}", f"{{port: 0, reply_port: {reply_port}}}")
        desk.config.write_text(text)
        desk.start()
        port = str(osc_port(desk))
        source = sound(tmp_path / "Größe 50 %.wav")
        output = tmp_path / "heard.txt"
        with output.open("wb") as stream:
            dump = subprocess.Popen(["oscdump", "-L", str(reply_port)], stdout=stream)
        try:
            wait_until(lambda: _says_pong(port, output), what="a pong")
            said = ["oscsend", "localhost", port, "/stembridge/conform", "sss", str(source), "source", "lo-1"]
            subprocess.run(said, check=True)
            wait_until(lambda: "/stembridge/done" in output.read_text(), what="the end of the job")
        finally:
            dump.terminate()
            dump.wait()
        assert '/stembridge/accepted ss "lo-1"' in output.read_text()


def _says_pong(port: str, output: Path) -> bool:
    subprocess.run(["oscsend", "localhost", port, "/stembridge/ping"], check=True)
    return "/stembridge/pong sis" in output.read_text()


def test_with_a_token_only_those_who_know_it_are_heard(tmp_path):
    with at_desk(tmp_path) as desk:
        desk.stop()
        text = desk.config.read_text().replace("{port: 0}", "{port: 0, token: open sesame}")
        desk.config.write_text(text)
        desk.start()
        with Client(osc_port(desk)) as client:
            assert rejection(client, "/stembridge/ping")[1] == "not-allowed"
            assert rejection(client, "/stembridge/ping", "open sesam")[1] == "not-allowed"
            client.say("/stembridge/ping", "open sesame")
            client.hear("/stembridge/pong")


def test_a_port_that_is_taken_is_said_and_nothing_is_started(tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        desk = Desk(tmp_path)
        port = other.getsockname()[1]
        desk.config.write_text(desk.config.read_text().replace("{port: 0}", f"{{port: {port}}}"))
        ended = desk.run("run")
    assert ended.returncode == 1
    assert f"port {port}" in ended.stderr
    assert "osc.port" in ended.stderr
