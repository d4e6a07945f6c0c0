"""The record of a job and its legal steps."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.errors import JobError
from stembridge.jobs.job import ENDED, Failure, Job, Outcome, State
from stembridge.request import Request

REQUEST = Request((Path("/in/a.wav"), Path("/in/b.wav")), "house-48k24", Path("/out"), "song", id="r1")
FAILURE = Failure("audio", "Not audio.", "Export it again.")
OUTCOME = Outcome((Path("/out/a.wav"),), Path("/out/manifest.json"), Path("/out/song.rpp"))

STEPS = {
    "started": lambda job: job.started(),
    "progressed": lambda job: job.progressed("conform", 0.5),
    "finished": lambda job: job.finished(OUTCOME),
    "parked": lambda job: job.parked(FAILURE),
    "postponed": lambda job: job.postponed(FAILURE),
    "held": lambda job: job.held(FAILURE),
    "given_back": lambda job: job.given_back(),
    "cancelled": lambda job: job.cancelled(),
    "asked_again": lambda job: job.asked_again(REQUEST),
}


def test_the_json_shape_of_a_job_is_the_documented_one() -> None:
    job = Job("00112233aabbccdd", REQUEST).started().progressed("conform", 0.256)
    shape = job.to_json()
    documented = ("id", "state", "stage", "percent", "preset", "sources", "outputs", "error")
    assert {key: shape[key] for key in documented} == {
        "id": "00112233aabbccdd",
        "state": "running",
        "stage": "conform",
        "percent": 25.6,
        "preset": "house-48k24",
        "sources": [str(Path("/in/a.wav")), str(Path("/in/b.wav"))],
        "outputs": [],
        "error": None,
    }


def test_a_failed_job_says_what_and_what_to_do() -> None:
    job = Job("00", REQUEST).started().parked(FAILURE)
    assert job.to_json()["error"] == {
        "code": "audio",
        "message": "Not audio.",
        "hint": "Export it again.",
    }


def test_a_done_job_names_what_it_left() -> None:
    shape = Job("00", REQUEST).started().finished(OUTCOME).to_json()
    assert (shape["outputs"], shape["percent"]) == ([str(Path("/out/a.wav"))], 100.0)
    assert shape["manifest"] == str(Path("/out/manifest.json"))


@pytest.mark.parametrize("step", ["finished", "progressed", "held", "postponed", "given_back"])
def test_a_job_that_only_waits_in_the_queue_cannot_be(step: str) -> None:
    with pytest.raises(JobError, match="Job 00 is queued"):
        STEPS[step](Job("00", REQUEST))


def test_a_job_asked_for_again_starts_from_nothing() -> None:
    job = Job("00", REQUEST).started().parked(FAILURE).asked_again(REQUEST)
    assert job == Job("00", REQUEST)


@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=30))
@settings(deadline=None, max_examples=300)
def test_whatever_happens_to_a_job_its_record_stays_sound(names: list[str]) -> None:
    job = Job("00", REQUEST)
    for name in names:
        try:
            after = STEPS[name](job)
        except JobError:
            continue
        if job.state in ENDED:
            assert name == "asked_again" or (name, job.state) == ("finished", State.CANCELLED)
        assert (after.outcome is not None) == (after.state is State.DONE)
        assert (after.state in (State.FAILED, State.WAITING)) <= (after.error is not None)
        assert 0.0 <= after.percent <= 100.0
        job = after
