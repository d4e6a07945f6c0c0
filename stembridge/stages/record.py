"""Record: the manifest of a delivery, from what was planned and what was done; pure but for its versions."""

import platform
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from importlib.metadata import version

from stembridge import __version__
from stembridge.audio.meter import Measurement
from stembridge.session.manifest import (
    CarriedEntry,
    ExcerptEntry,
    FindingEntry,
    LoudnessEntry,
    Manifest,
    OutputEntry,
    RunEntry,
    SourceEntry,
)
from stembridge.stages.conform import Conformed
from stembridge.stages.finding import Finding
from stembridge.stages.plan import Plan
from stembridge.stages.probe import Facts
from stembridge.stages.separation import Checked

LIBRARIES = ("numpy", "scipy", "soundfile", "soxr")


def make_manifest(
    plan: Plan,
    conformed: Sequence[Conformed],
    *,
    job: str,
    findings: Sequence[Finding],
    carried: Sequence[CarriedEntry],
    session: str | None,
    track_template: str | None,
    run: RunEntry,
    separation: Checked | None,
) -> Manifest:
    """Put everything about a delivery on record."""
    return Manifest(
        job=job,
        stembridge=__version__,
        preset_id=plan.preset.id,
        preset=plan.preset.to_json(),
        plan=plan.to_json(),
        sources=tuple(source_entry(one) for one in plan.sources),
        outputs=tuple(_output(one, separation) for one in conformed),
        carried=tuple(carried),
        findings=tuple(finding_entry(finding) for finding in findings),
        session=session,
        track_template=track_template,
        separation=separation.entry if separation else None,
        versions=_versions(),
        run=run,
        nulls=plan.nulls,
    )


@cache
def _versions() -> dict[str, str]:
    return {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES}


def source_entry(facts: Facts) -> SourceEntry:
    """Put a file on record as it came in."""
    form, excerpt = facts.sound.format, facts.source.excerpt
    return SourceEntry(
        path=str(facts.source.original or facts.source.path),
        name=facts.source.name.as_posix(),
        sha256=facts.sha256,
        rate=form.rate,
        channels=form.channels,
        encoding=form.encoding,
        container=form.container,
        frames=facts.sound.frames,
        problems=facts.problems,
        excerpt=ExcerptEntry(**asdict(excerpt)) if excerpt else None,
    )


def _output(done: Conformed, separation: Checked | None) -> OutputEntry:
    stem, form = done.plan, done.plan.format
    return OutputEntry(
        path=stem.file_name,
        source=stem.facts.source.name.as_posix(),
        sha256=done.sha256,
        stem=stem.identity.stem,
        role=stem.identity.role.value if stem.identity.role else None,
        rate=form.rate,
        channels=form.channels,
        encoding=form.encoding,
        container=form.container,
        frames=stem.placement.frames,
        position=stem.placement.position,
        start_shift=stem.placement.lead,
        gain_db=separation.gain_db[stem.file_name] if separation else stem.gain_db,
        beside=stem.beside.source.name.as_posix() if stem.beside else None,
        edition=stem.edition or None,
        polarity=stem.polarity,
        drift_ppm=round(stem.clock.drift_ppm, 4),
        delay=round(stem.clock.delay, 4),
        confidence=stem.identity.confidence,
        clipped=done.clipped,
        dither_seed=stem.seed if done.dithered else None,
        loudness=loudness_entry(done.measurement),
    )


def loudness_entry(read: Measurement) -> LoudnessEntry:
    """Put on record what the meter read."""
    return LoudnessEntry(
        read.integrated,
        read.loudness_range,
        read.max_momentary,
        read.max_short_term,
        read.true_peak,
        read.sample_peak,
        read.dc,
    )


def finding_entry(finding: Finding) -> FindingEntry:
    """Put a finding on record."""
    return FindingEntry(
        code=finding.code,
        severity=finding.severity.value,
        message=finding.message,
        path=finding.path.as_posix() if finding.path else None,
        measured=finding.measured,
        limit=finding.limit,
        unit=finding.unit,
        at=finding.at,
        hint=finding.hint,
    )
