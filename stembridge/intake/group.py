"""Which files belong together, and is the set complete? Pure; the time is an argument.

What lies at the top of a hot folder is one delivery: a file, a zip, or a folder with all that is below it.
A folder waits until all its files are settled at once; where the preset names a marker, for that as well.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from stembridge.filenames import natural_order
from stembridge.intake.settle import FileState, Gate, is_quiet, is_settled, quiet_at

Parts = tuple[str, ...]
"""A path relative to the hot folder, as its parts."""


class Shape(StrEnum):
    """What was dropped."""

    FILE = "file"
    FOLDER = "folder"
    ARCHIVE = "archive"


class Wait(StrEnum):
    """Why a delivery is not handed out yet; the text completes "The delivery ..."."""

    WRITING = "is still being written"
    UNFINISHED = "has a file whose header is not finished"
    TEMPORARY = "has a temporary file that somebody is still writing"
    UNREADABLE = "has a file or folder that cannot be read"
    MARKER = "waits for the file that marks it as complete"
    HELD = "could not be handed in and is tried again"


@dataclass(frozen=True)
class Delivery:
    """Files that belong together.

    Attributes:
        root: the name at the top of the hot folder.
        shape: what was dropped.
        sources: every file of it, in natural order.

    """

    root: str
    shape: Shape
    sources: tuple[Parts, ...]

    @property
    def name(self) -> str:
        """What the delivery is called: the folder's name, or the file's without its suffix."""
        stem, dot, _ = self.root.rpartition(".")
        return stem if dot and stem and self.shape is not Shape.FOLDER else self.root


@dataclass(frozen=True)
class Verdict:
    """Whether a delivery can be handed out now.

    Attributes:
        wait: why not; None when it can.
        at: the moment at which it may be complete, where that is known.

    """

    wait: Wait | None
    at: float | None = None


def group(files: Iterable[Parts], *, complete_when: str = "") -> tuple[Delivery, ...]:
    """Sort files into deliveries, both in natural order.

    Args:
        files: what lies in the hot folder.
        complete_when: glob of the marker that a folder waits for; one that lies at the top is no delivery.

    """
    members: dict[str, list[Parts]] = {}
    for parts in files:
        if len(parts) > 1 or not is_marker(parts[0], complete_when):
            members.setdefault(parts[0], []).append(parts)
    roots = sorted(members, key=natural_order)
    return tuple(Delivery(root, _shape(root, members[root]), _in_order(members[root])) for root in roots)


def is_marker(name: str, complete_when: str) -> bool:
    """Tell whether a file is the marker that the preset names (a glob, letter case ignored)."""
    return bool(complete_when) and fnmatchcase(name.casefold(), complete_when.casefold())


def judge(
    delivery: Delivery,
    states: Mapping[Parts, FileState],
    gate: Gate,
    now: float,
    *,
    complete_when: str = "",
    blocked: Wait | None = None,
) -> Verdict:
    """Decide whether a delivery is complete.

    Args:
        delivery: the files that belong together.
        states: what is known about each of them.
        gate: how long a file has to stand still.
        now: the time, in seconds.
        complete_when: glob of the marker that a folder waits for; empty for none.
        blocked: what stands in the way beside the files themselves.

    """
    members = [states[parts] for parts in delivery.sources]
    if not all(is_quiet(state, gate, now) for state in members):
        return Verdict(Wait.WRITING, max(quiet_at(state, gate) for state in members))
    if blocked is not None:
        return Verdict(blocked)
    if not all(is_settled(state, gate, now) for state in members):
        return Verdict(Wait.UNFINISHED)
    if _lacks_marker(delivery, complete_when):
        return Verdict(Wait.MARKER)
    return Verdict(None)


def _lacks_marker(delivery: Delivery, complete_when: str) -> bool:
    if not complete_when or delivery.shape is not Shape.FOLDER:
        return False
    return not any(is_marker(parts[-1], complete_when) for parts in delivery.sources)


def _shape(root: str, members: list[Parts]) -> Shape:
    if members != [(root,)]:
        return Shape.FOLDER
    return Shape.ARCHIVE if root.casefold().endswith(".zip") else Shape.FILE


def _in_order(members: list[Parts]) -> tuple[Parts, ...]:
    return tuple(sorted(members, key=lambda parts: [natural_order(part) for part in parts]))
