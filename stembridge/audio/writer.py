"""Write a sound file: whole, or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self

from stembridge.audio.chunks import wav_chunks
from stembridge.audio.containers import check_length, check_writable
from stembridge.audio.libsndfile.encode import LibraryWriter
from stembridge.audio.metadata import Metadata
from stembridge.audio.riff import RIFF_LIMIT, RiffWriter
from stembridge.audio.samples import RAW_TYPES
from stembridge.audio.sound import Block, Container, RawBlock, SoundFormat
from stembridge.durable import sync_file
from stembridge.errors import ConformError, DeliveryError
from stembridge.units import Samples

NO_METADATA = Metadata()


class Sink(Protocol):
    """Where samples go: a file of one container."""

    @property
    def frames(self) -> Samples:
        """How many frames were written so far."""

    def write(self, block: RawBlock) -> None:
        """Append frames."""

    def revise(self, metadata: Metadata) -> None:
        """Replace the metadata."""

    def finish(self) -> None:
        """Complete the file and close it."""

    def close(self) -> None:
        """Close the file as it is."""


class SoundWriter:
    """Writes one new file inside a ``with`` block.

    When the block ends well, the file is complete, its sizes are true, and it is on the disk. When it ends
    with an exception, the file is removed. A file that exists already is never touched.
    """

    def __init__(
        self,
        path: Path,
        format: SoundFormat,  # noqa: A002 - the field's own word
        *,
        metadata: Metadata = NO_METADATA,
        frames_expected: Samples | None = None,
        rf64_over: int = RIFF_LIMIT,
    ) -> None:
        """Check that the format can be written; nothing is created before the ``with`` block.

        Args:
            path: the new file.
            format: a WAV (RF64 by itself over 4 GiB), AIFF or FLAC.
            metadata: what to write beside the sound.
            frames_expected: the length to come; another length is an error then.
            rf64_over: the largest RIFF size in bytes, for tests.

        Raises:
            ConformError: if the container cannot hold the format or the length.

        """
        check_writable(format, frames_expected)
        self._path = path
        self._format = format
        self._metadata = metadata
        self._expected = frames_expected
        self._rf64_over = rf64_over
        self._sink: Sink

    @property
    def frames(self) -> Samples:
        """How many frames were written so far."""
        return self._sink.frames

    def __enter__(self) -> Self:
        """Create the file.

        Raises:
            DeliveryError: if it cannot be created, or is there already (``exists``).

        """
        with _told(self._path):
            file = self._path.open("xb")
        try:
            self._sink = self._sink_for(file)
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Complete the file, or remove it.

        Raises:
            ConformError: if the length is not the expected one.
            DeliveryError: if the disk does not take it.

        """
        try:
            if error is None:
                self._complete()
        except BaseException:
            self._abandon()
            raise
        if error is not None:
            self._abandon()

    def write(self, block: Block | RawBlock) -> None:
        """Append frames.

        Args:
            block: shape (frames, channels), of the encoding's own type: int16, int32 (left-justified, for 24
                and 32 bits), float32 or float64.

        Raises:
            ConformError: if the block is of another type or shape; floats have to be quantised first.
            DeliveryError: if the disk does not take it.

        """
        self._check(block)
        with _told(self._path):
            self._sink.write(block)

    def revise(self, metadata: Metadata) -> None:
        """Replace the metadata, until the ``with`` block ends: for what is known only when all is written.

        Raises:
            ConformError: if a chunk before the sound of a WAV would change in size; figures never do.

        """
        self._sink.revise(metadata)

    def _sink_for(self, file: BinaryIO) -> Sink:
        with _told(self._path):
            if self._format.container is Container.WAV:
                return WavSink(file, self._format, self._metadata, self._rf64_over)
            file.close()
        return LibraryWriter(self._path, self._format, self._metadata)

    def _check(self, block: RawBlock) -> None:
        wanted = RAW_TYPES[self._format.encoding]
        if block.dtype != wanted:
            message = f"{self._format.encoding} is written from {wanted.__name__} samples, not {block.dtype}."
            hint = "Quantise or widen them first."
            raise ConformError(message, path=self._path, code="encoding", hint=hint)
        if block.ndim != 2 or block.shape[1] != self._format.channels:
            message = f"A block of shape {block.shape} does not have {self._format.channels} channels."
            raise ConformError(message, path=self._path, code="channels")
        check_length(self._format, Samples(self.frames + len(block)))

    def _complete(self) -> None:
        check_length(self._format, self.frames)
        if self._expected is not None and self.frames != self._expected:
            message = f"{self.frames} frames were written instead of {self._expected}."
            raise ConformError(message, path=self._path, code="length")
        with _told(self._path):
            self._sink.finish()
            sync_file(self._path)

    def _abandon(self) -> None:
        with suppress(OSError, DeliveryError):
            self._sink.close()
        self._remove()

    def _remove(self) -> None:
        with suppress(OSError):  # the first error is the one to tell
            self._path.unlink(missing_ok=True)


class WavSink:
    """Writes a WAV through our own ``RiffWriter``."""

    def __init__(self, file: BinaryIO, form: SoundFormat, metadata: Metadata, rf64_over: int) -> None:
        self._file = file
        self._riff = RiffWriter(file, form, wav_chunks(metadata), rf64_over=rf64_over)
        self.write = self._riff.write
        self.close = file.close

    @property
    def frames(self) -> Samples:
        """How many frames were written so far."""
        return self._riff.frames

    def revise(self, metadata: Metadata) -> None:
        """Replace the metadata, until ``finish``."""
        self._riff.revise(wav_chunks(metadata))

    def finish(self) -> None:
        """Fill in the sizes and close the file."""
        self._riff.finish()
        self._file.close()


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say in our own words why the disk did not take a file."""
    try:
        yield
    except FileExistsError as error:
        hint = "Choose another name: an existing file is never overwritten."
        raise DeliveryError("The file is there already.", path=path, code="exists", hint=hint) from error
    except OSError as error:
        message = f"The file could not be written: {os.strerror(error.errno or 0)}."
        hint = "Make room or bring the folder back; the work can then be done again."
        raise DeliveryError(message, path=path, code="write", hint=hint, retryable=True) from error
