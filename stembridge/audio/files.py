"""Sound files in: what a file is, verified, and its samples in blocks. Out: ``SoundWriter``."""

from collections.abc import Iterator
from pathlib import Path

from stembridge.audio.containers import MOST_CHANNELS
from stembridge.audio.flac_sum import FlacSum
from stembridge.audio.headers.read import read_header
from stembridge.audio.headers.source import Header
from stembridge.audio.libsndfile.decode import decoded_format, opened, read_exactly, refuse_not_finite
from stembridge.audio.plain import plain_start, read_plain
from stembridge.audio.samples import to_float
from stembridge.audio.sound import BLOCK_FRAMES, Block, Container, Encoding, RawBlock, Sound
from stembridge.audio.writer import SoundWriter
from stembridge.errors import AudioError
from stembridge.units import Samples

__all__ = ["SoundWriter", "open_sound", "read_blocks", "read_raw_blocks"]

START = Samples(0)
LEAST_HERTZ, MOST_HERTZ = 1_000, 6_144_000
"""Far outside of what is recorded; a header that lies about the rate would be an hour for each second of sound."""


def open_sound(path: Path) -> Sound:
    """Read what a sound file is, and check that the file holds what its header says.

    Args:
        path: a WAV, RF64, W64, AIFF, CAF, FLAC, MP3 or Ogg (Vorbis, Opus) file.

    Returns:
        Its format and length. Nothing is decoded, but the last frame of a FLAC.

    Raises:
        AudioError: with the code ``empty``, ``not-audio``, ``unsupported``, ``truncated`` (bytes are
            missing, or the writer never finished), ``damaged`` (the header contradicts itself) or
            ``unreadable`` (the disk or share failed).
        FileNotFoundError: if there is no such file.
        PermissionError: if it may not be read.

    """
    header = read_header(path)
    form, frames = decoded_format(path, header.container, header.channel_mask)
    if form.channels > MOST_CHANNELS:
        message = f"It has {form.channels} channels; stembridge handles up to {MOST_CHANNELS}."
        raise AudioError(message, path=path, code="unsupported", hint="Split it into several files.")
    if not LEAST_HERTZ <= form.rate <= MOST_HERTZ:
        message = f"The header gives a sample rate of {form.rate:,} Hz, which no recording has."
        raise AudioError(message, path=path, code="damaged", hint="Export it again.")
    return Sound(path, form, _agreed(header, Sound(path, form, frames)), plain_start(header, form))


def read_raw_blocks(
    sound: Sound, *, frames: int = BLOCK_FRAMES, start: Samples = START, stop: Samples | None = None
) -> Iterator[RawBlock]:
    """Read a file's own samples, without loss.

    Args:
        sound: the file.
        frames: the length of a block; the last one may be shorter.
        start: the first frame to read.
        stop: the frame to stop before; the end of the file without it.

    Yields:
        Blocks of shape (frames, channels): int16 for 8 and 16 bits, int32 for 24 and 32 (left-justified),
        float32, float64; float32 for lossy codecs.

    Raises:
        AudioError: if the file ends early (``truncated``), has a NaN or infinite sample (``not-finite``), the
            disk or share fails (``unreadable``), or, at the end of a whole FLAC file, its samples are not what its
            checksum says (``damaged``).

    """
    end = sound.frames if stop is None else stop
    if not 0 <= start <= end <= sound.frames:
        raise ValueError(f"frames {start} to {end} are not in a file of {sound.frames}")
    if sound.plain_start is not None:
        yield from read_plain(sound, sound.plain_start, start=start, stop=end, frames=frames)
        return
    with opened(sound.path) as file:
        if start:
            file.seek(start)
        summed = _sum_of(sound) if (start, end) == (START, sound.frames) else None
        for at in range(start, end, frames):
            block = read_exactly(file, sound, Samples(at), min(frames, end - at))
            if summed is not None:
                summed.add(block)
            yield block
        if summed is not None:
            summed.confirm()


def read_blocks(
    sound: Sound, *, frames: int = BLOCK_FRAMES, start: Samples = START, stop: Samples | None = None
) -> Iterator[Block]:
    """Read a file as float32 with full scale at 1.0; see ``read_raw_blocks``."""
    at = start
    for raw in read_raw_blocks(sound, frames=frames, start=start, stop=stop):
        block = to_float(raw)
        if sound.format.encoding is Encoding.FLOAT64:
            refuse_not_finite(block, sound, at)
        at = Samples(at + len(block))
        yield block


def _sum_of(sound: Sound) -> FlacSum | None:
    return FlacSum.of(sound.path) if sound.format.container is Container.FLAC else None


def _agreed(header: Header, decoded: Sound) -> Samples:
    """Settle the length between the header and the decoder; the last block of a codec may decode to more."""
    if header.frames is None or decoded.frames == header.frames:
        return decoded.frames
    if decoded.frames > header.frames:
        return header.frames
    if header.container is Container.MP3:
        message = "This MP3 does not say how long it is, and its bit rate varies."
        hint = "Convert it to WAV first: ffmpeg -i IN OUT.wav."
        raise AudioError(message, path=decoded.path, code="unsupported", hint=hint)
    message = (
        f"The file is cut short: its header promises {header.frames:,} frames, it has {decoded.frames:,}."
    )
    raise AudioError(message, path=decoded.path, code="truncated", hint="Copy or export it again.")
