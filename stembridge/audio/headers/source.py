"""A file under inspection, what its header promises, and how a broken promise is said."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from stembridge.audio.sound import Container
from stembridge.errors import AudioError
from stembridge.units import Samples

UNFINISHED_32 = (0, 0xFFFF_FFFF)
UNFINISHED_64 = (0, 0xFFFF_FFFF_FFFF_FFFF)
SIZE_SLACK = 8
"""Bytes by which writers are known to miscount a whole file: its own header, a byte of padding."""

COPY_AGAIN = "Copy or export it again."
REWRITE = "If it plays to its end, rewrite it: ffmpeg -i IN -c copy OUT."
CONVERT = "Convert it to WAV first: ffmpeg -i IN OUT.wav."


@contextmanager
def told_as_unreadable(path: Path) -> Iterator[None]:
    """Say it in words when a disk or share fails; a file that is gone or forbidden stays what it is.

    Raises:
        AudioError: ``unreadable``, worth a retry.

    """
    try:
        yield
    except (FileNotFoundError, PermissionError):
        raise
    except OSError as error:
        reason = error.strerror or str(error)
        hint = "Check the disk or the share; the work can then be done again."
        raise AudioError(
            f"The file cannot be read: {reason}.", path=path, code="unreadable", hint=hint, retryable=True
        ) from error


@dataclass(frozen=True)
class Header:
    """What a header promises.

    Attributes:
        container: the kind of file.
        frames: how many frames it promises; None where only decoding tells.
        channel_mask: the WAVEX speaker mask; None where the file has none.
        samples: where plain little-endian samples begin, and the bytes of a frame; None where they are coded.

    """

    container: Container
    frames: Samples | None = None
    channel_mask: int | None = None
    samples: tuple[int, int] | None = None


@dataclass(frozen=True)
class Source:
    """An open file and its true size in bytes."""

    path: Path
    file: BinaryIO
    size: int

    def read(self, start: int, count: int) -> bytes:
        """Read up to ``count`` bytes from an offset."""
        self.file.seek(start)
        return self.file.read(count)

    def truncated(self, detail: str) -> AudioError:
        """Say that bytes are missing."""
        message = f"The file is cut short: {detail}."
        return AudioError(message, path=self.path, code="truncated", hint=COPY_AGAIN)

    def unfinished(self) -> AudioError:
        """Say that the writer never filled in the sizes."""
        message = "The file was never finished: its header still has the sizes of a recording that runs."
        return AudioError(message, path=self.path, code="truncated", hint=f"{COPY_AGAIN} {REWRITE}")

    def damaged(self, detail: str) -> AudioError:
        """Say that the header contradicts itself or the file."""
        message = f"The header is wrong: {detail}."
        return AudioError(message, path=self.path, code="damaged", hint=f"{COPY_AGAIN} {REWRITE}")

    def unsupported(self, detail: str) -> AudioError:
        """Say that this is sound, but of a kind that cannot be read here."""
        return AudioError(detail, path=self.path, code="unsupported", hint=CONVERT)

    def require(self, end: int, what: str) -> None:
        """Refuse a file that ends before ``end``.

        Raises:
            AudioError: with the code ``truncated``.

        """
        if end > self.size:
            raise self.truncated(f"{what} ends at byte {end:,}, the file at {self.size:,}")
