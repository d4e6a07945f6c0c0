"""Real folders and files; the time is given, so nothing waits."""

import logging
import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from stembridge.errors import ConfigError
from stembridge.intake.group import Wait
from stembridge.intake.hot_folder import HotFolder
from stembridge.intake.scanner import Scanner
from stembridge.request import Origin, Originals

START = 1_800_000_000.0
"""Later than any time stamp that a test leaves, so that the first look believes none to be fresh."""


def write_wav(path: Path, *, at: float = START - 100.0, frames: int = 100) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.zeros((frames, 1)), 48_000, "PCM_16")
    os.utime(path, (at, at))
    return path


def truncate(path: Path, *, at: float = START - 100.0) -> Path:
    path.write_bytes(path.read_bytes()[:-50])
    os.utime(path, (at, at))
    return path


@pytest.fixture
def hot(tmp_path):
    (tmp_path / "hot").mkdir()
    return tmp_path / "hot"


def scanner_for(hot: Path, *, share: bool = False, **settings) -> Scanner:
    settings = {"preset": "house-48k24", "destination": hot.parent / "out", "give_up_s": 60.0} | settings
    return Scanner(HotFolder(hot, **settings), detect=lambda _path: share)


def roots(requests):
    return [request.root.name for request in requests]


def test_a_file_that_was_there_before_is_handed_out_after_a_second_look(hot):
    write_wav(hot / "Song.wav")
    scanner = scanner_for(hot)
    assert scanner.scan(START) == []
    assert scanner.next_wake(START, 60.0) == START + 0.25
    (request,) = scanner.scan(START + 0.25)
    assert request.sources == (hot / "Song.wav",)
    assert (request.name, request.root, request.home) == ("Song", hot / "Song.wav", hot)
    assert (request.origin, request.originals) == (Origin.HOT_FOLDER, Originals.MOVE)


def test_each_delivery_is_handed_out_once(hot):
    write_wav(hot / "a.wav")
    scanner = scanner_for(hot)
    found = [roots(scanner.scan(START + step)) for step in range(10)]
    assert found == [[], ["a.wav"], *[[]] * 8]


def test_a_new_file_is_due_two_seconds_after_its_last_byte_however_late_it_is_noticed(hot):
    scanner = scanner_for(hot)
    scanner.scan(START)
    write_wav(hot / "a.wav", at=START + 1.0)
    scanner.scan(START + 2.5)
    assert scanner.next_wake(START + 2.5, 60.0) == START + 3.0
    assert roots(scanner.scan(START + 3.0)) == ["a.wav"]


def test_a_file_moved_in_with_an_old_time_stamp_waits_from_when_it_was_noticed(hot):
    scanner = scanner_for(hot)
    scanner.scan(START)
    write_wav(hot / "a.wav", at=START - 9000.0)
    assert scanner.scan(START + 5.0) == []
    assert scanner.scan(START + 6.9) == []
    assert roots(scanner.scan(START + 7.0)) == ["a.wav"]


def test_on_a_share_no_time_stamp_is_believed_and_the_wait_is_longer(hot):
    write_wav(hot / "a.wav")
    scanner = scanner_for(hot, share=True)
    assert scanner.scan(START) == []
    assert scanner.scan(START + 9.9) == []
    assert roots(scanner.scan(START + 10.0)) == ["a.wav"]


def test_a_paused_render_is_not_handed_out_until_its_header_is_finished(hot):
    with soundfile.SoundFile(hot / "a.wav", "w", 48_000, 1, "PCM_16") as file:
        file.write(np.zeros((100, 1)))
        file.flush()
        os.utime(hot / "a.wav", (START, START))
        scanner = scanner_for(hot)
        assert not any(scanner.scan(START + second) for second in range(1, 50))
        assert [each.wait for each in scanner.waiting] == [Wait.UNFINISHED]
    os.utime(hot / "a.wav", (START + 50, START + 50))
    assert scanner.scan(START + 51) == []
    assert roots(scanner.scan(START + 52)) == ["a.wav"]


def test_a_truncated_file_is_handed_on_in_the_end_and_said_aloud(hot, caplog):
    truncate(write_wav(hot / "a.wav"))
    scanner = scanner_for(hot)
    scanner.scan(START)
    assert scanner.scan(START + 59.9) == []
    assert roots(scanner.scan(START + 60.0)) == ["a.wav"]
    assert "its header is unfinished after 60 s" in caplog.text


