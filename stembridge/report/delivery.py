"""The report of a delivery: from its manifest and what was measured to the page; pure."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from stembridge.report.changes import changes_of
from stembridge.report.notes import marks_of, numbered
from stembridge.report.page import Flag, Mark, Note, Page, Shape, Stem
from stembridge.session.manifest import Manifest, OutputEntry
from stembridge.stages.conform import Conformed
from stembridge.stages.staging import MANIFEST
from stembridge.units import Seconds, samples_to_seconds


def delivery_page(manifest: Manifest, conformed: Sequence[Conformed]) -> Page:
    """Lay out what a delivery's report shows.

    Args:
        manifest: everything about the delivery.
        conformed: its outputs, in the manifest's order.

    """
    pairs = list(zip(manifest.outputs, conformed, strict=True))
    starts_at = min((_start(output) for output, _ in pairs), default=Seconds(0.0))
    notes = numbered(manifest.findings)
    return Page(
        song=str(manifest.plan["song"]),
        preset=manifest.preset_id,
        description=str(manifest.preset.get("description", "")),
        least_confidence=float(manifest.preset["identify"]["least_confidence"]),
        created=manifest.run.created,
        starts_at=starts_at,
        job=manifest.job,
        stems=tuple(_stem(output, done, starts_at, notes) for output, done in pairs),
        notes=notes,
        sources=manifest.sources,
        carried=manifest.carried,
        separation=manifest.separation,
        session=manifest.session,
        manifest=MANIFEST,
        versions={"stembridge": manifest.stembridge, **manifest.versions},
        nulls=manifest.nulls,
    )


def _start(output: OutputEntry) -> Seconds:
    return samples_to_seconds(output.position, output.rate)


def _stem(output: OutputEntry, done: Conformed, starts_at: Seconds, notes: Sequence[Note]) -> Stem:
    sound, identity, beside = done.plan.facts.sound, done.plan.identity, done.plan.beside
    start = Seconds(_start(output) - starts_at)
    files = (output.source, output.path, output.beside)
    own = tuple(note for note in notes if note.finding.path is not None and note.finding.path in files)
    return Stem(
        label=_label(output),
        role=output.role,
        confidence=output.confidence,
        evidence="separated" if done.plan.separated else identity.evidence,
        is_mix=identity.is_mix,
        before=Shape(output.source, sound.format, sound.frames),
        after=Shape(output.path, done.plan.format, output.frames),
        start=start,
        shift=output.start_shift,
        gain_db=output.gain_db,
        polarity=output.polarity,
        clipped=output.clipped,
        changes=changes_of(done, output),
        loudness=output.loudness,
        short_term=done.measurement.short_term,
        overview=done.overview,
        notes=own,
        marks=_marks(own, output, start),
        flags=tuple(Flag(note, note.finding.code.replace("-", " ")) for note in own),
        beside=Shape(output.beside, beside.sound.format, beside.sound.frames)
        if output.beside and beside
        else None,
    )


def _label(output: OutputEntry) -> str:
    """Call a stem by its name, behind the song or version where there are several."""
    stem = output.stem or PurePosixPath(output.path).stem
    return f"{output.edition}: {stem}" if output.edition else stem


def _marks(notes: Sequence[Note], output: OutputEntry, start: Seconds) -> tuple[Mark, ...]:
    """Place the findings that say where they are, in the source or in what was made of it."""
    lead = samples_to_seconds(output.start_shift, output.rate)
    placed = (
        (note, note.finding.at + (lead if note.finding.path == output.source else 0.0))
        for note in notes
        if note.finding.at is not None
    )
    return marks_of(placed, start=start, length=samples_to_seconds(output.frames, output.rate))
