"""Real folders, real writers, real threads; what is waited for is waited for by name, with a deadline."""

import logging
import shutil
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from stembridge.errors import NotReadyError
from stembridge.intake.hot_folder import HotFolder, WatchMode
from stembridge.intake.hot_folders import Intake

QUIET_S = 0.4
DEADLINE_S = 15.0


def wait_until(predicate, what):
    deadline = time.monotonic() + DEADLINE_S
    while not predicate():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.01)


def write_wav(path, frames=1000):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.zeros((frames, 1)), 48_000, "PCM_16")
    return path


class Inbox:
    """Collects what is handed in, as the queue would, with the moment of it."""

    def __init__(self):
        self.requests, self.keys, self.moments = [], [], []

    def submit(self, request, key):
        self.moments.append(time.time())
        self.requests.append(request)
        self.keys.append(key)

    @property
    def roots(self):
        return [request.root.name for request in self.requests]


@pytest.fixture
def inbox():
    return Inbox()


@pytest.fixture
def hot(tmp_path):
    (tmp_path / "hot").mkdir()
    return tmp_path / "hot"


@pytest.fixture(params=[WatchMode.EVENTS, WatchMode.POLL])
def mode(request):
    return request.param


@pytest.fixture
def start():
    running = []

    def begin(submit, *folders):
        intake = Intake(folders, submit)
        running.append(intake)
        intake.start()
        return intake

    yield begin
    for intake in running:
        intake.stop()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("intake")]


def folder_for(hot, mode=WatchMode.EVENTS, **settings):
    settings = {"quiet_s": QUIET_S, "poll_s": 0.1, "give_up_s": 60.0} | settings
    return HotFolder(hot, "house-48k24", hot.parent / "out", watch=mode, **settings)


def test_a_file_is_handed_in_soon_after_its_last_byte(hot, inbox, start, mode):
    start(inbox.submit, folder_for(hot, mode))
    path = write_wav(hot / "a.wav")
    written = path.stat().st_mtime
    wait_until(lambda: inbox.roots == ["a.wav"], "the file is handed in")
    assert inbox.moments[0] - written >= QUIET_S
    assert len(inbox.keys[0]) == 64


def test_files_present_at_the_start_go_through_the_same_gate(hot, inbox, start, mode):
    write_wav(hot / "whole.wav")
    (hot / "half.wav").write_bytes(write_wav(hot.parent / "x.wav").read_bytes()[:-500])
    start(inbox.submit, folder_for(hot, mode))
    wait_until(lambda: inbox.roots, "the whole file is handed in")
    assert inbox.roots == ["whole.wav"]


def test_a_slow_writer_that_pauses_with_an_unfinished_header_is_waited_for(hot, inbox, start, mode):
    intake = start(inbox.submit, folder_for(hot, mode))
    with soundfile.SoundFile(hot / "a.wav", "w", 48_000, 1, "PCM_16") as file:
        for _ in range(2):
            file.write(np.zeros((5_000, 1)))
            file.flush()
            wait_until(lambda: waits_for(intake, "header"), "the pause is noticed")
        assert inbox.roots == []
        file.write(np.zeros((5_000, 1)))
    wait_until(lambda: inbox.roots == ["a.wav"], "the file is handed in")
    assert soundfile.info(hot / "a.wav").frames == 15_000


def waits_for(intake, reason):
    (status,) = intake.status()
    return any(reason in each.wait for each in status.waiting)


def test_a_file_renamed_into_place_is_handed_in(hot, inbox, start, mode):
    start(inbox.submit, folder_for(hot, mode))
    shutil.copyfile(write_wav(hot.parent / "x.wav"), hot / "a.wav.part")
    (hot / "a.wav.part").rename(hot / "a.wav")
    wait_until(lambda: inbox.roots == ["a.wav"], "the file is handed in")


def test_a_folder_dropped_file_by_file_is_one_delivery(hot, inbox, start, mode):
    start(inbox.submit, folder_for(hot, mode, quiet_s=0.8))
    paced = threading.Event()
    for number in range(6):
        write_wav(hot / "Song" / f"{number}.wav")
        paced.wait(0.2)
    wait_until(lambda: inbox.requests, "the folder is handed in")
    (request,) = inbox.requests
    assert [path.name for path in request.sources] == [f"{number}.wav" for number in range(6)]


def test_a_marker_releases_a_folder(hot, inbox, start, mode):
    intake = start(inbox.submit, folder_for(hot, mode, complete_when="*.done"))
    write_wav(hot / "Song" / "a.wav")
    wait_until(lambda: waits_for(intake, "marks it as complete"), "it waits for its marker")
    assert inbox.requests == []
    (hot / "Song" / "x.done").touch()
    wait_until(lambda: inbox.roots == ["Song"], "the folder is handed in")


