"""What a sound file is, and the blocks it is read in.

Audio is float32 with shape ``(frames, channels)`` and full scale at 1.0 everywhere in the package.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stembridge.units import Hertz, Samples, Seconds, samples_to_seconds

Block = NDArray[np.float32]
"""Float32 audio, shape ``(frames, channels)``, full scale at 1.0."""

RawBlock = NDArray[np.int16] | NDArray[np.int32] | NDArray[np.float32] | NDArray[np.float64]
"""Audio in a type that holds the file's own samples without loss, shape ``(frames, channels)``.

Integers are left-justified: 24-bit samples fill the upper 24 bits of an int32.
"""

BLOCK_FRAMES = Samples(65_536)


class Container(StrEnum):
    """The kind of file. ``WAV`` covers RIFF, WAVEX and RF64, which a WAV becomes by itself over 4 GiB."""

    WAV = "wav"
    W64 = "w64"
    AIFF = "aiff"
    CAF = "caf"
    FLAC = "flac"
    MP3 = "mp3"
    OGG = "ogg"


class Encoding(StrEnum):
    """How one sample is stored."""

    INT8 = "int8"
    INT16 = "int16"
    INT24 = "int24"
    INT32 = "int32"
    FLOAT32 = "float32"
    FLOAT64 = "float64"
    LOSSY = "lossy"

    @property
    def bits(self) -> int:
        """Bits a sample; 32 for a lossy codec, which decodes to float32."""
        return 32 if self is Encoding.LOSSY else int("".join(c for c in self.value if c.isdigit()))

    @property
    def is_integer(self) -> bool:
        """True for the fixed-point encodings."""
        return self.value.startswith("int")


@dataclass(frozen=True)
class SoundFormat:
    """How audio is stored: what a conversion can change.

    Attributes:
        container: the kind of file.
        encoding: how one sample is stored.
        rate: frames a second.
        channels: 1 to 64.
        channel_mask: the WAVEX speaker mask; None when the file does not say.

    """

    container: Container
    encoding: Encoding
    rate: Hertz
    channels: int
    channel_mask: int | None = None


@dataclass(frozen=True)
class Sound:
    """A readable sound file, as its header and its size agree on it.

    Attributes:
        path: the file.
        format: what it holds.
        frames: its length.
        plain_start: the byte that plain little-endian samples begin at; None where they have to be decoded.

    """

    path: Path
    format: SoundFormat
    frames: Samples
    plain_start: int | None = field(default=None, compare=False, repr=False)

    @property
    def duration(self) -> Seconds:
        """The length in seconds."""
        return samples_to_seconds(self.frames, self.format.rate)
