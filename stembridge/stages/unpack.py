"""unpack: expand a dropped zip, all or nothing, and refuse one that is unsafe or out of proportion.

It runs in a worker, so that whatever an archive does, the daemon goes on. An archive inside an archive is not
opened: it is carried along like any other file that is not sound.
"""

import errno
import lzma
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from stembridge.errors import IntakeError
from stembridge.request import Progress, no_progress
from stembridge.stages.archive_entries import Entry, Refused, choose_entries
from stembridge.stages.folders import make_below

BLOCK_BYTES = 1 << 20
ENTRY_BYTES = 512
END_BYTES = 22
LONGEST_COMMENT = 0xFFFF
DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, struct.error, ValueError, RuntimeError)


@dataclass(frozen=True)
class UnpackLimits:
    """What an archive may grow to.

    Attributes:
        entries: the most files and folders.
        total_bytes: the most bytes of all files together.
        ratio: the most bytes for each byte of the archive.
        ratio_floor_bytes: below this many bytes the ratio does not matter.

    """

    entries: int = 10_000
    total_bytes: int = 64 << 30
    ratio: float = 200.0
    ratio_floor_bytes: int = 1 << 20

    def most_bytes(self, archive_bytes: int) -> int:
        """Tell how many bytes an archive of this size may expand to."""
        return min(self.total_bytes, max(self.ratio_floor_bytes, int(archive_bytes * self.ratio)))


DEFAULT_LIMITS = UnpackLimits()


def unpack(
    archive: Path, into: Path, *, limits: UnpackLimits = DEFAULT_LIMITS, progress: Progress = no_progress
) -> tuple[Path, ...]:
    """Expand a zip.

    Args:
        archive: the zip.
        into: a folder for this alone; made where it is missing, and removed on any failure.
        limits: what the archive may grow to; counted while writing, whatever it claims.
        progress: told how much is done; raises ``Cancelled`` to stop.

    Returns:
        The files, in the archive's order, without what systems leave beside the sound.

    Raises:
        IntakeError: if it is damaged, out of proportion, or unsafe: a path leading out, a link, an encrypted
            entry, two names that are one.
        OSError: if it cannot be read, or the disk is full.

    """
    try:
        into.mkdir(exist_ok=True)
        with _explained(archive):
            return _expand(archive, into, limits, progress)
    except BaseException:
        shutil.rmtree(into, ignore_errors=True)
        raise


def _expand(archive: Path, into: Path, limits: UnpackLimits, progress: Progress) -> tuple[Path, ...]:
    with archive.open("rb") as file:
        _refuse_long_directory(file, limits)
        with zipfile.ZipFile(file) as opened:
            infos = opened.infolist()
            if len(infos) > limits.entries:
                raise _too_many(limits)
            entries = choose_entries(infos)
            claimed = sum(entry.info.file_size for entry in entries)
            room = Room(limits.most_bytes(archive.stat().st_size), claimed, progress)
            return tuple(_write(opened, entry, into, room) for entry in entries)


class Room:
    """How much may still be written, over all entries."""

    def __init__(self, most_bytes: int, claimed_bytes: int, progress: Progress) -> None:
        """Refuse at once what by its own claim is too large."""
        self._most_bytes = most_bytes
        self._claimed_bytes = max(1, claimed_bytes)
        self._written_bytes = 0
        self._progress = progress
        self._check(claimed_bytes, "the archive")

    def take(self, count: int, name: str) -> None:
        """Count bytes that are about to be written."""
        self._written_bytes += count
        self._check(self._written_bytes, name)
        self._progress("unpack", min(1.0, self._written_bytes / self._claimed_bytes))

    def _check(self, count: int, name: str) -> None:
        if count > self._most_bytes:
            raise Refused("archive-bomb", f"expands to more than {self._most_bytes:,} bytes", name)


def _write(opened: zipfile.ZipFile, entry: Entry, into: Path, room: Room) -> Path:
    target = into / entry.path
    make_below(into, target.parent)
    with opened.open(entry.info) as source, target.open("xb") as output:
        while block := source.read(BLOCK_BYTES):
            room.take(len(block), str(entry.path))
            output.write(block)
    return target


@contextmanager
def _explained(archive: Path) -> Iterator[None]:
    """Turn what an archive causes into one error about it."""
    try:
        yield
    except Refused as error:
        code, what, name = error.args
        raise _refusal(archive, f"The archive is refused: {name!r} {what}.", code) from error
    except FileExistsError as error:
        name = Path(str(error.filename)).name
        raise _refusal(
            archive, f"The archive is refused: {name!r} is there already.", "archive-same-name"
        ) from error
    except NotImplementedError as error:
        raise _refusal(
            archive, f"The archive is packed in a way that is not known: {error}.", "archive-method"
        ) from error
    except DAMAGE as error:
        raise _damaged(archive, error) from error
    except OSError as error:
        # EINVAL: its directory points to a place before its beginning; None: bzip2 cannot go on, no disk failed
        if error.errno not in (errno.EINVAL, None):
            raise
        raise _damaged(archive, error) from error


def _damaged(archive: Path, error: Exception) -> IntakeError:
    return IntakeError(
        f"The archive is damaged: {error}.",
        path=archive,
        hint="Copy it again, or ask the sender for it again.",
        code="archive-damaged",
    )


def _refusal(archive: Path, message: str, code: str) -> IntakeError:
    hint = "Unpack it yourself, look at what is in it, and drop the folder instead."
    return IntakeError(message, path=archive, hint=hint, code=code)


def _too_many(limits: UnpackLimits) -> Refused:
    return Refused("archive-bomb", f"holds more than {limits.entries:,} entries", "the archive")


def _refuse_long_directory(file: BinaryIO, limits: UnpackLimits) -> None:
    """Refuse a list of contents so long that reading it would fill the memory."""
    if _directory_bytes(file) > limits.entries * ENTRY_BYTES:
        raise _too_many(limits)


def _directory_bytes(file: BinaryIO) -> int:
    """Read how long the list of contents is (APPNOTE 4.3.14 to 4.3.16); 0 when it is not found."""
    size = file.seek(0, 2)
    start = file.seek(max(0, size - END_BYTES - LONGEST_COMMENT))
    tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or end + END_BYTES > len(tail):
        return 0
    told: int = struct.unpack_from("<I", tail, end + 12)[0]
    file.seek(max(0, start + end - 20))
    locator = file.read(20)
    if locator[:4] != b"PK\x06\x07":
        return told
    file.seek(min(size, struct.unpack_from("<Q", locator, 8)[0]))
    record = file.read(56)
    return int(struct.unpack_from("<Q", record, 40)[0]) if record[:4] == b"PK\x06\x06" else told
