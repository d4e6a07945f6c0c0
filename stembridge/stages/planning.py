"""Planning: from facts and a preset to a plan; pure."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from stembridge.audio.sound import Encoding, SoundFormat
from stembridge.errors import PlanError
from stembridge.presets import Preset
from stembridge.session.naming import distinct, format_name, safe_component
from stembridge.stages.finding import Finding, Severity
from stembridge.stages.formats import SUFFIXES, output_format
from stembridge.stages.identify import ROLE_ORDER, Identity, identify_names
from stembridge.stages.plan import Plan, StemPlan
from stembridge.stages.position import find_position
from stembridge.stages.probe import Facts, Source
from stembridge.stages.stamp import described
from stembridge.stages.timeline import Placement, Span, place
from stembridge.units import samples_to_rate

Field = str | int | float | None


def make_plan(
    facts: Sequence[Facts],
    preset: Preset,
    *,
    name: str,
    folder: str | None = None,
    sidecars: Sequence[Source] = (),
) -> Plan:
    """Decide everything that will be done to a delivery.

    Args:
        facts: what each source is, in any order.
        preset: what is wanted.
        name: what the delivery was called when it came in.
        folder: a template for the delivery's own folder, in place of the preset's.
        sidecars: files that are carried along.

    Raises:
        PlanError: if the preset asks for what cannot be done.

    """
    names = [one.source.name.as_posix() for one in facts]
    identities = identify_names(names, parent=name)
    pairs = sorted(zip(facts, identities, strict=True), key=lambda pair: _track_order(pair[1]))
    ordered, identities = [pair[0] for pair in pairs], tuple(pair[1] for pair in pairs)
    song = next((identity.song for identity in identities if identity.song), name)
    formats = [output_format(one.sound, preset.format) for one in ordered]
    positions = [
        find_position(one, identity, frame_rate=preset.align.frame_rate)
        for one, identity in zip(ordered, identities, strict=True)
    ]
    spans = [
        Span(
            position.seconds,
            samples_to_rate(one.sound.frames, one.sound.format.rate, form.rate),
            form.rate,
        )
        for position, one, form in zip(positions, ordered, formats, strict=True)
    ]
    placements = place(spans, preset.align)
    file_names = name_outputs(preset, identities, formats, song=song)
    stems = tuple(
        StemPlan(one, identity, None, file_name, form, placement, seed_of(one.sha256))
        for one, identity, file_name, form, placement in zip(
            ordered, identities, file_names, formats, placements, strict=True
        )
    )
    findings = [finding for position in positions for finding in position.findings]
    findings += [finding for stem in stems for finding in _concerns(stem)]
    if any(span.start is None for span in spans) and any(span.start is not None for span in spans):
        findings += [
            _unplaced(one.source.name) for one, span in zip(ordered, spans, strict=True) if span.start is None
        ]
    return Plan(
        song, folder_of(folder or preset.folder, song), preset, stems, tuple(sidecars), tuple(findings)
    )


def name_outputs(
    preset: Preset, identities: Sequence[Identity], formats: Sequence[SoundFormat], *, song: str
) -> tuple[str, ...]:
    """Name the outputs by the preset's template; no two alike, whatever the sources are called."""
    stems = [
        safe_component(format_name(preset.name, _fields(identity, form, song)))
        for identity, form in zip(identities, formats, strict=True)
    ]
    return tuple(name + SUFFIXES[form.container] for name, form in zip(distinct(stems), formats, strict=True))


def folder_of(template: str, song: str) -> PurePosixPath:
    """Name the delivery's own folder, relative to the destination; each part is made safe by itself."""
    parts = (format_name(part, {"song": song}) for part in template.replace("\\", "/").split("/") if part)
    return PurePosixPath(*(safe_component(part) for part in parts))


def seed_of(sha256: str) -> int:
    """Derive the dither's seed from the source's hash."""
    return int(sha256[:8], 16)


def _track_order(identity: Identity) -> tuple[int, str]:
    order = ROLE_ORDER.index(identity.role) if identity.role in ROLE_ORDER else len(ROLE_ORDER)
    return order, identity.path


def _fields(identity: Identity, form: SoundFormat, song: str) -> Mapping[str, Field]:
    return {
        "song": song,
        "stem": identity.stem,
        "role": identity.role.value if identity.role else None,
        "bpm": identity.bpm,
        "key": identity.key,
        "index": identity.index,
        "version": identity.version,
        "timecode": identity.timecode,
        "rate": form.rate,
        "depth": form.encoding.bits if form.encoding.is_integer else f"{form.encoding.bits}f",
        "container": form.container.value,
        "source": PurePosixPath(identity.path).stem,
    }


def _concerns(stem: StemPlan) -> list[Finding]:
    name, placement = stem.facts.source.name, stem.placement
    if placement.frames == 0:
        raise PlanError(
            "Nothing of the file is left when it is cut to the common start.",
            path=stem.facts.sound.path,
            hint="Set align.start to pad in the preset, or leave this file out.",
            code="nothing-left",
        )
    findings = [
        Finding("metadata", Severity.WARNING, problem, path=name, hint="Ask the sender for a clean file.")
        for problem in (*stem.facts.problems, *described(stem)[1])
    ]
    if placement.lead < 0:
        findings.append(_cut(name, placement, stem.format))
    if stem.facts.sound.format.encoding is Encoding.LOSSY:
        findings.append(_lossy(name))
    return findings


def _cut(name: PurePosixPath, placement: Placement, form: SoundFormat) -> Finding:
    return Finding(
        "start-cut",
        Severity.WARNING,
        "The start is cut to the common start of the set.",
        path=name,
        measured=-placement.lead / form.rate,
        unit="s",
        hint="Set align.start to pad in the preset to keep it.",
    )


def _lossy(name: PurePosixPath) -> Finding:
    return Finding(
        "lossy-source",
        Severity.WARNING,
        "The source is a lossy file; the output cannot be better than it.",
        path=name,
        hint="Ask the sender for WAV or FLAC.",
    )


def _unplaced(name: PurePosixPath) -> Finding:
    return Finding(
        "no-time-stamp",
        Severity.WARNING,
        "Other files of the set carry a time stamp and this one does not; it was placed at the earliest start.",
        path=name,
        hint="Ask the sender where it starts.",
    )
