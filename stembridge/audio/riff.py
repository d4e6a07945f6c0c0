"""Write WAV files: RIFF that becomes RF64 by itself when it grows too large.

The same sound and metadata give the same bytes: no PEAK chunk, no time stamps. The layout is
``RIFF JUNK|ds64 fmt [fact] [before...] data [after...]``. Sources: the RIFF MCI data standard, Microsoft's
WAVEFORMATEXTENSIBLE, EBU Tech 3306 (the JUNK chunk that makes room for ds64).
"""

import struct
from typing import BinaryIO

from stembridge.audio.chunks_walk import chunk_bytes
from stembridge.audio.metadata import WavChunks
from stembridge.audio.samples import packed
from stembridge.audio.sound import Encoding, RawBlock, SoundFormat
from stembridge.errors import ConformError
from stembridge.units import Samples

RIFF_LIMIT = 0xFFFF_FFFE
"""The largest size that a RIFF header can say: all ones means RF64, or an unfinished file."""

UNKNOWN_32 = 0xFFFF_FFFF
DS64 = struct.Struct("<QQQI")
PCM, FLOAT, EXTENSIBLE = 0x0001, 0x0003, 0xFFFE
GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")
DEFAULT_MASKS = {1: 0x4, 2: 0x3}
"""Centre; left and right. More channels without a mask stay without places: nothing is guessed."""


class RiffWriter:
    """Writes one WAV file from left to right, then fills in the sizes.

    Attributes:
        frames: how many frames were written.

    """

    def __init__(
        self, file: BinaryIO, form: SoundFormat, chunks: WavChunks, *, rf64_over: int = RIFF_LIMIT
    ) -> None:
        """Write the header, with sizes that say that the file is not finished.

        Args:
            file: empty, open for writing and seeking; closed by the caller.
            form: the format, of container ``WAV``.
            chunks: what goes before and after the sound.
            rf64_over: the largest RIFF size; above it the file becomes RF64.

        """
        self.frames = Samples(0)
        self._file = file
        self._form = form
        self._chunks = chunks
        self._rf64_over = rf64_over
        head = wav_head(form, chunks, Samples(0))
        file.write(head[:4] + bytes(4) + head[8:])

    def write(self, block: RawBlock) -> None:
        """Append frames of the encoding's own type, shape (frames, channels)."""
        self._file.write(packed(block, self._form.encoding))
        self.frames = Samples(self.frames + len(block))

    def revise(self, chunks: WavChunks) -> None:
        """Replace the chunks, until ``finish``. Those before the sound must not change in size.

        Raises:
            ConformError: if they would not fit where the old ones are.

        """
        if len(_joined(chunks.before)) != len(_joined(self._chunks.before)):
            raise ConformError("The metadata before the sound can no longer grow.", code="metadata")
        self._chunks = chunks

    def finish(self) -> None:
        """Write what follows the sound, and the true sizes."""
        self._file.write(bytes(self.frames * _frame_bytes(self._form) % 2) + _joined(self._chunks.after))
        self._file.seek(0)
        self._file.write(wav_head(self._form, self._chunks, self.frames, rf64_over=self._rf64_over))


def wav_head(form: SoundFormat, chunks: WavChunks, frames: Samples, *, rf64_over: int = RIFF_LIMIT) -> bytes:
    """Build everything before the first sample; its length hangs on ``form`` and ``chunks.before`` alone."""
    body = _format_chunk(form) + _fact_chunk(form, frames) + _joined(chunks.before)
    data_size = frames * _frame_bytes(form)
    head_size = 12 + 8 + DS64.size + len(body) + 8
    riff_size = head_size - 8 + data_size + data_size % 2 + len(_joined(chunks.after))
    if riff_size <= rf64_over:
        start = struct.pack("<4sI4s", b"RIFF", riff_size, b"WAVE") + chunk_bytes((b"JUNK", bytes(DS64.size)))
        return start + body + struct.pack("<4sI", b"data", data_size)
    sizes = DS64.pack(riff_size, data_size, frames, 0)
    start = struct.pack("<4sI4s", b"RF64", UNKNOWN_32, b"WAVE") + chunk_bytes((b"ds64", sizes))
    return start + body + struct.pack("<4sI", b"data", UNKNOWN_32)


def _joined(chunks: tuple[tuple[bytes, bytes], ...]) -> bytes:
    return b"".join(chunk_bytes(chunk) for chunk in chunks)


def _frame_bytes(form: SoundFormat) -> int:
    return form.channels * form.encoding.bits // 8


def _format_chunk(form: SoundFormat) -> bytes:
    bits, size = form.encoding.bits, _frame_bytes(form)
    tag = PCM if form.encoding.is_integer else FLOAT
    extensible = _is_extensible(form)
    shown = EXTENSIBLE if extensible else tag
    fields = struct.pack("<HHIIHH", shown, form.channels, form.rate, form.rate * size, size, bits)
    if extensible:
        fields += struct.pack("<HHIH", 22, bits, _mask(form), tag) + GUID_TAIL
    elif tag == FLOAT:
        fields += bytes(2)
    return chunk_bytes((b"fmt ", fields))


def _is_extensible(form: SoundFormat) -> bool:
    """Say what Microsoft asks for: more than two channels or 16 bits, or places other than the usual."""
    is_deep = form.encoding in (Encoding.INT24, Encoding.INT32)
    return is_deep or form.channels > 2 or _mask(form) != DEFAULT_MASKS[form.channels]


def _mask(form: SoundFormat) -> int:
    return DEFAULT_MASKS.get(form.channels, 0) if form.channel_mask is None else form.channel_mask


def _fact_chunk(form: SoundFormat, frames: Samples) -> bytes:
    if form.encoding.is_integer:
        return b""
    return chunk_bytes((b"fact", struct.pack("<I", min(frames, UNKNOWN_32))))
