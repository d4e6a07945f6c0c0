"""The files of the spool: private, small, and read whole or not at all."""

import json
import os
from contextlib import suppress
from pathlib import Path

from stembridge.errors import IntakeError
from stembridge.intake.spool_request import LONGEST_BYTES

WRITING_S = 2.0
"""A file that cannot be read may still be being written for this long, by a script that does not rename."""

LEFT_OVER_S = 7 * 24 * 3600.0


def make_private(folder: Path) -> None:
    """Make a folder that only this user may look into, where the system knows such a thing."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name != "nt":
        folder.chmod(0o700)


def read_json(path: Path, *, now: float) -> object:
    """Read a small JSON file that somebody else wrote.

    Args:
        path: the file.
        now: seconds since 1970.

    Raises:
        FileNotFoundError: if there is none.
        IntakeError: with the code ``malformed``; or ``incomplete``, worth another look, while the file is new.

    """
    try:
        with path.open("rb") as stream:
            age = now - os.fstat(stream.fileno()).st_mtime
            content = stream.read(LONGEST_BYTES + 1)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise IntakeError(
            f"The file cannot be read: {error.strerror}.", path=path, code="incomplete", retryable=True
        ) from error
    if len(content) > LONGEST_BYTES:
        raise IntakeError(f"The request has more than {LONGEST_BYTES} bytes.", path=path, code="malformed")
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        young = age < WRITING_S
        raise IntakeError(
            "The request is not JSON.",
            path=path,
            hint="Run `stembridge reaper install`, then try again in REAPER.",
            code="incomplete" if young else "malformed",
            retryable=young,
        ) from error


def remove_old(folder: Path, *, now: float) -> None:
    """Remove what scripts left half-written and never came back for."""
    for path in folder.iterdir():
        with suppress(OSError):
            if now - path.stat().st_mtime > LEFT_OVER_S:
                path.unlink()