def test_a_share_that_goes_and_comes_back_is_gone_on_with(hot, inbox, start, mode):
    intake = start(inbox.submit, folder_for(hot, mode))
    write_wav(hot / "before.wav")
    wait_until(lambda: inbox.roots == ["before.wav"], "the first file is handed in")
    hot.rename(hot.parent / "unplugged")
    wait_until(lambda: intake.status()[0].away, "the folder is away")
    write_wav(hot.parent / "unplugged" / "meanwhile.wav")
    (hot.parent / "unplugged").rename(hot)
    wait_until(lambda: not intake.status()[0].away, "the folder is back")
    wait_until(lambda: len(inbox.roots) == 2, "the second file is handed in")
    write_wav(hot / "after.wav")
    wait_until(lambda: len(inbox.roots) == 3, "the third file is handed in")
    assert inbox.roots == ["before.wav", "meanwhile.wav", "after.wav"]


def test_events_go_on_when_another_folder_takes_the_place(hot, inbox, start):
    intake = start(inbox.submit, folder_for(hot, rescan_s=3600.0))
    wait_until(lambda: intake.status()[0].events, "events come")
    hot.rename(hot.parent / "old")
    hot.mkdir()
    intake.wake()
    wait_until(lambda: intake.status()[0].events, "events come again")
    write_wav(hot / "a.wav")
    wait_until(lambda: inbox.roots == ["a.wav"], "the file is handed in")


def test_a_hot_folder_that_is_made_later_is_looked_into(tmp_path, inbox, start, mode):
    intake = start(inbox.submit, folder_for(tmp_path / "hot", mode))
    wait_until(lambda: intake.status()[0].away, "the folder is found missing")
    write_wav(tmp_path / "hot" / "a.wav")
    wait_until(lambda: inbox.roots == ["a.wav"], "the file is handed in")


def test_a_queue_that_fails_is_offered_the_delivery_again(hot, start, inbox, caplog):
    failures = iter([NotReadyError("The database is away."), ValueError("a mistake")])

    def submit(request, key):
        for failure in failures:
            raise failure
        inbox.submit(request, key)

    start(submit, folder_for(hot))
    write_wav(hot / "a.wav")
    wait_until(lambda: inbox.roots == ["a.wav"], "it is handed in")
    assert caplog.text.count("could not be handed in") == 2


def test_without_events_the_folder_is_polled_and_that_is_said_aloud(hot, inbox, start, monkeypatch, caplog):
    def refuse(_path, _ring):
        raise OSError(28, "inotify watch limit reached")

    monkeypatch.setattr("stembridge.intake.vigil.FolderWatch", refuse)
    intake = start(inbox.submit, folder_for(hot))
    write_wav(hot / "a.wav")
    wait_until(lambda: inbox.roots == ["a.wav"], "the file is handed in")
    assert not intake.status()[0].events
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "max_user_watches" in caplog.text


def test_one_hot_folder_that_hangs_holds_up_no_other(tmp_path, inbox, start):
    hang, release = threading.Event(), threading.Event()

    def key(request):
        if request.home.name == "slow":
            hang.set()
            release.wait(DEADLINE_S)
        return "0" * 64

    for name in ("slow", "fast"):
        (tmp_path / name).mkdir()
    folders = [folder_for(tmp_path / name) for name in ("slow", "fast")]
    intake = Intake(folders, inbox.submit, key=key)
    intake.start()
    try:
        write_wav(tmp_path / "slow" / "a.wav")
        assert hang.wait(DEADLINE_S)
        write_wav(tmp_path / "fast" / "b.wav")
        wait_until(lambda: inbox.roots == ["b.wav"], "the other folder's file is handed in")
    finally:
        release.set()
        intake.stop()


def test_many_files_at_once_are_each_handed_in_once(hot, inbox, start):
    write_wav(hot.parent / "x.wav")
    intake = start(inbox.submit, folder_for(hot))
    for number in range(300):
        shutil.copyfile(hot.parent / "x.wav", hot / f"{number}.wav")
    wait_until(lambda: len(inbox.roots) >= 300, "all are handed in")
    intake.wake()
    wait_until(lambda: not intake.status()[0].waiting, "nothing waits any more")
    assert sorted(inbox.roots) == sorted(f"{number}.wav" for number in range(300))


def test_an_intake_that_never_started_can_be_stopped(hot, inbox):
    Intake([folder_for(Path(hot))], inbox.submit).stop()
