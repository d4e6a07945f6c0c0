"""Decode through libsndfile, with its errors said in ours."""

import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import soundfile  # type: ignore[import-untyped]

from stembridge.audio.samples import RAW_TYPES, first_not_finite
from stembridge.audio.sound import Container, Encoding, RawBlock, Sound, SoundFormat
from stembridge.errors import AudioError
from stembridge.units import Samples, samples_to_seconds

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

ENCODINGS = {
    "PCM_S8": Encoding.INT8,
    "PCM_U8": Encoding.INT8,
    "PCM_16": Encoding.INT16,
    "PCM_24": Encoding.INT24,
    "PCM_32": Encoding.INT32,
    "FLOAT": Encoding.FLOAT32,
    "DOUBLE": Encoding.FLOAT64,
    "ALAC_16": Encoding.INT16,
    "ALAC_20": Encoding.INT24,
    "ALAC_24": Encoding.INT24,
    "ALAC_32": Encoding.INT32,
    "ULAW": Encoding.LOSSY,
    "ALAW": Encoding.LOSSY,
    "IMA_ADPCM": Encoding.LOSSY,
    "MS_ADPCM": Encoding.LOSSY,
    "VORBIS": Encoding.LOSSY,
    "OPUS": Encoding.LOSSY,
}
MPEG = ("MPEG_LAYER_I", "MPEG_LAYER_II", "MPEG_LAYER_III")
"""Only as files of their own: wrapped in a WAV, their length is not known."""

MALFORMED = 3
CONVERT = "Convert it to WAV first: ffmpeg -i IN OUT.wav."


def decoded_format(path: Path, container: Container, channel_mask: int | None) -> tuple[SoundFormat, Samples]:
    """Ask libsndfile for the format of a file, and how many frames it expects to decode.

    Raises:
        AudioError: if it cannot decode the file.

    """
    with opened(path) as file:
        encoding = ENCODINGS.get(file.subtype)
        if container is Container.MP3 and file.subtype in MPEG:
            encoding = Encoding.LOSSY
        if encoding is None:
            raise _unsupported(path, f"{file.subtype_info} in {container.upper()} cannot be read.")
        if container is Container.FLAC:
            _decode_last_frame(file, path)
        form = SoundFormat(container, encoding, file.samplerate, file.channels, channel_mask)
        return form, Samples(file.frames)


@contextmanager
def opened(path: Path) -> Iterator[soundfile.SoundFile]:
    """Open a file for decoding.

    Raises:
        AudioError: if libsndfile does not know the codec (``unsupported``) or stumbles over the header.

    """
    with ExitStack() as stack:
        yield stack.enter_context(_open(path, stack))


def _open(path: Path, stack: ExitStack) -> soundfile.SoundFile:
    try:
        return soundfile.SoundFile(stack.enter_context(_Bw64(path)) if _is_bw64(path) else path)
    except soundfile.LibsndfileError as error:
        if error.code == MALFORMED or "alformed" in error.error_string:
            message = f"The header is wrong: {error.error_string}"
            hint = "Copy or export it again."
            raise AudioError(message, path=path, code="damaged", hint=hint) from error
        raise _unsupported(path, f"It cannot be decoded: {error.error_string}") from error


class _Bw64(io.FileIO):
    """A BW64 file under the name of its older twin RF64, which is the one that libsndfile knows."""

    def readinto(self, buffer: "WriteableBuffer") -> int | None:
        """Read, with the first four bytes of the file replaced."""
        at = self.tell()
        count = super().readinto(buffer)
        if at < len(b"RF64") and count:
            name = b"RF64"[at : at + count]
            memoryview(buffer).cast("B")[: len(name)] = name
        return count


def _is_bw64(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"BW64"


def read_exactly(file: soundfile.SoundFile, sound: Sound, at: Samples, frames: int) -> RawBlock:
    """Decode the next frames of an open file.

    Args:
        file: open, and positioned at frame ``at``.
        sound: what it is.
        at: the position, for messages.
        frames: how many to decode.

    Returns:
        The file's own samples, shape (frames, channels).

    Raises:
        AudioError: if fewer come (``truncated``), or if a sample is NaN or infinite (``not-finite``).

    """
    try:
        block: RawBlock = file.read(frames, RAW_TYPES[sound.format.encoding].__name__, always_2d=True)
    except soundfile.LibsndfileError as error:
        raise cut_short(sound, at) from error
    if len(block) < frames:
        raise cut_short(sound, Samples(at + len(block)))
    refuse_not_finite(block, sound, at)
    return block


def refuse_not_finite(block: RawBlock, sound: Sound, at: Samples) -> None:
    """Refuse NaN and infinite samples in a block that starts at frame ``at``.

    Raises:
        AudioError: with the place of the first one (``not-finite``).

    """
    found = first_not_finite(block)
    if found is not None:
        frame, channel = at + found[0], found[1] + 1
        seconds = samples_to_seconds(Samples(frame), sound.format.rate)
        message = f"Sample {frame:,} ({seconds:.3f} s) of channel {channel} is not a number."
        hint = "Find the plug-in that made it, and export it again."
        raise AudioError(message, path=sound.path, code="not-finite", hint=hint)


def _decode_last_frame(file: soundfile.SoundFile, path: Path) -> None:
    """Prove that the end of a FLAC file is there: its header has no size in bytes."""
    if file.frames:
        try:
            file.seek(file.frames - 1)
            missing = len(file.read(1, "int32")) == 0
        except soundfile.LibsndfileError:
            missing = True
        if missing:
            message = "The file is cut short: its last frame cannot be decoded."
            raise AudioError(message, path=path, code="truncated", hint="Copy or export it again.")


def cut_short(sound: Sound, at: Samples) -> AudioError:
    """Say that a file ends before frame ``at``."""
    seconds = samples_to_seconds(at, sound.format.rate)
    message = f"The file is cut short: decoding ends at frame {at:,} ({seconds:.3f} s) of {sound.frames:,}."
    return AudioError(message, path=sound.path, code="truncated", hint="Copy or export it again.")


def _unsupported(path: Path, message: str) -> AudioError:
    return AudioError(message, path=path, code="unsupported", hint=CONVERT)
