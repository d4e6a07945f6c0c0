"""What outputs and their folders are called, by the templates of a preset; pure."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from stembridge.audio.sound import SoundFormat
from stembridge.session.naming import Field, distinct, format_name, safe_component
from stembridge.stages.finding import Finding, Severity
from stembridge.stages.formats import SUFFIXES
from stembridge.stages.identify import Identity


def name_outputs(
    outputs: Sequence[tuple[Identity, SoundFormat]], template: str, song: str
) -> tuple[list[str], list[Finding]]:
    """Name the outputs of one set by a template; no two alike, whatever the sources are called.

    Returns:
        The names, and a finding for each output that is numbered because another one has its name.

    """
    wanted = [
        safe_component(format_name(template, _fields(identity, form, song))) for identity, form in outputs
    ]
    given = distinct(wanted)
    names = [name + SUFFIXES[form.container] for name, (_, form) in zip(given, outputs, strict=True)]
    findings = [
        _numbered(identity, asked, name)
        for (identity, _), asked, name in zip(outputs, wanted, given, strict=True)
        if name != asked
    ]
    return names, findings


def _numbered(identity: Identity, asked: str, name: str) -> Finding:
    return Finding(
        "numbered",
        Severity.INFO,
        f"Another output is called {asked} already, so this one is {name}.",
        path=PurePosixPath(identity.path),
        hint="Rename the sources, or tell them apart by {source} or {index} in the preset's name.",
    )


def name_folder(template: str, song: str) -> PurePosixPath:
    """Name the delivery's own folder, relative to the destination; each part is made safe by itself."""
    parts = (format_name(part, {"song": song}) for part in template.replace("\\", "/").split("/") if part)
    return PurePosixPath(*(safe_component(part) for part in parts))


def name_sets(labels: Sequence[str]) -> list[str]:
    """Name the folder of each set inside the delivery, with ``/`` behind it; empty where there is one set."""
    if not any(labels):
        return [""] * len(labels)
    return [f"{name}/" for name in distinct([safe_component(label) for label in labels])]


def _fields(identity: Identity, form: SoundFormat, song: str) -> Mapping[str, Field]:
    bits = form.encoding.bits
    return {
        "song": song,
        "stem": identity.stem or None,
        "role": identity.role.value if identity.role else None,
        "bpm": identity.bpm,
        "key": identity.key,
        "index": identity.index,
        "version": identity.version,
        "date": identity.date,
        "timecode": identity.timecode,
        "rate": form.rate,
        "depth": bits if form.encoding.is_integer else f"{bits}f",
        "container": form.container.value,
        "source": PurePosixPath(identity.path).stem,
    }