def test_an_empty_file_is_handed_on_in_the_end(hot):
    (hot / "a.wav").touch()
    scanner = scanner_for(hot)
    scanner.scan(START)
    assert scanner.scan(START + 30) == []
    assert roots(scanner.scan(START + 60)) == ["a.wav"]


def test_a_rewritten_file_is_a_new_delivery(hot):
    write_wav(hot / "a.wav")
    scanner = scanner_for(hot)
    scanner.scan(START)
    assert roots(scanner.scan(START + 1)) == ["a.wav"]
    write_wav(hot / "a.wav", at=START + 5, frames=200)
    assert scanner.scan(START + 6) == []
    assert roots(scanner.scan(START + 7)) == ["a.wav"]


def test_a_folder_is_handed_out_whole_once_its_last_file_is_quiet(hot):
    scanner = scanner_for(hot)
    scanner.scan(START)
    for second in range(1, 6):
        write_wav(hot / "Song" / f"{second}.wav", at=START + second)
        assert scanner.scan(START + second + 0.1) == []
    (request,) = scanner.scan(START + 7.0)
    assert [path.name for path in request.sources] == [f"{second}.wav" for second in range(1, 6)]
    assert (request.name, request.root) == ("Song", hot / "Song")


def test_a_file_added_to_a_folder_that_was_handed_out_makes_the_whole_folder_new(hot):
    write_wav(hot / "Song" / "a.wav")
    scanner = scanner_for(hot)
    scanner.scan(START)
    assert len(scanner.scan(START + 1)) == 1
    write_wav(hot / "Song" / "b.wav", at=START + 2)
    scanner.scan(START + 3)
    (request,) = scanner.scan(START + 4)
    assert len(request.sources) == 2


def test_sidecars_are_part_of_the_delivery_and_leftovers_are_not(hot):
    write_wav(hot / "Song" / "a.wav")
    (hot / "Song" / "notes.txt").write_text("loud", encoding="utf-8")
    (hot / "Song" / "._a.wav").touch()
    scanner = scanner_for(hot)
    scanner.scan(START - 5)
    (request,) = scanner.scan(START + 5)
    assert [path.name for path in request.sources] == ["a.wav", "notes.txt"]


def test_an_upload_under_a_temporary_name_holds_its_folder_back(hot):
    write_wav(hot / "Song" / "a.wav")
    (hot / "Song" / "b.wav.part").touch()
    scanner = scanner_for(hot)
    scanner.scan(START)
    assert scanner.scan(START + 30) == []
    assert [each.wait for each in scanner.waiting] == [Wait.TEMPORARY]
    assert scanner.next_wake(START + 30, 60.0) == START + 32
    (hot / "Song" / "b.wav.part").unlink()
    assert len(scanner.scan(START + 31)) == 1


def test_an_abandoned_upload_does_not_hold_its_folder_back_for_ever(hot):
    write_wav(hot / "Song" / "a.wav")
    (hot / "Song" / "b.wav.part").touch()
    scanner = scanner_for(hot)
    scanner.scan(START)
    assert len(scanner.scan(START + 60)) == 1


def test_a_folder_waits_for_the_marker_that_the_preset_names(hot):
    write_wav(hot / "Song" / "a.wav")
    scanner = scanner_for(hot, complete_when="*.done")
    scanner.scan(START)
    assert scanner.scan(START + 500) == []
    (hot / "Song" / "all.done").touch()
    os.utime(hot / "Song" / "all.done", (START + 501, START + 501))
    assert scanner.scan(START + 502) == []
    assert len(scanner.scan(START + 503)) == 1


def test_own_outputs_are_never_taken_in(hot):
    scanner = scanner_for(hot, destination=hot / "delivered")
    for path in (
        "delivered/Song/a.wav",
        "_done/b.wav",
        "failed/c.wav",
        "delivered/.stembridge/j/d.wav",
        "e.wav",
    ):
        write_wav(hot / path)
    scanner.scan(START)
    assert roots(scanner.scan(START + 5)) == ["e.wav"]


