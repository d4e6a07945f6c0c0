"""Trouble: what the operating system refused, told as an error that says whether waiting helps."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stembridge.errors import DeliveryError, IntakeError, NotReadyError, StembridgeError
from stembridge.stages.probe import SOURCE_GONE

ORIGINALS_AWAY = "The originals are not there any more."

_FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG})
_FORBIDDEN = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


@contextmanager
def explained(destination: Path, sources: Path) -> Iterator[None]:
    """Turn an OSError into an error with a reason and a hint.

    Args:
        destination: where the delivery goes.
        sources: a folder that holds the originals.

    Raises:
        NotReadyError: if one of the two has gone away.
        DeliveryError: if the destination is full (worth a retry), read-only (not), or anything else (worth one).

    """
    try:
        yield
    except OSError as error:
        raise explain(error, destination, sources) from error
    except IntakeError as error:
        if error.code == SOURCE_GONE and is_away(sources):
            raise _away(ORIGINALS_AWAY, sources) from error
        raise
    except DeliveryError as error:
        if isinstance(error.__cause__, OSError):
            raise explain(error.__cause__, destination, sources) from error
        raise


def explain(error: OSError, destination: Path, sources: Path) -> StembridgeError:
    """Tell what an OSError means for the work."""
    if is_away(sources):
        return _away(ORIGINALS_AWAY, sources)
    if error.errno in _FULL:
        return DeliveryError(
            "The disk of the destination is full.",
            path=destination,
            hint="Make room; a job tries again by itself, a command has to be given again.",
            code="disk-full",
            retryable=True,
        )
    if error.errno in _FORBIDDEN:
        return DeliveryError(
            f"Writing is not allowed: {error.strerror}.",
            path=Path(str(error.filename)) if error.filename else destination,
            hint="Give the user that runs stembridge permission to write there, then retry the job.",
            code="read-only",
        )
    if isinstance(error, NotADirectoryError | FileExistsError) and _stands_on_a_file(destination):
        return DeliveryError(
            "This is not a folder, so nothing can be delivered there.",
            path=destination,
            hint="Name a folder, or move the file away.",
            code="not-a-folder",
        )
    if not destination.is_dir():
        return _away("The destination is not there any more.", destination)
    return DeliveryError(
        f"The system said: {error.strerror or error}.",
        path=Path(str(error.filename)) if error.filename else destination,
        hint="A job tries again by itself; if it goes on, check the disk or the share.",
        code="system",
        retryable=True,
    )


def _stands_on_a_file(folder: Path) -> bool:
    """Tell whether a file takes the place of a folder or of one above it."""
    return any(place.is_file() for place in (folder, *folder.parents))


def is_away(folder: Path) -> bool:
    """Tell whether a folder may be on a share that is away: such a one is gone, or an empty mount point."""
    try:
        return not any(folder.iterdir())
    except OSError:
        return True


def _away(message: str, path: Path) -> NotReadyError:
    return NotReadyError(
        message,
        path=path,
        hint="A job goes on by itself when the share is back; if it was no share, cancel it. Give a command again.",
        code="share-away",
    )
