"""Requests handed in at the desk, to a real queue that nobody works on."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from stembridge.desk import Activity, Desk, news_of
from stembridge.errors import Cancelled, IntakeError, JobError
from stembridge.follower import Follower
from stembridge.intake.identity import content_key
from stembridge.jobs.engine import JobStore
from stembridge.jobs.job import Job
from stembridge.presets import Preset, PresetStore
from stembridge.report.record import JobNews
from stembridge.request import Request
from stembridge.stages.originals import park
from stembridge.testing import wait_until


@pytest.fixture
def store(tmp_path: Path) -> Iterator[JobStore]:
    store = JobStore(f"sqlite:///{tmp_path / 'jobs.sqlite'}", durable=False)
    yield store
    store.close()


@pytest.fixture
def desk(store: JobStore) -> Desk:
    return Desk(store, PresetStore())


@pytest.fixture
def request_for(tmp_path: Path):
    def make(name: str, request: str = "") -> Request:
        path = tmp_path / f"{name}.wav"
        path.touch()
        return Request((path,), "source", tmp_path / "out", name, id=request)

    return make


def test_a_request_sent_again_is_the_same_job_even_if_its_file_changed_meanwhile(desk, request_for):
    first = desk.submit(request_for("a", "ask"))
    request_for("a").sources[0].write_bytes(b"longer")
    assert desk.submit(request_for("a", "ask")).id == first.id
    assert desk.submit(request_for("a", "another")).id != first.id


def test_an_id_that_was_used_for_something_else_is_refused(desk, request_for):
    desk.submit(request_for("a", "ask"))
    with pytest.raises(IntakeError, match="something else"):
        desk.submit(request_for("b", "ask"))
    with pytest.raises(IntakeError, match="something else"):
        desk.submit(replace(request_for("a", "ask"), stems=("vocals",)))


def test_jobs_are_found_by_their_own_id_and_by_a_request(desk, request_for):
    made = desk.submit(request_for("a", "ask"))
    assert desk.get("ask") == desk.get(made.id) == desk.find("ask") == made
    assert desk.find("nobody") is None
    assert [news.id for news in desk.newest(5)] == [made.id]
    assert desk.cancel("ask").state == "cancelled"
    assert desk.retry("ask").state == "queued"


def test_a_failed_job_whose_original_is_gone_says_so_when_it_is_tried_again(
    store: JobStore, desk: Desk, tmp_path: Path
) -> None:
    home, path = tmp_path / "Inbox", tmp_path / "Inbox" / "a.wav"
    home.mkdir()
    path.touch()
    made = store.submit(Request((path,), "source", tmp_path / "out", "a", root=path, home=home), key="k")
    desk.cancel(made.id)
    path.unlink()
    with pytest.raises(JobError, match=r"original of job .* is gone.*drop it again"):
        desk.retry(made.id)


def test_a_retry_that_the_hot_folder_is_faster_than_is_no_error(store: JobStore, tmp_path: Path) -> None:
    home, path = tmp_path / "Inbox", tmp_path / "Inbox" / "a.wav"
    home.mkdir()
    path.touch()
    request = Request((path,), "source", tmp_path / "out", "a", root=path, home=home)
    key = content_key(request, PresetStore().load("source").digest())

    class Slow(PresetStore):
        def load(self, name: str) -> Preset:
            store.submit(request, key=key)  # the hot folder, which sees what was put back
            store.retry(made.id)  # makes its first attempt stale, as a worker that began would
            path.unlink()
            return super().load(name)

    made = store.submit(request, key=key)
    store.cancel(made.id)
    parked = park(request, Cancelled("The job was cancelled."), job=made.id)
    assert parked is not None
    assert Desk(store, Slow()).retry(made.id).state == "queued"
    assert list((home / "failed").iterdir()) == []


def test_the_follower_tells_every_listener_of_every_job_once(store, desk, request_for):
    desk.submit(request_for("before"))
    heard: list[Job] = []
    follower = Follower(store, [heard.extend])
    follower.start()
    try:
        made = desk.submit(request_for("a", "ask"))
        wait_until(lambda: bool(heard))
        desk.cancel(made.id)
        wait_until(lambda: len(heard) > 1)
    finally:
        follower.stop()
    assert [(job.id, str(job.state)) for job in heard] == [(made.id, "queued"), (made.id, "cancelled")]
    assert news_of(heard[-1]).has_ended


def test_a_listener_that_cannot_write_does_not_silence_the_others(store, desk, request_for):
    def full(_jobs: list[Job]) -> None:
        raise OSError("The disk is full.")

    heard: list[Job] = []
    follower = Follower(store, [full, heard.extend])
    follower.start()
    try:
        for name in ("a", "b"):
            desk.submit(request_for(name))
            wait_until(lambda name=name: name in [job.name for job in heard])
    finally:
        follower.stop()


def test_activity_is_working_while_any_job_runs():
    activity = Activity()
    activity.tell([JobNews("a", "", "running"), JobNews("b", "", "queued")])
    assert activity.word() == "working"
    activity.tell([JobNews("a", "", "done")])
    assert activity.word() == "idle"
