"""One worker's hold on a job, step by step, without processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stembridge.errors import AudioError, DeliveryError, NotReadyError
from stembridge.jobs import records, takeover
from stembridge.jobs.attempts import Attempts, parse_attempt
from stembridge.jobs.claims import Claims, Limits
from stembridge.jobs.database import open_engine, sqlite_url
from stembridge.jobs.engine import JobStore
from stembridge.jobs.entry import Entry
from stembridge.jobs.job import Job, Outcome, State
from stembridge.jobs.ledger import Ledger
from stembridge.jobs.locks import hold
from stembridge.jobs.retry import RetryPolicy, understand
from stembridge.jobs.settings import WorkerSettings
from stembridge.request import Request

HERE = WorkerSettings(host="here")
DONE = Outcome((Path("/out/song.wav"),))


class Bench:
    """A store, and workers that take jobs by hand."""

    def __init__(self, folder: Path) -> None:
        self.url = sqlite_url(folder / "jobs.db")
        self.store = JobStore(self.url)
        self.engine = open_engine(self.url, durable=False)
        self.attempts = Attempts(self.url, self.engine)
        self.attempts.connect()
        self.ledger = Ledger(self.engine, self.attempts)

    def submit(self, name: str = "song") -> Job:
        request = Request((Path(f"/in/{name}.wav"),), "source", Path("/out"), name)
        return self.store.submit(request, key=name)

    def worker(self, name: str = "here:0") -> Claims:
        return Claims(self.ledger, name, RetryPolicy(), Limits(deaths=3, losses=5))

    def entry(self, job: Job) -> Entry:
        with self.engine.connect() as connection:
            entry = records.load(connection, job.id)
        assert entry is not None
        return entry

    def take(self, worker: Claims, job: Job) -> Entry:
        entry = worker.take(*parse_attempt(self.entry(job).attempt))
        assert entry is not None
        return entry

    def close(self) -> None:
        self.store.close()
        self.attempts.close()
        self.engine.dispose()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def test_an_attempt_runs_and_ends(bench: Bench) -> None:
    job, worker = bench.submit(), bench.worker()
    entry = bench.take(worker, job)
    assert worker.advance(entry, "conform", 50.0)
    worker.finish(entry, DONE)
    done = bench.entry(job)
    assert (done.job.state, done.job.outputs, done.holder) == (State.DONE, DONE.outputs, None)


def test_an_attempt_that_comes_too_late_is_not_taken(bench: Bench) -> None:
    job = bench.submit()
    bench.store.cancel(job.id)
    assert bench.worker().take(job.id, 1) is None
    bench.store.retry(job.id)
    assert bench.worker().take(job.id, 1) is None
    assert bench.worker().take(job.id, 2) is not None


def test_a_cancelled_attempt_notices_and_leaves_no_mark(bench: Bench) -> None:
    job, worker = bench.submit(), bench.worker()
    entry = bench.take(worker, job)
    bench.store.cancel(job.id)
    assert bench.store.get(job.id).in_hand
    assert not worker.counts(entry)
    assert not worker.advance(entry, "conform", 50.0)
    worker.let_go(entry, stopping=False)
    assert not bench.store.changes(0)[-1].in_hand
    assert (bench.entry(job).job.state, bench.entry(job).holder) == (State.CANCELLED, None)


def test_a_new_go_waits_until_the_cancelled_one_has_let_go(bench: Bench) -> None:
    job, slow, next_one = bench.submit(), bench.worker("here:0"), bench.worker("here:1")
    entry = bench.take(slow, job)
    bench.store.cancel(job.id)
    bench.store.retry(job.id)
    assert next_one.take(*parse_attempt(bench.entry(job).attempt)) is None
    assert bench.entry(job).job.state is State.QUEUED
    slow.let_go(entry, stopping=False)
    assert bench.take(next_one, job).job.state is State.RUNNING


def test_an_attempt_of_an_earlier_go_cannot_end_the_new_one(bench: Bench) -> None:
    job, worker = bench.submit(), bench.worker()
    entry = bench.take(worker, job)
    bench.store.cancel(job.id)
    bench.store.retry(job.id)
    assert not worker.finish(entry, DONE)
    assert (bench.entry(job).job.state, bench.entry(job).holder) == (State.QUEUED, None)


def test_a_cancel_after_the_delivery_comes_too_late(bench: Bench) -> None:
    job, worker = bench.submit(), bench.worker()
    entry = bench.take(worker, job)
    bench.store.cancel(job.id)
    worker.finish(entry, DONE)
    assert bench.store.get(job.id).state is State.DONE


def test_a_worker_whose_job_was_seized_cannot_end_it(bench: Bench) -> None:
    job, slow, other = bench.submit(), bench.worker("left:0"), bench.worker("right:0")
    entry = bench.take(slow, job)
    bench.ledger.seize(job.id, entry.serial, blame=True)
    taken = bench.take(other, job)
    assert not slow.advance(entry, "conform", 90.0)
    slow.stumble(entry, understand(AudioError("Not audio.")))
    assert (bench.entry(job).job.state, bench.entry(job).holder) == (State.RUNNING, "right:0")
    other.finish(taken, DONE)


def test_a_permanent_error_stays_unparked_until_the_hook_was_told(bench: Bench) -> None:
    job, worker = bench.submit(), bench.worker()
    parked = worker.stumble(bench.take(worker, job), understand(AudioError("Not audio.")))
    assert parked is not None
    assert bench.entry(job).unparked
    worker.told(parked, again=True)
    again = bench.take(worker, job)
    assert (again.job.state, again.job.attempts) == (State.FAILED, 1)
    worker.told(again, again=False)
    assert not bench.entry(job).unparked
    assert worker.take(job.id, again.serial) is None


def test_a_crash_before_the_hook_was_told_leads_back_to_it(bench: Bench) -> None:
    job, worker = bench.submit(), bench.worker()
    worker.stumble(bench.take(worker, job), understand(AudioError("Not audio.")))
    worker.release_all()
    again = bench.take(worker, job)
    assert again.unparked
    assert again.job.error is not None


def test_errors_that_may_pass_are_counted_by_kind_in_a_row(bench: Bench) -> None:
    job, worker = bench.submit(), bench.worker()
    full, away = DeliveryError("Full.", retryable=True), NotReadyError("Away.")
    counts = []
    for error in (full, full, away, full):
        worker.stumble(bench.take(worker, job), understand(error))
        counts.append((bench.entry(job).job.state, bench.entry(job).troubles))
    expected = [(State.QUEUED, 1), (State.QUEUED, 2), (State.WAITING, 1), (State.QUEUED, 1)]
    assert counts == expected


def test_a_waiting_job_can_be_tried_now(bench: Bench) -> None:
    job, worker = bench.submit(), bench.worker()
    worker.stumble(bench.take(worker, job), understand(NotReadyError("Away.")))
    assert bench.store.retry(job.id).state is State.WAITING
    assert bench.take(worker, job).job.state is State.RUNNING


def test_a_failed_job_that_is_retried_starts_with_clean_counters(bench: Bench) -> None:
    job, worker = bench.submit(), bench.worker()
    worker.stumble(bench.take(worker, job), understand(AudioError("Not audio.")))
    bench.store.retry(job.id)
    entry = bench.entry(job)
    assert (entry.job.state, entry.job.error, entry.unparked) == (State.QUEUED, None, False)


def test_a_running_or_done_job_is_not_retried(bench: Bench) -> None:
    job, worker = bench.submit(), bench.worker()
    entry = bench.take(worker, job)
    with pytest.raises(Exception, match="is running, so there is nothing to retry"):
        bench.store.retry(job.id)
    worker.finish(entry, DONE)
    with pytest.raises(Exception, match="is done, so there is nothing to retry"):
        bench.store.retry(job.id)
    with pytest.raises(Exception, match="is done and cannot be cancelled"):
        bench.store.cancel(job.id)


def test_a_done_job_is_done_again_only_when_asked_for_so(bench: Bench) -> None:
    job, worker = bench.submit(), bench.worker()
    worker.finish(bench.take(worker, job), DONE)
    assert bench.submit().state is State.DONE
    again = bench.store.submit(job.request, key="song", again=True)
    assert (again.id, again.state, again.outputs) == (job.id, State.QUEUED, ())


def test_a_job_is_parked_when_its_third_worker_died(bench: Bench) -> None:
    job, worker = bench.submit(), bench.worker()
    for _ in range(3):
        assert bench.take(worker, job).job.state is State.RUNNING
        bench.store.worker_died("0", HERE)
        worker.release_all()
    parked = bench.take(worker, job)
    assert parked.unparked
    assert parked.job.error is not None
    assert parked.job.error.code == "worker-died"


def test_a_process_that_was_refused_its_slot_is_not_held_against_the_job(
    bench: Bench, tmp_path: Path
) -> None:
    job = bench.submit()
    with hold(tmp_path, "here:0", wait_s=0):
        bench.take(bench.worker(), job)
        bench.store.worker_died("0", HERE)
    assert bench.entry(job).deaths == 0


def test_deaths_do_not_count_across_an_end(bench: Bench) -> None:
    job, worker = bench.submit(), bench.worker()
    for _ in range(4):
        entry = bench.take(worker, job)
        bench.store.worker_died("0", HERE)
        worker.stumble(entry, understand(NotReadyError("Away.")))
    assert bench.entry(job).deaths == 0


def test_starts_that_never_end_are_given_up_much_later(bench: Bench) -> None:
    job, worker = bench.submit(), bench.worker()
    starts = 0
    while not (entry := bench.take(worker, job)).unparked:
        starts += 1
        worker.release_all()
    assert starts == 5
    assert entry.job.state is State.FAILED


def test_a_lost_attempt_is_made_anew(bench: Bench) -> None:
    lost, kept = bench.submit("lost"), bench.submit("kept")
    bench.attempts.connect().delete_workflows([bench.entry(lost).attempt])
    assert takeover.heal(bench.ledger, quiet_s=-1.0) == 1
    assert (bench.entry(lost).serial, bench.entry(kept).serial) == (2, 1)
    assert bench.attempts.unfinished([bench.entry(lost).attempt])


def test_ended_attempts_are_forgotten_and_others_kept(bench: Bench) -> None:
    kept, ended = bench.submit("kept"), bench.submit("ended")
    bench.store.cancel(ended.id)
    assert bench.attempts.forget(-60.0) == 1
    assert bench.attempts.unfinished([bench.entry(kept).attempt]) == {bench.entry(kept).attempt}
    assert bench.store.get(ended.id).state is State.CANCELLED
