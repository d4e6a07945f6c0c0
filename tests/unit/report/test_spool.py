"""What scripts find in the spool, and for how long."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from stembridge.errors import IntakeError
from stembridge.report.record import JobNews, Laid
from stembridge.report.remaining import Remaining
from stembridge.report.spool import KEPT_S, StatusBoard
from stembridge.units import Seconds

ONE, TWO = "1" * 32, "2" * 32
QUEUED = JobNews("job", ONE, "queued", name="Song", preset="source", revision=1)
LAID = Laid(Seconds(1.0), Seconds(0.5), Seconds(6.0), 1.37, loops=False)


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    (tmp_path / "status").mkdir()
    return tmp_path


def board_of(spool: Path, now: float = 1e9) -> StatusBoard:
    return StatusBoard(spool, log_file=spool / "the.log", clock=lambda: now)


def status(spool: Path, request: str) -> dict[str, object]:
    found: dict[str, object] = json.loads((spool / "status" / f"{request}.json").read_bytes())
    return found


def test_every_request_of_a_job_is_told_with_its_own_place(spool):
    board = board_of(spool)
    board.follow(ONE, QUEUED, LAID)
    board.follow(TWO, QUEUED, replace(LAID, play_rate=2.0))
    board.tell([replace(QUEUED, state="running", stage="conform", percent=12.34)])
    assert (status(spool, ONE)["state"], status(spool, ONE)["percent"]) == ("running", 12.3)
    assert [status(spool, each)["play_rate"] for each in (ONE, TWO)] == [1.37, 2.0]
    assert status(spool, ONE)["handles"] == {"before": 1.0, "after": 0.5}
    assert status(spool, ONE)["log"] == str(spool / "the.log")


def test_after_a_restart_requests_are_told_as_before(spool):
    board_of(spool).follow(ONE, QUEUED, LAID)
    board = board_of(spool)
    assert board.load() == ["job"]
    board.tell([replace(QUEUED, state="failed", code="audio", message="Bad.", hint="Mend.")])
    told = status(spool, ONE)
    assert (told["state"], told["code"], told["length"]) == ("failed", "audio", 6.0)


def test_what_could_not_be_written_is_written_later(spool):
    board = board_of(spool)
    board.follow(ONE, QUEUED, LAID)
    board.follow(TWO, replace(QUEUED, id="other"), LAID)
    file = spool / "status" / f"{ONE}.json"
    file.unlink()
    file.mkdir()
    with pytest.raises(OSError, match="directory"):
        board.tell([replace(QUEUED, state="done"), replace(QUEUED, id="other", state="done")])
    file.rmdir()
    board.tell()
    assert [status(spool, each)["state"] for each in (ONE, TWO)] == ["done", "done"]


def test_old_news_do_not_take_the_place_of_newer_ones(spool):
    board = board_of(spool)
    board.follow(ONE, QUEUED, LAID)
    board.tell([replace(QUEUED, state="done", revision=3)])
    board.tell([replace(QUEUED, state="running", revision=2)])
    assert status(spool, ONE)["state"] == "done"


def test_a_rejection_is_the_last_word(spool):
    board = board_of(spool)
    board.follow(ONE, QUEUED, LAID)
    board.reject(ONE, IntakeError("Used before.", hint="Take another.", code="request-reused"))
    board.tell([replace(QUEUED, state="running")])
    assert (status(spool, ONE)["state"], status(spool, ONE)["job"]) == ("rejected", None)


def test_what_has_ended_is_cleaned_after_a_week_and_what_waits_is_not(spool):
    board = board_of(spool)
    board.follow(ONE, replace(QUEUED, state="done"), LAID)
    board.follow(TWO, replace(QUEUED, state="waiting"), LAID)
    for request in (ONE, TWO):
        os.utime(spool / "status" / f"{request}.json", (1e9, 1e9))
    board_of(spool, now=1e9 + KEPT_S - 1).clean()
    assert len(list((spool / "status").iterdir())) == 2
    board_of(spool, now=1e9 + KEPT_S + 1).clean()
    assert [path.stem for path in (spool / "status").iterdir()] == [TWO]


def test_damaged_status_files_are_no_obstacle(spool):
    (spool / "status" / f"{ONE}.json").write_text("[")
    (spool / "status" / f"{TWO}.json").write_text("null")
    board = board_of(spool)
    assert board.load() == []
    board.clean()


def test_a_delivery_that_was_moved_by_hand_lists_no_stems(spool):
    board = board_of(spool)
    board.follow(ONE, replace(QUEUED, state="done", manifest=spool / "gone" / "manifest.json"), LAID)
    assert status(spool, ONE)["stems"] == []


def test_the_time_that_remains_is_reckoned_within_a_stage():
    remaining = Remaining()
    at = replace(QUEUED, state="running", stage="separate")
    assert remaining.seconds(replace(at, percent=0.0), 100.0) is None
    assert remaining.seconds(replace(at, percent=25.0), 110.0) == 30.0
    assert remaining.seconds(replace(at, stage="conform", percent=90.0), 120.0) is None
    assert remaining.seconds(replace(at, stage="conform", percent=50.0), 124.0) == 4.0
    assert remaining.seconds(replace(at, state="waiting"), 125.0) is None
