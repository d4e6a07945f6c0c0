"""Encode through libsndfile, with its errors said in ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import soundfile  # type: ignore[import-untyped]

from stembridge.audio.chunks import add_to_aiff, add_to_flac
from stembridge.audio.headers.read import read_header
from stembridge.audio.libsndfile.decode import decoded_format
from stembridge.audio.metadata import Metadata
from stembridge.audio.sound import Container, Encoding, RawBlock, SoundFormat
from stembridge.errors import AudioError, DeliveryError
from stembridge.units import Samples

SUBTYPES = {Encoding.INT16: "PCM_16", Encoding.INT24: "PCM_24", Encoding.INT32: "PCM_32"}


class LibraryWriter:
    """Writes an AIFF or FLAC file through libsndfile.

    Attributes:
        frames: how many frames were written.

    """

    def __init__(self, path: Path, form: SoundFormat, metadata: Metadata) -> None:
        self.frames = Samples(0)
        self._path = path
        self._metadata = metadata
        self._is_flac = form.container is Container.FLAC
        with _told(path):
            self._file = soundfile.SoundFile(
                path, "w", form.rate, form.channels, SUBTYPES[form.encoding], format=form.container.upper()
            )

    def write(self, block: RawBlock) -> None:
        """Append frames of the encoding's own type, shape (frames, channels)."""
        with _told(self._path):
            self._file.write(block)
        self.frames = Samples(self.frames + len(block))

    def revise(self, metadata: Metadata) -> None:
        """Replace the metadata, until ``finish``."""
        self._metadata = metadata

    def finish(self) -> None:
        """Close the file, prove that it is whole, and add the metadata to it."""
        self.close()
        self._prove()
        (add_to_flac if self._is_flac else add_to_aiff)(self._path, self._metadata)

    def close(self) -> None:
        """Close the file as it is."""
        with _told(self._path):
            self._file.close()

    def _prove(self) -> None:
        """Read the length and the end again: libFLAC keeps silent when a full disk takes no last frame."""
        try:
            _, held = decoded_format(self._path, read_header(self._path).container, None)
        except AudioError as error:
            raise _not_taken(self._path) from error
        if held != self.frames:
            raise _not_taken(self._path)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except (soundfile.LibsndfileError, AssertionError) as error:  # soundfile asserts that all was written
        raise _not_taken(path) from error


def _not_taken(path: Path) -> DeliveryError:
    message = "The file could not be written: the disk may be full or away."
    hint = "Make room or bring the folder back; the work can then be done again."
    return DeliveryError(message, path=path, code="write", hint=hint, retryable=True)
