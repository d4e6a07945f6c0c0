"""The desk: where requests of OSC clients and scripts are handed to the queue, and asked about."""

from collections.abc import Iterable
from dataclasses import replace

from stembridge.errors import IntakeError, JobError, StembridgeError
from stembridge.filenames import natural_order
from stembridge.intake.identity import content_key, file_key
from stembridge.intake.tree import list_files
from stembridge.jobs.engine import JobStore, job_id
from stembridge.jobs.job import Job, State
from stembridge.kept_presets import PresetSource
from stembridge.report.record import JobNews
from stembridge.request import Request
from stembridge.stages.originals import take_back


class Desk:
    """Hands requests in and answers questions, in the words that clients are told."""

    def __init__(self, store: JobStore, presets: PresetSource) -> None:
        """Take the queue and the presets."""
        self._store = store
        self._presets = presets

    def submit(self, request: Request) -> JobNews:
        """Hand a request in; it is durable when this returns.

        A request that was handed in before is the same job. So is one for the same files, unchanged, wanted in the
        same way; if that was delivered and the delivery is no longer whole, it is made again.

        Raises:
            IntakeError: with the code ``request-reused``, if the id was used for something else.
            StembridgeError: if a file or the queue cannot be reached.

        """
        known = self._store.find(request.id) if request.id else None
        if known is not None:
            if replace(known.request, id=request.id, origin=request.origin) != request:
                raise IntakeError(
                    "This request id was used for something else before.",
                    hint="Use a new id for each request.",
                    code="request-reused",
                )
            return news_of(known)
        key = file_key(request, self._presets.load(request.preset).digest())
        return news_of(submit_once(self._store, request, key))

    def find(self, request_id: str) -> JobNews | None:
        """Return the job that a request became, or None."""
        job = self._store.find(request_id)
        return None if job is None else news_of(job)

    def get(self, name: str) -> JobNews:
        """Return a job by its id or a request's.

        Raises:
            JobError: if there is none.

        """
        return news_of(self._store.get(name))

    def newest(self, count: int) -> list[JobNews]:
        """Return the newest jobs."""
        return [news_of(job) for job in self._store.list(count)]

    def cancel(self, name: str) -> JobNews:
        """Cancel a job that has not ended.

        Raises:
            JobError: if there is none, or it has ended.

        """
        return news_of(self._store.cancel(name))

    def retry(self, name: str) -> JobNews:
        """Start a failed or cancelled job again.

        Raises:
            JobError: if there is none, or it is running or done.

        """
        return news_of(retry_job(self._store, self._presets, name))


class Activity:
    """Knows whether anything is being worked on, without asking the queue."""

    def __init__(self) -> None:
        self._running: set[str] = set()

    def tell(self, batch: Iterable[JobNews]) -> None:
        """Take the news."""
        for news in batch:
            if news.state == State.RUNNING:
                self._running.add(news.id)
            else:
                self._running.discard(news.id)

    def word(self) -> str:
        """Return ``working`` or ``idle``."""
        return "working" if self._running else "idle"


def submit_once(store: JobStore, request: Request, key: str) -> Job:
    """Hand a request in; what was delivered before, but is not all there any more, is delivered again."""
    job = store.submit(request, key=key)
    if job.state is State.DONE and not all(output.exists() for output in job.outputs):
        return store.submit(request, key=key, again=True)
    return job


def retry_job(store: JobStore, presets: PresetSource, name: str) -> Job:
    """Start a job again, with its originals back where they were dropped.

    When they or the preset were mended meanwhile, it is another job: the one that the hot folder takes them for.
    """
    known = store.get(name)
    if known.state in (State.RUNNING, State.DONE):
        return store.retry(known.id)  # which says that there is nothing to retry
    note = take_back(known.request, job=known.id)
    try:
        again = _again(store, presets, known)
    except StembridgeError:
        again = store.get(known.id)
        if again.revision == known.revision or again.state in (State.FAILED, State.CANCELLED):
            raise
        # the hot folder was faster, and took in what was put back
    if note is not None:
        note.unlink(missing_ok=True)
    return again


def _again(store: JobStore, presets: PresetSource, known: Job) -> Job:
    request = _as_it_is_now(known.request)
    if request is None:
        return store.retry(known.id)
    gone = next((path for path in request.sources if not path.exists()), None)
    if gone is not None:
        hint = "Put it back there, or drop it again as a new job."
        raise JobError(f"The original of job {known.id} is gone.", path=gone, hint=hint, code="source-gone")
    key = content_key(request, presets.load(request.preset).digest())
    return store.retry(known.id) if job_id(key) == known.id else submit_once(store, request, key)


def _as_it_is_now(request: Request) -> Request | None:
    """Return a hot folder's request with the files that are there now; None for any other."""
    if request.home is None or request.root is None:
        return None
    if not request.root.is_dir():
        return request
    files = sorted(list_files(request.root), key=lambda path: natural_order(path.as_posix()))
    return replace(request, sources=tuple(files))


def news_of(job: Job) -> JobNews:
    """Return how a job stands, in the words that clients are told."""
    error = job.error
    return JobNews(
        id=job.id,
        request=job.request_id,
        state=str(job.state),
        stage=job.stage,
        percent=job.percent,
        name=job.name,
        preset=job.preset,
        code=error.code if error else "",
        message=error.message if error else "",
        hint=error.hint if error else "",
        manifest=job.manifest,
        revision=job.revision,
    )
