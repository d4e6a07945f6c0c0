"""Originals: what becomes of what was dropped, once the outcome is safe on disk. Nothing is ever overwritten."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path

from stembridge.durable import sync_folder, write_durably
from stembridge.errors import StembridgeError
from stembridge.filenames import is_leftover, is_temporary
from stembridge.request import Originals, Request

DONE_FOLDER = "_done"
FAILED_FOLDER = "failed"
NOTE_SUFFIX = ".reason.txt"
PAGE_SUFFIX = ".report.html"
FOUND_WANTING = frozenset({"rejected", "checksum"})
"""The codes of failures that a check tells more about."""


def put_away(request: Request) -> Path | None:
    """Move what was dropped to the hot folder's ``_done``, if that is what it wants.

    A folder that grew after it was taken in stays where it is, so that it is taken in again, whole.

    Returns:
        Where it is now, or None when it was left where it is.

    """
    if request.originals is Originals.KEEP or request.root is None or request.home is None:
        return None
    if not request.root.exists() or _has_grown(request):
        return None
    return _move_aside(request.root, request.home / DONE_FOLDER)


def park(request: Request, failure: StembridgeError, *, job: str) -> Path | None:
    """Move what was dropped to the hot folder's ``failed``, with a reason beside it that people can read.

    Returns:
        Where it is now, or None when it was left where it is.

    """
    if request.root is None or request.home is None or not request.root.exists():
        return None
    return _move_aside(
        request.root, request.home / FAILED_FOLDER, note=partial(_reason, request, failure, job)
    )


def keep_page(request: Request, page: bytes, *, job: str) -> None:
    """Put the report of a rejected delivery where its original is going to be parked, if that is a hot folder."""
    path = _page_of(request, job)
    if path is not None:
        path.parent.mkdir(exist_ok=True)
        write_durably(path, page)


def _page_of(request: Request, job: str) -> Path | None:
    """Return where the report of a rejected delivery is; its name begins as that of the original does."""
    if request.root is None or request.home is None:
        return None
    return request.home / FAILED_FOLDER / f"{request.root.name}.{job[:8]}{PAGE_SUFFIX}"


def take_back(request: Request, *, job: str) -> Path | None:
    """Move what was parked to where it was dropped, so that the job can be tried again.

    Returns:
        Its note, to be removed when the job is tried again: until then it says that the original is wanted.

    """
    if request.root is None or request.home is None or request.root.exists():
        return None
    note = next((note for note in _notes(job, request.home) if _parked(note).exists()), None)
    if note is not None:
        _parked(note).rename(request.root)
        page = _page_of(request, job)
        if page is not None:
            page.unlink(missing_ok=True)
    return note


def was_parked(request: Request, *, job: str) -> bool:
    """Tell whether a job's originals were put with the failed ones, wherever they are by now."""
    return request.home is not None and any(_notes(job, request.home))


def _notes(job: str, home: Path) -> Iterator[Path]:
    for note in (home / FAILED_FOLDER).glob(f"*{NOTE_SUFFIX}"):
        if f"Job:   {job}\n" in note.read_text(encoding="utf-8"):
            yield note


def _parked(note: Path) -> Path:
    return note.with_name(note.name.removesuffix(NOTE_SUFFIX))


def _note_for(parked: Path) -> Path:
    return parked.with_name(f"{parked.name}{NOTE_SUFFIX}")


def _has_grown(request: Request) -> bool:
    if request.root is None or not request.root.is_dir():
        return False
    known = set(request.sources)
    return any(
        path.is_file() and path not in known and _counts(path, request.root)
        for path in request.root.rglob("*")
    )


def _counts(path: Path, root: Path) -> bool:
    return not any(is_temporary(part) or is_leftover(part) for part in path.relative_to(root).parts)


def _move_aside(root: Path, folder: Path, *, note: Callable[[str], str] | None = None) -> Path:
    """Move what was dropped; the note goes first, so that no crash leaves a failed original without a reason."""
    folder.mkdir(exist_ok=True)
    for number in count(1):
        target = folder / (root.name if number == 1 else f"{root.stem}_{number}{root.suffix}")
        if _is_taken(root, target):
            continue
        if note is not None:
            write_durably(_note_for(target), note(target.name).encode())
        if _move_without_overwriting(root, target):
            sync_folder(folder)
            sync_folder(root.parent)
            return target
    raise AssertionError("unreachable: the numbers do not end")


def _move_without_overwriting(source: Path, target: Path) -> bool:
    """Move a file or folder on one file system; false when the name is taken.

    A file is linked and then unlinked, because a link refuses an existing name on every system and a rename does
    not. A crash between the two leaves one file with two names, which the next attempt recognises.
    """
    if _is_taken(source, target):
        return False
    if target.exists():
        source.unlink()
        return True
    if source.is_dir() or not _linked(source, target):
        source.rename(target)
    else:
        source.unlink()
    return True


def _is_taken(source: Path, target: Path) -> bool:
    return target.exists() and (source.is_dir() or not source.samefile(target))


def _linked(source: Path, target: Path) -> bool:
    try:
        os.link(source, target)
    except OSError:
        return False  # this file system has no hard links
    return True


def _reason(request: Request, failure: StembridgeError, job: str, parked: str) -> str:
    return (
        f"{request.name} could not be delivered with the preset {request.preset}.\n\n"
        f"What:  {failure.message}\n"
        f"File:  {failure.path or request.root}\n"
        f"To do: {failure.hint or 'See the log.'}\n"
        f"Code:  {failure.code}\n"
        f"Job:   {job}\n\n"
        "The original is beside this note, unchanged. When the cause is mended, drop it into the hot folder again\n"
        f"or run: stembridge retry {job}\n"
        f"{_how_to_see_all(request, failure, job, parked)}"
    )


def _how_to_see_all(request: Request, failure: StembridgeError, job: str, parked: str) -> str:
    """Say how to read everything that was found, where a delivery was rejected for what is in it."""
    if failure.code not in FOUND_WANTING:
        return ""
    page = _page_of(request, job)
    if page is not None and page.exists():
        return f"\nAll that was found, as a page with a message to the sender, is beside it: {page.name}\n"
    command = f'stembridge check "{parked}" --preset {request.preset} --report report'
    return f"\nAll that was found, as a page with a message to the sender, in this folder: {command}\n"
