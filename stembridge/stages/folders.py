"""Folders: made below one that is there, never that one itself."""

from pathlib import Path


def make_below(root: Path, folder: Path) -> None:
    """Make a folder, and those between it and the root, where they are not there yet.

    The root itself is never made: on a share that has just gone away, that would fill its mount point.

    Raises:
        FileNotFoundError: if the root is not there.

    """
    place = root
    for part in folder.relative_to(root).parts:
        place /= part
        place.mkdir(exist_ok=True)
