"""Marks: what stands on the timeline of a session: markers of the sidecars, cues of the files, findings; pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from stembridge.session.project import Marker
from stembridge.stages.finding import Finding, Severity
from stembridge.stages.plan import Plan, StemPlan
from stembridge.stages.stamp import described
from stembridge.units import Samples, Seconds, samples_to_seconds

COLOURS = {Severity.ERROR: "#d04040", Severity.WARNING: "#e0a030", Severity.INFO: "#808890"}
"""What markers of findings look like."""

SAME = 0.001
"""Seconds within which two marks of one name are one."""


def marks_of(
    plan: Plan, stems: Sequence[StemPlan], start: Seconds, guided: Sequence[Marker]
) -> tuple[Marker, ...]:
    """Collect the markers of a session; one that several files have stands once.

    Args:
        plan: what was planned, with its findings.
        stems: the outputs.
        start: where the session starts, in seconds since midnight.
        guided: what the sidecars mark, in seconds of the session.

    """
    cues = (marker for stem in stems for marker in _cues(stem, start))
    found = (marker for finding in plan.findings for marker in _finding(finding, stems, start))
    return tuple(sorted(_once([*guided, *cues, *found]), key=lambda marker: marker.position))


def _cues(stem: StemPlan, start: Seconds) -> Iterator[Marker]:
    for cue in described(stem)[0].cues:
        position = samples_to_seconds(Samples(stem.placement.position + cue.position), stem.format.rate)
        length = None if cue.length is None else samples_to_seconds(cue.length, stem.format.rate)
        yield Marker(Seconds(position - start), cue.label or cue.note, length=length)


def _finding(finding: Finding, stems: Sequence[StemPlan], start: Seconds) -> Iterator[Marker]:
    """Mark a finding where it is in its file, once that is in its place; not what was cut away."""
    stem = next((stem for stem in stems if stem.facts.source.name == finding.path), None)
    if stem is None or finding.at is None:
        return
    inside = finding.at / stem.clock.speed + stem.placement.lead / stem.format.rate
    if 0.0 <= inside <= stem.placement.frames / stem.format.rate:
        position = stem.placement.position / stem.format.rate + inside - start
        name = f"{stem.identity.stem or stem.file_name}: {finding.message}"
        yield Marker(Seconds(position), name, colour=COLOURS[finding.severity])


def _once(markers: Iterable[Marker]) -> Iterator[Marker]:
    known: defaultdict[str, list[float]] = defaultdict(list)
    for marker in markers:
        if all(abs(position - marker.position) > SAME for position in known[marker.name]):
            known[marker.name].append(marker.position)
            yield marker
