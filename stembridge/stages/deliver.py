"""Deliver: the session, the carried files and the manifest beside the outputs, then one rename.

The manifest is written last: where there is one, the delivery is whole.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stembridge.audio.digest import sha256_of
from stembridge.durable import sync_file, sync_folder, write_durably
from stembridge.session.manifest import CarriedEntry, RunEntry, encode, read_manifest
from stembridge.session.rpp import write_session
from stembridge.stages.conform import Conformed
from stembridge.stages.finding import Finding
from stembridge.stages.plan import Plan
from stembridge.stages.record import make_manifest
from stembridge.stages.staging import MANIFEST, Staging
from stembridge.stages.tracks import make_session
from stembridge.units import Seconds

EXTRAS = "Extras"
"""The folder of files that are carried along, where their names cannot meet those of the outputs."""


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
    *,
    timings: Mapping[str, Seconds],
    findings: Sequence[Finding] = (),
) -> Delivered:
    """Complete a delivery in its staging folder and publish it whole.

    Args:
        plan: what was to be done.
        conformed: the outputs, in the staging folder.
        staging: where the delivery is made.
        timings: how long each stage took.
        findings: what was found on the way, beside what the plan already says.

    """
    carried = [_carry(sidecar.path, staging.delivery / EXTRAS / sidecar.name) for sidecar in plan.sidecars]
    session = _write_session(plan, conformed, staging.delivery, staging.job)
    written = [*carried, *([session] if session else [])]
    manifest = make_manifest(
        plan,
        conformed,
        job=staging.job,
        findings=(*plan.findings, *findings),
        carried=[_entry(path, staging.delivery) for path in written],
        session=session.name if session else None,
        run=RunEntry(datetime.now(UTC).isoformat(timespec="seconds"), timings),
    )
    for folder in {path.parent for path in written}:
        sync_folder(folder)
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


def _carry(source: Path, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    sync_file(target)
    return target


def _entry(path: Path, folder: Path) -> CarriedEntry:
    return CarriedEntry(path.relative_to(folder).as_posix(), sha256_of(path))


def _write_session(plan: Plan, conformed: Sequence[Conformed], folder: Path, job: str) -> Path | None:
    if not plan.preset.session.rpp:
        return None
    path = folder / f"{plan.folder.name}.rpp"
    write_durably(path, write_session(make_session(plan, conformed, seed=job)).encode())
    return path
