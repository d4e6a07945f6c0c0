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
    files = [path for path in paths if not path.is_dir() and not _is_archive(path)]
    requests = [_of_folder(path, preset, destination) for path in paths if path.is_dir()]
    requests += [Request((path,), preset, destination, path.stem) for path in paths if _is_archive(path)]
    if files:
        name = files[0].stem if len(files) == 1 else files[0].parent.name or files[0].stem
        requests.insert(0, Request(tuple(files), preset, destination, name))
    return tuple(requests)


def _of_folder(folder: Path, preset: str, destination: Path) -> Request:
    files = sorted(list_files(folder), key=lambda path: natural_order(path.as_posix()))
    if not files:
        raise IntakeError(
            "The folder is empty.", path=folder, hint="Name a folder with audio in it.", code="no-audio"
        )
    return Request(tuple(files), preset, destination, folder.name, root=folder)


def _is_archive(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() == ".zip"
