"""Paths named by hand: the deliveries they are, by the rules of a hot folder."""

from collections.abc import Sequence
from pathlib import Path

from stembridge.errors import IntakeError
from stembridge.filenames import natural_order
from stembridge.intake.tree import list_files
from stembridge.request import Request


def requests_for(paths: Sequence[Path], *, preset: str, destination: Path) -> tuple[Request, ...]:
    """Ask for work on what was named: files together are one delivery, each folder and zip is one of its own.

    Args:
        paths: absolute paths.
        preset: the name of the preset.
        destination: the folder that deliveries are published in.

    Raises:
        IntakeError: if a folder holds no files.

    """
    return tuple(_request(group, preset, destination) for group in deliveries_in(paths))


def deliveries_in(paths: Sequence[Path]) -> list[tuple[Path, ...]]:
    """Sort what was named into deliveries: the files together, then each folder and each zip."""
    files = tuple(path for path in paths if not path.is_dir() and not _is_archive(path))
    alone = [(path,) for path in paths if path not in files]
    return [files, *alone] if files else list(alone)


def _request(group: tuple[Path, ...], preset: str, destination: Path) -> Request:
    first = group[0]
    if first.is_dir():
        return _of_folder(first, preset, destination)
    return Request(
        group, preset, destination, first.stem if len(group) == 1 else first.parent.name or first.stem
    )


def _of_folder(folder: Path, preset: str, destination: Path) -> Request:
    files = sorted(list_files(folder), key=lambda path: natural_order(path.as_posix()))
    if not files:
        raise IntakeError(
            "The folder is empty.", path=folder, hint="Name a folder with audio in it.", code="no-audio"
        )
    return Request(tuple(files), preset, destination, folder.name, root=folder)


def _is_archive(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() == ".zip"
