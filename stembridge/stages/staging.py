"""Staging: where a delivery is made, on the destination's own file system, until it is published whole.

``<destination>/.stembridge/<job>/`` holds a folder for each attempt, with the ``delivery`` that is being made and what
was ``unpacked``, and ``intent.json``: where the delivery is about to be published. It is written before the one rename
that publishes, so that after a crash at any instant the next attempt knows whether that rename took place. An attempt
that was only frozen, and goes on when another has taken its place, finds its own folder gone and publishes nothing.
"""

import json
import os
import shutil
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path, PurePosixPath
from uuid import uuid4

from stembridge.durable import sync_folder, write_durably
from stembridge.errors import NotReadyError
from stembridge.stages.folders import make_below
from stembridge.stages.trouble import is_away

STAGING_FOLDER = ".stembridge"
EXTRAS = "Extras"
"""The folder of files that are carried along, where their names cannot meet those of the outputs."""

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Staging:
    """The private folder of one job inside its destination."""

    destination: Path
    job: str
    attempt: str = field(default_factory=lambda: uuid4().hex[:8], compare=False)

    @property
    def home(self) -> Path:
        """The job's private folder."""
        return self.destination / STAGING_FOLDER / self.job

    @property
    def delivery(self) -> Path:
        """The folder that becomes the delivery."""
        return self.home / self.attempt / "delivery"

    @property
    def unpacked(self) -> Path:
        """Where an archive is unpacked."""
        return self.home / self.attempt / "unpacked"

    @property
    def separated(self) -> Path:
        """Where stems are separated before they are conformed."""
        return self.home / self.attempt / "separated"

    @property
    def intent(self) -> Path:
        """Where the place of publication is written down before it is taken."""
        return self.home / "intent.json"

    def open(self) -> None:
        """Start with an empty delivery folder, whatever an earlier attempt left behind."""
        for leftover in self.home.iterdir():
            if leftover != self.intent:
                shutil.rmtree(leftover, ignore_errors=True)
        make_below(self.home, self.delivery)

    def published(self) -> Path | None:
        """Return the delivery that an earlier attempt of this job published, if it did."""
        if not self.intent.is_file():
            return None
        target = self.destination / json.loads(self.intent.read_text(encoding="utf-8"))["folder"]
        return target if _is_made_by(self.job, target / MANIFEST) else None

    def publish(self, folder: PurePosixPath) -> Path:
        """Move the delivery to its place with one rename, under a name that is not taken yet.

        Args:
            folder: where the delivery wants to be, relative to the destination.

        Returns:
            Where it is: the folder itself, or the same with a number.

        """
        wanted = self.destination / folder
        make_below(self.destination, wanted.parent)
        for number in count(1):
            target = wanted if number == 1 else wanted.with_name(f"{wanted.name}_{number}")
            if not os.path.lexists(target) and self._move_to(target):
                return target
        raise AssertionError("unreachable: the numbers do not end")

    def clear(self) -> None:
        """Remove the job's private folder, and the common one when it was the last."""
        if not self.home.parent.is_dir():
            return
        shutil.rmtree(self.home, ignore_errors=True)
        try:
            self.home.parent.rmdir()
        except OSError:
            return  # another job is at work beside this one

    def _move_to(self, target: Path) -> bool:
        relative = target.relative_to(self.destination).as_posix()
        write_durably(self.intent, json.dumps({"folder": relative}).encode())
        try:
            os.rename(self.delivery, target)  # noqa: PTH104 - Path.replace would overwrite an empty folder's twin
        except OSError:
            if os.path.lexists(target):
                return False  # somebody took the name between the look and the move
            raise
        sync_folder(target.parent)
        return True


def open_staging(destination: Path, job: str, *, create: bool) -> Staging:
    """Find or make the destination and the job's private folder in it.

    Args:
        destination: the folder that deliveries are published in.
        job: the job's id.
        create: make the parents of the destination too. A hot folder must not: on a share that is away
            that would fill the mount point.

    Raises:
        NotReadyError: if the destination is not there and its parent is away, or empty as a mount point is.

    """
    if not create and not destination.is_dir() and is_away(destination.parent):
        raise NotReadyError(
            "The destination is not there.",
            path=destination,
            hint="The job goes on by itself when the share is back, or the folder is made.",
            code="destination-away",
        )
    destination.mkdir(parents=create, exist_ok=True)
    staging = Staging(destination, job)
    make_below(destination, staging.home)
    return staging


def _is_made_by(job: str, manifest: Path) -> bool:
    try:
        found = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and found.get("job") == job
