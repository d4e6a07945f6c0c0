"""What was asked for: the record every intake makes and every job carries, and how progress is told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from stembridge.units import Samples

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


class ChannelMode(StrEnum):
    """Which channels of a stereo file a DAW's item plays."""

    NORMAL = "normal"
    SWAPPED = "swapped"
    DOWNMIX = "downmix"
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True)
class Excerpt:
    """The part of a file that an item on a DAW's timeline plays; the work is done on that alone.

    Attributes:
        start: the first frame of the file that is wanted.
        stop: the frame to stop before.
        reversed: whether it is played backwards.
        channel_mode: which channels are played.
        position: where its first played frame stands on the timeline, in samples at the file's rate.

    """

    start: Samples
    stop: Samples
    reversed: bool = False
    channel_mode: ChannelMode = ChannelMode.NORMAL
    position: Samples = Samples(0)


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
        excerpt: the part of the one source that is wanted; None for all of it.
        stems: the outputs of the preset's separation that are wanted; empty for all of them.

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
    excerpt: Excerpt | None = None
    stems: tuple[str, ...] = ()


def no_progress(_stage: str, _fraction: float) -> None:
    """Report to nobody."""
