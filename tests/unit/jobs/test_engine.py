"""The store of jobs, without workers."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from stembridge.errors import JobError
from stembridge.jobs.database import sqlite_url
from stembridge.jobs.engine import JobStore, job_id
from stembridge.jobs.job import State
from stembridge.request import Origin, Request

READ_ONLY = """
import sys
from stembridge.jobs.engine import JobStore
store = JobStore(sys.argv[1])
store.list(), store.counts(), store.changes(0), store.find("x")
print(sorted({"torch", "dbos", "numpy"} & set(sys.modules)))
"""


def request(name: str, request_id: str = "") -> Request:
    return Request((Path(f"/in/{name}.wav"),), "source", Path("/out"), name, id=request_id)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return sqlite_url(tmp_path / "data" / "jobs.db")


@pytest.fixture
def store(url: str) -> Iterator[JobStore]:
    store = JobStore(url)
    yield store
    store.close()


def workflows(url: str) -> int:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = connection.scalars(sa.text("SELECT count(*) FROM workflow_status")).one()
    engine.dispose()
    return int(found)


def test_the_same_content_is_the_same_job(store: JobStore, url: str) -> None:
    first = store.submit(request("song"), key="k")
    assert store.submit(request("song"), key="k") == first
    assert workflows(url) == 1


def test_a_job_outlives_its_store(store: JobStore, url: str) -> None:
    job = store.submit(request("song"), key="k")
    other = JobStore(url)
    assert other.get(job.id) == job
    other.close()


def test_an_id_is_short_and_comes_from_the_content_alone(store: JobStore) -> None:
    job = store.submit(request("song"), key="any key: ä/\\")
    assert job.id == job_id("any key: ä/\\")
    assert len(job.id) == 16
    assert set(job.id) <= set("0123456789abcdef")


def test_a_job_is_found_by_its_id_its_beginning_and_every_request_for_it(store: JobStore) -> None:
    job = store.submit(request("song", "aa"), key="k")
    store.submit(request("song", "bb"), key="k")
    names = [job.id, job.id[:5], "aa", "bb"]
    assert {store.get(name).id for name in names} == {job.id}
    found = store.find("bb")
    assert found is not None
    assert found.id == job.id
    assert store.find("cc") is None


@pytest.mark.parametrize("name", ["", "0", "zz", "%", "no such job", "0123456789abcdef0"])
def test_an_unknown_job_is_an_error(store: JobStore, name: str) -> None:
    with pytest.raises(JobError, match="There is no job"):
        store.get(name)


def test_a_beginning_of_two_ids_is_an_error(store: JobStore) -> None:
    ids = {store.submit(request(str(number)), key=str(number)).id for number in range(40)}
    shared = next(first for first in "0123456789abcdef" if sum(job.startswith(first) for job in ids) > 1)
    with pytest.raises(JobError, match="More than one job"):
        store.get(shared)


def test_a_cancelled_job_gets_a_new_go_for_the_new_request(store: JobStore) -> None:
    job = store.submit(request("song"), key="k")
    assert store.cancel(job.id).state is State.CANCELLED
    again = store.submit(replace(request("song"), origin=Origin.REAPER), key="k")
    assert (again.id, again.state, again.origin) == (job.id, State.QUEUED, Origin.REAPER)


def test_cancelling_twice_is_no_mistake(store: JobStore) -> None:
    job = store.submit(request("song"), key="k")
    assert store.cancel(job.id) == store.cancel(job.id)


def test_a_cancelled_job_can_be_retried_with_its_sources_elsewhere(store: JobStore) -> None:
    job = store.submit(request("song"), key="k")
    store.cancel(job.id)
    moved = replace(job.request, sources=(Path("/failed/song.wav"),))
    assert store.retry(job.id, moved).sources == (Path("/failed/song.wav"),)
    assert store.get(job.id).state is State.QUEUED


def test_changes_come_once_each_in_order(store: JobStore) -> None:
    jobs = [store.submit(request(name), key=name) for name in ("a", "b", "c")]
    seen = store.changes(0)
    assert [job.id for job in seen] == [job.id for job in jobs]
    assert store.changes(seen[-1].revision) == []
    store.cancel(jobs[0].id)
    (changed,) = store.changes(seen[-1].revision)
    assert (changed.id, changed.revision) == (jobs[0].id, store.revision())


def test_the_newest_jobs_come_first(store: JobStore) -> None:
    jobs = [store.submit(request(str(number)), key=str(number)) for number in range(5)]
    store.cancel(jobs[4].id)
    assert [job.id for job in store.list(3)] == [job.id for job in reversed(jobs[2:])]
    assert [job.id for job in store.list(1, states=[State.QUEUED])] == [jobs[3].id]


def test_every_state_is_counted(store: JobStore) -> None:
    store.submit(request("a"), key="a")
    store.cancel(store.submit(request("b"), key="b").id)
    counts = store.counts()
    assert (counts[State.QUEUED], counts[State.CANCELLED], set(counts)) == (1, 1, set(State))


def test_many_threads_that_submit_the_same_make_one_job(store: JobStore, url: str) -> None:
    with ThreadPoolExecutor(8) as threads:
        jobs = list(threads.map(lambda _: store.submit(request("song"), key="k"), range(32)))
    assert len({job.id for job in jobs}) == 1
    assert workflows(url) == 1


def test_reading_jobs_loads_neither_the_job_engine_nor_a_model(store: JobStore, url: str) -> None:
    command = [sys.executable, "-c", READ_ONLY, url]
    ran = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")
    assert ran.stdout == "[]\n"


@pytest.mark.parametrize("bad", ["nonsense", "mysql://host/name", "sqlite://", "sqlite:///:memory:"])
def test_a_wrong_database_setting_is_one_clear_error(bad: str) -> None:
    with pytest.raises(JobError, match="database"):
        JobStore(bad)


def test_a_server_that_is_away_is_one_clear_error() -> None:
    with pytest.raises(JobError, match="cannot be used"):
        JobStore("postgresql://somebody@127.0.0.1:1/name")


def test_a_database_where_no_folder_can_be_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(JobError, match="folder cannot be made"):
        JobStore(sqlite_url(tmp_path / "file" / "jobs.db"))
