"""The report of a check: from what was found to the page; pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from stembridge import __version__
from stembridge.presets import Preset
from stembridge.report.notes import marks_of, numbered
from stembridge.report.page import Flag, Note, Page, Shape, Stem
from stembridge.report.suspects import flags_of
from stembridge.stages.identity import Identity
from stembridge.stages.record import finding_entry, loudness_entry, source_entry
from stembridge.stages.vocabulary import ROLE_ORDER, Role
from stembridge.units import Decibels, Samples, Seconds, samples_to_seconds

if TYPE_CHECKING:
    from stembridge.stages.check import Examined
    from stembridge.stages.checkup import Checkup

RECORD = "report.json"


def checked_page(done: "Checkup", preset: Preset, *, song: str, created: str | None) -> Page:
    """Lay out what the report of a check shows.

    Args:
        done: what was found.
        preset: whose rules counted.
        song: what the delivery is called.
        created: when it was checked, ISO 8601; None leaves it out.

    """
    notes = numbered(finding_entry(finding) for finding in done.findings)
    starts = _starts(done.files)
    starts_at = min(starts.values(), default=Seconds(0.0))
    labels = _labels(done.files)
    ordered = sorted(done.files, key=lambda each: _track_order(each.identity))
    return Page(
        kind="Check report",
        song=song,
        preset=preset.id,
        description=preset.description,
        least_confidence=preset.identify.least_confidence,
        created=created,
        starts_at=starts_at,
        job="",
        stems=tuple(
            _stem(
                each,
                labels[each],
                Seconds(starts.get(each, starts_at) - starts_at),
                notes,
                flags_of(each.facts.source.name.as_posix(), notes, done.nulls),
            )
            for each in ordered
        ),
        notes=notes,
        sources=tuple(source_entry(each.facts) for each in done.files),
        carried=(),
        separation=None,
        session=None,
        manifest=RECORD,
        versions={"stembridge": __version__},
        nulls=tuple(null.entry() for null in done.nulls),
    )


def _starts(files: Sequence["Examined"]) -> Mapping["Examined", Seconds]:
    """Return where files start, in seconds since midnight, if every one says so; else all start together."""
    stamps = {
        each: samples_to_seconds(bext.time_reference, each.facts.sound.format.rate)
        for each in files
        if (bext := each.facts.metadata.bext) is not None
    }
    return stamps if len(stamps) == len(files) else {}


def _labels(files: Sequence["Examined"]) -> Mapping["Examined", str]:
    """Call files by what they hold, and by their own names where that is not known or no other than another's."""
    held = Counter((each.edition, each.identity.stem) for each in files)
    labels = {}
    for each in files:
        stem = each.identity.stem
        is_own = bool(stem) and held[each.edition, stem] == 1
        label = stem.replace("_", " ") if is_own else each.facts.source.name.stem
        labels[each] = f"{each.edition.label}: {label}" if each.edition.label else label
    return labels


def _track_order(identity: Identity) -> int:
    """Put the mix first, then stems as tracks are."""
    return -1 if identity.is_mix else ROLE_ORDER.index(identity.role or Role.OTHER)


def _stem(
    each: "Examined", label: str, start: Seconds, notes: Sequence[Note], flags: tuple[Flag, ...]
) -> Stem:
    name, identity, sound = each.facts.source.name.as_posix(), each.identity, each.facts.sound
    shape = Shape(name, sound.format, sound.frames)
    own = tuple(note for note in notes if note.finding.path == name)
    placed = ((note, note.finding.at) for note in own if note.finding.at is not None)
    return Stem(
        label=label,
        role=identity.role and identity.role.value,
        confidence=identity.confidence if identity.role else None,
        evidence=identity.evidence,
        is_mix=identity.is_mix,
        before=shape,
        after=shape,
        start=start,
        shift=Samples(0),
        gain_db=Decibels(0.0),
        polarity=1,
        clipped=0,
        changes=(),
        loudness=loudness_entry(each.measurement),
        short_term=each.measurement.short_term,
        overview=each.overview,
        notes=own,
        marks=marks_of(placed, start=start, length=sound.duration),
        flags=flags,
    )
