import threading
import time

import pytest

from stembridge.intake.filesystem import survey
from stembridge.intake.hot_folder import HotFolder, WatchMode
from stembridge.intake.vigil import Vigil
from stembridge.intake.watch import FolderWatch

DEADLINE_S = 10.0


@pytest.fixture
def vigil_for(tmp_path):
    (tmp_path / "hot").mkdir()
    kept = []

    def make(mode=WatchMode.AUTO, ring=lambda: None):
        folder = HotFolder(
            tmp_path / "hot", "source", tmp_path / "out", watch=mode, poll_s=2.0, rescan_s=60.0
        )
        kept.append(Vigil(folder, ring))
        return kept[-1]

    yield make
    for vigil in kept:
        vigil.stop()


@pytest.fixture
def ground(tmp_path):
    return lambda *, share=False: survey(tmp_path / "hot", None, lambda _path: share)


def test_a_local_folder_has_events_and_a_share_is_polled(vigil_for, ground):
    local, share = vigil_for(), vigil_for()
    assert local.tend(ground())
    assert not share.tend(ground(share=True))
    assert (local.every_s, share.every_s) == (60.0, 2.0)


def test_the_setting_overrides_what_the_file_system_suggests(vigil_for, ground):
    assert vigil_for(WatchMode.EVENTS).tend(ground(share=True))
    assert not vigil_for(WatchMode.POLL).tend(ground())


def test_a_file_that_appears_rings_and_reading_it_does_not(vigil_for, ground, tmp_path):
    rung = threading.Event()
    vigil_for(ring=rung.set).tend(ground())
    (tmp_path / "hot" / "a.wav").write_bytes(b"x")
    assert rung.wait(DEADLINE_S)
    while rung.is_set():
        rung.clear()
        rung.wait(0.3)
    (tmp_path / "hot" / "a.wav").read_bytes()
    assert not rung.wait(0.3)


def test_events_are_started_once_and_stop_while_the_folder_is_away(vigil_for, ground):
    vigil, there = vigil_for(), ground()
    assert vigil.tend(there)
    assert not vigil.tend(there)
    assert not vigil.tend(None)
    assert not vigil.has_events
    assert vigil.tend(there)


def test_events_that_died_silently_are_started_again(vigil_for, ground, tmp_path):
    vigil, there = vigil_for(), ground()
    vigil.tend(there)
    (tmp_path / "hot").rmdir()
    (tmp_path / "hot").mkdir()
    deadline = time.monotonic() + DEADLINE_S
    while not vigil.tend(there):
        assert time.monotonic() < deadline, "the dead emitter was not noticed"
        time.sleep(0.01)
    assert vigil.has_events


def test_a_folder_that_is_not_there_cannot_be_watched(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        FolderWatch(tmp_path / "gone", lambda: None)
