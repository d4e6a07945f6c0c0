"""The pipeline: the stages in order, on one screen; no arithmetic.

A request goes in, a delivery comes out. It may be run again after a crash at any instant: what an earlier attempt
published is recognised and not made twice, and what it left half-made is thrown away.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from stembridge.presets import Preset
from stembridge.report.html import check_report, delivery_report
from stembridge.request import Origin, Progress, Request, no_progress
from stembridge.separators.library import Models
from stembridge.stages.adjust import adjust
from stembridge.stages.conform import conform_all
from stembridge.stages.deliver import Delivered, deliver, read_delivered
from stembridge.stages.hearing.heard import Heard
from stembridge.stages.intact import confirm_checksums
from stembridge.stages.originals import keep_page, put_away
from stembridge.stages.plan import Plan
from stembridge.stages.planning import make_plan
from stembridge.stages.probe import Facts, probe_all
from stembridge.stages.separation_cache import SeparationCache
from stembridge.stages.sidecars.guide import read_guide
from stembridge.stages.sources import gather, named_as_dropped
from stembridge.stages.staging import Staging, open_staging
from stembridge.stages.trouble import explained
from stembridge.stages.unchanged import confirm_unchanged
from stembridge.timing import Stopwatch

if TYPE_CHECKING:
    from stembridge.stages.separation import Separation


@dataclass(frozen=True)
class Bench:
    """What the work is done with, the same for every job.

    Attributes:
        models: where separation models come from.
        cache: where separations are kept for the next time.
        threads: how many files are converted side by side.

    """

    models: Models
    cache: SeparationCache
    threads: int = 1


def perform(
    request: Request, preset: Preset, bench: Bench, *, job: str, progress: Progress = no_progress
) -> Delivered:
    """Make one delivery, publish it whole, and put the originals away.

    Args:
        request: what was asked for.
        preset: what is wanted.
        bench: what it is done with.
        job: the id of the job; running the same job again makes nothing twice.
        progress: told the stage and how much of it is done; raises ``Cancelled`` to stop.

    Raises:
        StembridgeError: whatever went wrong; nothing of the delivery is left behind, the originals are untouched.

    """
    with _workplace(request, job) as staging:
        published = staging.published()
        delivered = (
            read_delivered(published) if published else _make(request, preset, bench, staging, progress)
        )
        put_away(request)
        return delivered


def plan_only(request: Request, preset: Preset) -> Plan:
    """Decide what would be done, and do nothing.

    Raises:
        StembridgeError: if it could not be done.

    """
    with TemporaryDirectory(prefix="stembridge-plan-") as scratch, named_as_dropped(request, Path(scratch)):
        return _plan(request, preset, Path(scratch), Stopwatch())


def clear(request: Request, *, job: str) -> None:
    """Remove the last traces of a job from its destination, once its outcome is on record."""
    Staging(request.destination, job).clear()


def _make(request: Request, preset: Preset, bench: Bench, staging: Staging, progress: Progress) -> Delivered:
    watch = Stopwatch()
    staging.open()
    progress("probe", 0.0)
    plan = _plan(request, preset, staging.unpacked, watch, threads=bench.threads, progress=progress)
    with watch.stage("check"):
        plan = _check(plan, request, bench, staging.job, progress)
    with watch.stage("separate"):
        separation = _separate(plan, bench, staging, progress)
    with watch.stage("conform"):
        sounds = separation.sounds if separation else {}
        conformed = conform_all(plan, staging.delivery, sounds, threads=bench.threads, progress=progress)
    progress("check", 0.0)
    with watch.stage("check"):
        checked = separation.checked(conformed) if separation else None
        confirm_unchanged(plan, threads=bench.threads)
    progress("deliver", 0.0)
    return deliver(plan, conformed, staging, checked, report=delivery_report, timings=watch.seconds)


def _check(plan: Plan, request: Request, bench: Bench, job: str, progress: Progress) -> Plan:
    """Check the sources, where the preset wants that; what is rejected in a hot folder gets its report there."""
    if plan.preset.check is None:
        return plan
    from stembridge.stages.checkup import RejectedByChecks, check_sources  # like the next two, it loads SciPy

    try:
        return check_sources(plan, threads=bench.threads, progress=progress)
    except RejectedByChecks as error:
        if request.home is not None:
            created = datetime.now(UTC).isoformat(timespec="seconds")
            page = check_report(error.checkup, plan.preset, song=plan.song, created=created)
            with suppress(OSError):  # the note beside the original then tells how to make it
                keep_page(request, page, job=job)
        raise


def _separate(plan: Plan, bench: Bench, staging: Staging, progress: Progress) -> "Separation | None":
    wanted = plan.preset.separate
    if wanted is None:
        return None
    from stembridge.stages.separation import separate_all

    return separate_all(plan, wanted, bench.models, bench.cache, staging.separated, progress)


def _plan(
    request: Request,
    preset: Preset,
    unpack_into: Path,
    watch: Stopwatch,
    *,
    threads: int = 1,
    progress: Progress = no_progress,
) -> Plan:
    with watch.stage("probe"):
        sources = gather(request, unpack_into=unpack_into)
        intact = confirm_checksums(sources.audio, sources.sidecars)
        facts = probe_all(sources.audio, threads=threads)
        guide = read_guide(sources.sidecars, facts, frame_rate=preset.align.frame_rate)
    with watch.stage("identify"):
        heard = _listen(facts, preset, threads)
    with watch.stage("plan"):
        plan = make_plan(
            facts,
            preset,
            name=request.name,
            folder=request.folder,
            sidecars=sources.sidecars,
            heard=heard,
            guide=guide,
        )
        plan = replace(plan, findings=(*plan.findings, *intact))
    with watch.stage("align"):
        plan = _align(plan, threads, progress)
    with watch.stage("level"):
        return adjust(plan, threads=threads)


def _align(plan: Plan, threads: int, progress: Progress) -> Plan:
    """Move stems to where their sound belongs, where the preset wants that and they came as stems."""
    if plan.preset.align.reference is None or plan.preset.separate is not None:
        return plan
    from stembridge.stages.align_plan import align_plan

    return align_plan(plan, threads=threads, progress=progress)


def _listen(facts: Sequence[Facts], preset: Preset, threads: int) -> Mapping[Path, Heard]:
    """Listen to the sources, where the preset wants that and they are not to be taken apart."""
    if not preset.identify.audio or preset.separate is not None:
        return {}
    from stembridge.stages.listen import listen_all

    heard = listen_all([one.sound for one in facts], threads=threads)
    return {one.source.path: each for one, each in zip(facts, heard, strict=True)}


@contextmanager
def _workplace(request: Request, job: str) -> Iterator[Staging]:
    """Open the job's staging folder; on any failure nothing is left in the destination."""
    originals = request.home or request.sources[0].parent
    with explained(request.destination, originals):
        staging = open_staging(request.destination, job, create=request.origin is not Origin.HOT_FOLDER)
        try:
            with named_as_dropped(request, staging.unpacked):
                yield staging
        except BaseException:
            if staging.published() is None:
                staging.clear()
            raise
