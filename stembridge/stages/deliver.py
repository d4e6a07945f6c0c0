"""Deliver: the session, the carried files, the report and the manifest beside the outputs, then one rename.

The manifest is written last: where there is one, the delivery is whole.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from stembridge.audio.digest import sha256_of
from stembridge.durable import sync_file, sync_folder, write_durably
from stembridge.session.manifest import CarriedEntry, Manifest, RunEntry, encode, read_manifest
from stembridge.session.rpp import write_session, write_track_template
from stembridge.session.tempo import write_tempo_map
from stembridge.stages.conform import Conformed
from stembridge.stages.folders import make_below
from stembridge.stages.plan import Plan
from stembridge.stages.record import make_manifest
from stembridge.stages.separation import Checked
from stembridge.stages.staging import EXTRAS, MANIFEST, Staging
from stembridge.stages.tracks import make_session, make_tempo_maps
from stembridge.units import Seconds

REPORT = "report.html"

Report = Callable[[Manifest, Sequence[Conformed]], bytes]
"""Writes the report of a delivery, from its manifest and its outputs."""


@dataclass(frozen=True)
class Delivered:
    """A delivery that is in its place.

    Attributes:
        folder: where it is.
        outputs: the audio files, in track order.
        manifest: its manifest.
        session: its REAPER session, if the preset wants one.
        findings: what a person should know.

    """

    folder: Path
    outputs: tuple[Path, ...]
    manifest: Path
    session: Path | None
    findings: tuple[Mapping[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """Return the documented shape."""
        return {
            "outputs": [str(path) for path in self.outputs],
            "manifest": str(self.manifest),
            "session": str(self.session) if self.session else None,
            "findings": [dict(finding) for finding in self.findings],
        }


def deliver(
    plan: Plan,
    conformed: Sequence[Conformed],
    staging: Staging,
    separation: Checked | None,
    *,
    report: Report,
    timings: Mapping[str, Seconds],
) -> Delivered:
    """Complete a delivery in its staging folder and publish it whole.

    Args:
        plan: what was to be done.
        conformed: the outputs, in the staging folder.
        staging: where the delivery is made.
        separation: what was measured of a separation; None when nothing was separated.
        report: writes the report for people.
        timings: how long each stage took.

    """
    carried = [_carry(sidecar.path, staging.delivery, sidecar.name) for sidecar in plan.sidecars]
    session = _write_session(plan, conformed, staging.delivery)
    named = {path.suffix: path.name for path in session}
    written = [*carried, *session]
    manifest = make_manifest(
        plan,
        conformed,
        job=staging.job,
        findings=(*plan.findings, *(separation.findings if separation else ())),
        separation=separation,
        carried=[_entry(path, staging.delivery) for path in written],
        session=named.get(".rpp"),
        track_template=named.get(".RTrackTemplate"),
        run=RunEntry(datetime.now(UTC).isoformat(timespec="seconds"), timings),
    )
    for folder in {path.parent for path in (*written, *(done.path for done in conformed))}:
        sync_folder(folder)
    page = staging.delivery / REPORT
    write_durably(page, report(manifest, conformed))
    manifest = replace(manifest, run=replace(manifest.run, report=_entry(page, staging.delivery)))
    write_durably(staging.delivery / MANIFEST, encode(manifest))
    return read_delivered(staging.publish(plan.folder))


def read_delivered(folder: Path) -> Delivered:
    """Read what a published delivery holds from its manifest.

    Raises:
        DeliveryError: if the manifest is not what stembridge writes.

    """
    manifest = read_manifest(folder / MANIFEST)
    session = manifest["session"]
    return Delivered(
        folder=folder,
        outputs=tuple(folder / output["path"] for output in manifest["outputs"]),
        manifest=folder / MANIFEST,
        session=folder / session if session else None,
        findings=tuple(manifest["findings"]),
    )


def _carry(source: Path, delivery: Path, name: PurePosixPath) -> Path:
    target = delivery / EXTRAS / name
    make_below(delivery, target.parent)
    shutil.copyfile(source, target)
    sync_file(target)
    return target


def _entry(path: Path, folder: Path) -> CarriedEntry:
    return CarriedEntry(path.relative_to(folder).as_posix(), sha256_of(path))


def _write_session(plan: Plan, conformed: Sequence[Conformed], folder: Path) -> tuple[Path, ...]:
    """Write the session, the template of its tracks and the tempo maps, where the preset wants them."""
    contents = "".join(done.sha256 for done in conformed)  # not the job: the same work gives the same bytes
    files: dict[str, bytes] = {}
    if plan.preset.session.rpp:
        session = make_session(plan, conformed, seed=contents)
        files[f"{plan.folder.name}.rpp"] = write_session(session).encode()
        files[f"{plan.folder.name}.RTrackTemplate"] = write_track_template(session).encode()
    for path, tempo_map in make_tempo_maps(plan, conformed).items():
        files[f"{path}.mid"] = write_tempo_map(tempo_map)
    for name, data in files.items():
        write_durably(folder / name, data)
    return tuple(folder / name for name in files)
