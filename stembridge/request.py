"""What was asked for: the record every intake makes and every job carries, and how progress is told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

Progress = Callable[[str, float], None]
"""Told the stage and how much of it is done (0 to 1). Raises ``Cancelled`` when the work should stop."""


class Origin(StrEnum):
    """Where a request came from; an interactive one goes before a hot folder's."""

    HOT_FOLDER = "hot-folder"
    COMMAND = "command"
    OSC = "osc"
    REAPER = "reaper"


class Originals(StrEnum):
    """What becomes of the originals once the delivery is safe on disk."""

    MOVE = "move"
    KEEP = "keep"


@dataclass(frozen=True)
class Request:
    """One delivery to make.

    Attributes:
        sources: the files that belong together, absolute paths, in a stable order.
        preset: the name of the preset.
        destination: the folder that the delivery's own folder or files are published in.
        name: what the delivery is called (a song, a folder, a zip), before it is made safe.
        folder: the template of the delivery's own folder, in place of the preset's; None for the preset's.
        root: the folder or file that was dropped, moved to ``done`` or ``failed`` as a whole; None when
            the sources are left alone.
        home: the hot folder whose ``_done`` and ``failed`` folders receive ``root``; None outside one.
        originals: what becomes of ``root``.
        origin: who asked.
        id: the asker's own id for the request (OSC, spool), or empty.

    """

    sources: tuple[Path, ...]
    preset: str
    destination: Path
    name: str
    folder: str | None = None
    root: Path | None = None
    home: Path | None = None
    originals: Originals = Originals.KEEP
    origin: Origin = Origin.COMMAND
    id: str = field(default="")


def no_progress(_stage: str, _fraction: float) -> None:
    """Report to nobody."""
