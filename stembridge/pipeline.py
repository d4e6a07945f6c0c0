"""The pipeline: the stages in order, on one screen; no arithmetic.

A request goes in, a delivery comes out. It may be run again after a crash at any instant: what an earlier attempt
published is recognised and not made twice, and what it left half-made is thrown away.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from stembridge.presets import PresetStore
from stembridge.request import Origin, Progress, Request, no_progress
from stembridge.stages.conform import conform_all
from stembridge.stages.deliver import Delivered, deliver, read_delivered
from stembridge.stages.originals import put_away
from stembridge.stages.plan import Plan
from stembridge.stages.planning import make_plan
from stembridge.stages.probe import probe_all
from stembridge.stages.sources import gather
from stembridge.stages.staging import Staging, open_staging
from stembridge.stages.trouble import explained
from stembridge.stages.unchanged import confirm_unchanged
from stembridge.timing import Stopwatch


def perform(
    request: Request,
    presets: PresetStore,
    *,
    job: str,
    threads: int = 1,
    progress: Progress = no_progress,
) -> Delivered:
    """Make one delivery, publish it whole, and put the originals away.

    Args:
        request: what was asked for.
        presets: where its preset is found.
        job: the id of the job; running the same job again makes nothing twice.
        threads: how many files are converted side by side.
        progress: told the stage and how much of it is done; raises ``Cancelled`` to stop.

    Raises:
        StembridgeError: whatever went wrong; nothing of the delivery is left behind, the originals are untouched.

    """
    with _workplace(request, job) as staging:
        published = staging.published()
        delivered = (
            read_delivered(published) if published else _make(request, presets, staging, threads, progress)
        )
        put_away(request)
        return delivered


def plan_only(request: Request, presets: PresetStore) -> Plan:
    """Decide what would be done, and do nothing.

    Raises:
        StembridgeError: if it could not be done.

    """
    with TemporaryDirectory(prefix="stembridge-plan-") as scratch:
        return _plan(request, presets, Path(scratch), Stopwatch())


def clear(request: Request, *, job: str) -> None:
    """Remove the last traces of a job from its destination, once its outcome is on record."""
    Staging(request.destination, job).clear()


def _make(
    request: Request, presets: PresetStore, staging: Staging, threads: int, progress: Progress
) -> Delivered:
    watch = Stopwatch()
    staging.open()
    progress("probe", 0.0)
    plan = _plan(request, presets, staging.unpacked, watch)
    with watch.stage("conform"):
        conformed = conform_all(plan, staging.delivery, threads=threads, progress=progress)
    progress("deliver", 0.0)
    with watch.stage("deliver"):
        confirm_unchanged(plan)
        return deliver(plan, conformed, staging, timings=watch.seconds)


def _plan(request: Request, presets: PresetStore, unpack_into: Path, watch: Stopwatch) -> Plan:
    preset = presets.load(request.preset)
    with watch.stage("probe"):
        sources = gather(request, unpack_into=unpack_into)
        facts = probe_all(sources.audio)
    with watch.stage("plan"):
        return make_plan(facts, preset, name=request.name, folder=request.folder, sidecars=sources.sidecars)


@contextmanager
def _workplace(request: Request, job: str) -> Iterator[Staging]:
    """Open the job's staging folder; on any failure nothing is left in the destination."""
    originals = request.home or request.sources[0].parent
    with explained(request.destination, originals):
        staging = open_staging(request.destination, job, create=request.origin is not Origin.HOT_FOLDER)
        try:
            yield staging
        except BaseException:
            if staging.published() is None:
                staging.clear()
            raise
