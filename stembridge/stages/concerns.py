"""Concerns: what a person should know about a plan before it is carried out; pure."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from stembridge.audio.sound import Encoding
from stembridge.errors import PlanError
from stembridge.stages.finding import Finding, Severity
from stembridge.stages.plan import StemPlan
from stembridge.stages.position import Position
from stembridge.stages.stamp import described


def find_concerns(stems: Sequence[StemPlan], positions: Mapping[Path, Position]) -> tuple[Finding, ...]:
    """Find what a person should know.

    Args:
        stems: what will be done, in track order.
        positions: where each source starts, by path.

    Raises:
        PlanError: if nothing would be left of a file.

    """
    findings = [finding for position in positions.values() for finding in position.findings]
    some_are_known = any(position.seconds is not None for position in positions.values())
    for stem in _one_a_source(stems):
        findings += _about(stem)
        if some_are_known and positions[stem.facts.source.path].seconds is None:
            findings.append(_unplaced(stem))
    return tuple(findings)


def _one_a_source(stems: Sequence[StemPlan]) -> list[StemPlan]:
    return list({stem.facts.source.path: stem for stem in stems}.values())


def _about(stem: StemPlan) -> Iterator[Finding]:
    name = stem.facts.source.name
    if stem.facts.sound.frames == 0 or stem.placement.frames == 0:
        raise _nothing_left(stem)
    for problem in (*stem.facts.problems, *described(stem)[1]):
        hint = "Ask the sender for a clean file."
        yield Finding("metadata", Severity.WARNING, problem, path=name, hint=hint)
    if stem.placement.lead < 0:
        yield start_cut(stem)
    if stem.facts.sound.format.encoding is Encoding.LOSSY:
        yield Finding(
            "lossy-source",
            Severity.WARNING,
            "The source is a lossy file; the output cannot be better than it.",
            path=name,
            hint="Ask the sender for WAV or FLAC.",
        )


def _nothing_left(stem: StemPlan) -> PlanError:
    path, frames = stem.facts.sound.path, stem.facts.sound.frames
    hint = "Export it again, or leave this file out."
    if frames == 0:
        return PlanError("The file holds no sound.", path=path, hint=hint, code="no-sound")
    if stem.placement.lead >= 0:
        what = f"The file is too short: {frames} of its frames are not one at {stem.format.rate} Hz."
        return PlanError(what, path=path, hint=hint, code="no-sound")
    what = "Nothing of the file is left when it is cut to the common start."
    hint = "Set align.start to pad in the preset, or leave this file out."
    return PlanError(what, path=path, hint=hint, code="nothing-left")


def start_cut(stem: StemPlan) -> Finding:
    """Say that the start of a stem is cut to the common start of its set."""
    return Finding(
        "start-cut",
        Severity.WARNING,
        "The start is cut to the common start of the set.",
        path=stem.facts.source.name,
        measured=-stem.placement.lead / stem.format.rate,
        unit="s",
        hint="Set align.start to pad in the preset to keep it.",
    )


def _unplaced(stem: StemPlan) -> Finding:
    return Finding(
        "no-time-stamp",
        Severity.WARNING,
        "Other files of the set carry a time stamp and this one does not; it is placed at the earliest start.",
        path=stem.facts.source.name,
        hint="Ask the sender where it starts.",
    )
