"""Samples that lie in a file as they are, interleaved and little-endian, which need no decoder.

24 bits are the reason: libsndfile takes 7 ns for a sample that is widened to 32 bits here in half a nanosecond.
"""

from collections.abc import Iterator
from io import BufferedReader
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stembridge.audio.headers.source import Header, told_as_unreadable
from stembridge.audio.libsndfile.decode import cut_short, refuse_not_finite
from stembridge.audio.samples import RAW_TYPES
from stembridge.audio.sound import Encoding, RawBlock, Sound, SoundFormat
from stembridge.units import Samples

Octets = NDArray[np.uint8]

PLAIN = (Encoding.INT16, Encoding.INT24, Encoding.INT32, Encoding.FLOAT32, Encoding.FLOAT64)


def plain_start(header: Header, form: SoundFormat) -> int | None:
    """Return the byte that plain samples begin at; None where a file has to be decoded.

    Args:
        header: what the file says of itself.
        form: what libsndfile makes of it.

    """
    if header.samples is None or form.encoding not in PLAIN:
        return None
    start, frame_size = header.samples
    return start if frame_size == form.channels * form.encoding.bits // 8 else None


def read_plain(sound: Sound, first: int, *, start: Samples, stop: Samples, frames: int) -> Iterator[RawBlock]:
    """Read samples that begin at the byte ``first``; see ``read_raw_blocks``.

    Raises:
        AudioError: if the file ends early (``truncated``), has a NaN or infinite sample (``not-finite``), or the
            disk or share fails (``unreadable``).

    """
    with sound.path.open("rb") as file:
        file.seek(first + start * sound.format.channels * sound.format.encoding.bits // 8)
        for at in range(start, stop, frames):
            yield _read(file, sound, Samples(at), min(frames, stop - at))


def _read(file: BufferedReader, sound: Sound, at: Samples, frames: int) -> RawBlock:
    form = sound.format
    count = frames * form.channels
    if form.encoding is Encoding.INT24:
        octets = np.empty(1 + 3 * count, np.uint8)
        _fill(octets[1:], file, sound, at)
        flat = _left_justified(octets)
    else:
        little: np.dtype[Any] = np.dtype(RAW_TYPES[form.encoding]).newbyteorder("<")
        stored = np.empty(count, little)
        _fill(stored.view(np.uint8), file, sound, at)
        flat = stored.astype(little.newbyteorder("="), copy=False)
    block: RawBlock = flat.reshape(frames, form.channels)
    refuse_not_finite(block, sound, at)
    return block


def _fill(octets: Octets, file: BufferedReader, sound: Sound, at: Samples) -> None:
    with told_as_unreadable(sound.path):
        filled = file.readinto(octets.data)
    if filled < len(octets):
        frame_size = sound.format.channels * sound.format.encoding.bits // 8
        raise cut_short(sound, Samples(at + filled // frame_size))


def _left_justified(octets: Octets) -> RawBlock:
    """Widen 24-bit samples, which begin at the second byte, by reading each with the byte before it."""
    overlapping: NDArray[np.int32] = np.ndarray((len(octets) // 3,), "<i4", octets.data, strides=(3,))
    return np.bitwise_and(overlapping, np.int32(-256))
