"""What makes two requests the same work: the same files, wanted in the same way."""

import hashlib
import json
from dataclasses import astuple
from pathlib import Path
from typing import Any

from stembridge.audio.digest import sha256_of
from stembridge.errors import NotReadyError
from stembridge.request import Request

KEY_VERSION = 1


def content_key(request: Request, preset_digest: str = "") -> str:
    """Compute the key under which a request is one job, however often it is handed in.

    It covers the bytes and the names of the files and what is wanted of them, but neither where they lie nor
    who asks. The files are read once, in blocks.

    Args:
        request: what was asked for.
        preset_digest: what the preset says now, as a digest, so that an edited preset makes another job.

    Returns:
        64 hexadecimal digits.

    Raises:
        NotReadyError: if a file is gone, cannot be read, or changes while it is read.

    """
    sources = [[_name_within(path, request), _digest(path)] for path in request.sources]
    return _hash([KEY_VERSION, sorted(sources), _wanted(request, preset_digest)])


def file_key(request: Request, preset_digest: str = "") -> str:
    """Compute the key of a request from the state of its files: their paths, sizes and time stamps.

    For who waits for an answer: no file is read, however long it is. What is wanted counts as in ``content_key``.

    Raises:
        NotReadyError: if a file is gone or cannot be looked at.

    """
    sources = [[str(path), *_state(path)] for path in request.sources]
    return _hash(["files", KEY_VERSION, sorted(sources), _wanted(request, preset_digest)])


def _wanted(request: Request, preset_digest: str) -> list[Any]:
    wanted: list[Any] = [
        request.preset,
        preset_digest,
        str(request.destination),
        request.folder,
        request.name,
    ]
    if request.excerpt or request.stems:
        wanted += [request.excerpt and astuple(request.excerpt), request.stems]
    return wanted


def _hash(value: list[Any]) -> str:
    return hashlib.sha256(json.dumps(value).encode("ascii")).hexdigest()


def _state(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError as error:
        raise _unreadable(path, error) from error
    return status.st_size, status.st_mtime_ns


def _name_within(path: Path, request: Request) -> str:
    if request.root is None or not path.is_relative_to(request.root) or path == request.root:
        return path.name
    return path.relative_to(request.root).as_posix()


def _digest(path: Path) -> str:
    try:
        before = path.stat()
        digest = sha256_of(path)
        after = path.stat()
    except OSError as error:
        raise _unreadable(path, error) from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise NotReadyError(
            "The file changed while it was read.",
            path=path,
            hint="A hot folder takes it in when it is quiet.",
        )
    return digest


def _unreadable(path: Path, error: OSError) -> NotReadyError:
    return NotReadyError(
        f"The file cannot be read ({error.strerror}).",
        path=path,
        hint="Check that no other program keeps it open; a hot folder takes it in as soon as it can.",
    )
