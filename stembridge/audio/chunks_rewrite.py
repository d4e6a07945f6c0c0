"""Rewriting a finished file beside itself: copied in blocks, put in its place in one step."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from stembridge.errors import AudioError

_BLOCK = 2**20


@contextmanager
def rewriting(path: Path) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """Open a file and its successor; on success the successor takes the file's place, on failure it goes.

    The successor's name ends in ``.part``, which no hot folder takes in.

    Yields:
        The file open for reading, and the successor open for writing.

    Raises:
        AudioError: if either cannot be opened, read, written or renamed.

    """
    part = path.with_name(f".{path.name}.metadata.part")
    try:
        with path.open("rb") as old, part.open("w+b") as new:
            yield old, new
        shutil.copymode(path, part)
        part.replace(path)
    except OSError as error:
        raise AudioError(
            f"The metadata could not be added: {error.strerror or error}.",
            path=path,
            hint="Check the free space and the rights of the folder, then try again.",
            retryable=True,
        ) from error
    finally:
        with suppress(OSError):
            part.unlink()


def copy_bytes(source: BinaryIO, target: BinaryIO, *, start: int, count: int) -> None:
    """Copy ``count`` bytes from an offset of ``source`` to where ``target`` stands; fewer if it ends."""
    source.seek(start)
    while count > 0 and (block := source.read(min(_BLOCK, count))):
        target.write(block)
        count -= len(block)
