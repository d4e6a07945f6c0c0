"""A sign of life that goes on through trouble."""

import shutil
import time

from stembridge.heartbeat import Heartbeat, read_beat
from stembridge.testing import wait_until


def test_a_beat_is_read_until_it_is_old_and_gone_when_it_stops(tmp_path):
    path = tmp_path / "spool" / "heartbeat.json"
    heart = Heartbeat(path, port=lambda: 9137, token=True)
    heart.start()
    beat = read_beat(path, now=time.time())
    assert beat is not None
    assert (beat.port, beat.token) == (9137, True)
    assert read_beat(path, now=time.time() + 60.0) is None
    heart.stop()
    assert not path.exists()


def test_a_beat_that_cannot_be_written_is_not_the_last(tmp_path, caplog):
    path = tmp_path / "spool" / "heartbeat.json"
    heart = Heartbeat(path, port=lambda: 9137, every_s=0.01)
    heart.start()
    shutil.rmtree(path.parent)
    wait_until(lambda: "could not be written" in caplog.text, what="a beat that fails")
    path.parent.mkdir()
    wait_until(path.exists, what="the next beat")
    heart.stop()