def test_a_hot_folder_inside_another_is_not_its_delivery(hot):
    write_wav(hot / "inner" / "a.wav")
    write_wav(hot / "b.wav")
    folder = HotFolder(hot, "source", hot.parent / "out")
    scanner = Scanner(folder, others=[hot / "inner", hot])
    scanner.scan(START)
    assert roots(scanner.scan(START + 5)) == ["b.wav"]


def test_a_destination_that_is_the_hot_folder_is_refused(hot):
    with pytest.raises(ConfigError, match="is the hot folder itself"):
        HotFolder(hot, "source", hot / "x" / "..")


def test_a_link_is_left_where_it_is_and_said_once(hot, caplog):
    try:
        (hot / "a.wav").symlink_to(write_wav(hot.parent / "secret.wav"))
    except OSError:
        pytest.skip("making a link needs a privilege here")
    scanner = scanner_for(hot)
    assert not any(scanner.scan(START + second) for second in range(80))
    assert caplog.text.count("is a link") == 1


def test_a_share_that_goes_away_forgets_nothing_and_comes_back(hot, caplog):
    caplog.set_level(logging.INFO)
    write_wav(hot / "old.wav")
    scanner = scanner_for(hot)
    scanner.scan(START)
    assert roots(scanner.scan(START + 1)) == ["old.wav"]
    hot.rename(hot.parent / "unplugged")
    assert scanner.scan(START + 2) == []
    assert scanner.place.away
    assert scanner.next_wake(START + 2, 60.0) == START + 4
    write_wav(hot.parent / "unplugged" / "new.wav")
    (hot.parent / "unplugged").rename(hot)
    assert scanner.scan(START + 10) == []
    assert roots(scanner.scan(START + 12)) == ["new.wav"]
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


def test_an_unmounted_share_is_away_and_its_files_are_not_handed_out_again(hot):
    write_wav(hot / "old.wav")
    mounted = [True]
    scanner = Scanner(HotFolder(hot, "source", hot.parent / "out"), detect=lambda _path: mounted[0])
    scanner.scan(START)
    assert len(scanner.scan(START + 10)) == 1
    hot.rename(hot.parent / "server")
    hot.mkdir()
    mounted[0] = False
    assert scanner.scan(START + 20) == []
    assert scanner.place.away
    hot.rmdir()
    (hot.parent / "server").rename(hot)
    mounted[0] = True
    assert not any(scanner.scan(START + 30 + second) for second in range(20))


def test_a_folder_that_cannot_be_read_waits_whole(hot):
    write_wav(hot / "Song" / "a.wav")
    write_wav(hot / "Song" / "closed" / "b.wav")
    (hot / "Song" / "closed").chmod(0)
    if os.access(hot / "Song" / "closed", os.R_OK):
        pytest.skip("permissions do not bind this user")
    scanner = scanner_for(hot)
    scanner.scan(START)
    assert scanner.scan(START + 500) == []
    assert [each.wait for each in scanner.waiting] == [Wait.UNREADABLE]
    (hot / "Song" / "closed").chmod(0o700)
    scanner.scan(START + 501)
    (request,) = scanner.scan(START + 510)
    assert len(request.sources) == 2


def test_what_nobody_took_is_handed_out_again_but_not_before_its_time(hot):
    write_wav(hot / "a.wav")
    write_wav(hot / "b.wav")
    scanner = scanner_for(hot)
    scanner.scan(START)
    first, _ = scanner.scan(START + 1)
    scanner.put_back(first, START + 9)
    assert scanner.next_wake(START + 1, 60.0) == START + 9
    assert scanner.scan(START + 8.9) == []
    assert [each.wait for each in scanner.waiting] == [Wait.HELD]
    assert roots(scanner.scan(START + 9)) == ["a.wav"]
    assert scanner.scan(START + 10) == []


def test_with_nothing_to_wait_for_the_next_look_is_the_regular_one(hot):
    scanner = scanner_for(hot)
    scanner.scan(START)
    assert scanner.next_wake(START, 60.0) == START + 60.0


def test_an_empty_folder_is_looked_into_soon_because_events_do_not_reach_below(hot):
    look = scanner_for(hot)
    look.scan(START)
    assert look.look_below_s is None
    (hot / "Song").mkdir()
    look.scan(START + 1)
    assert look.look_below_s == pytest.approx(2.0)
