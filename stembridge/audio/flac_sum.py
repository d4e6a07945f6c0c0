"""The MD5 of its samples that a FLAC file carries (RFC 9639, 8.2): damaged frames may decode all the same."""

import hashlib
from pathlib import Path

import numpy as np

from stembridge.audio.flac_blocks import find_blocks, read_stream_info
from stembridge.audio.sound import RawBlock
from stembridge.errors import AudioError


class FlacSum:
    """Sums the samples of a FLAC file while they are read, from the first to the last."""

    def __init__(self, path: Path, bits: int, expected: bytes) -> None:
        self._path = path
        self._bits = bits
        self._expected = expected
        self._digest = hashlib.md5(usedforsecurity=False)

    @classmethod
    def of(cls, path: Path) -> "FlacSum | None":
        """Read what the samples have to sum to; None where the file does not say."""
        with path.open("rb") as file:
            blocks = find_blocks(file)
            stream = read_stream_info(file, blocks[0]) if blocks else None
        return cls(path, stream.bits, stream.md5) if stream and any(stream.md5) else None

    def add(self, raw: RawBlock) -> None:
        """Take the next samples, left-justified, shape (frames, channels)."""
        values = np.right_shift(raw, 8 * raw.itemsize - self._bits).astype("<i4")
        octets = values.reshape(-1).view(np.uint8).reshape(-1, 4)
        stored = np.empty((len(octets), -(-self._bits // 8)), np.uint8)
        for place in range(stored.shape[1]):  # strided copies are faster than one of the slice
            stored[:, place] = octets[:, place]
        self._digest.update(stored.data)

    def confirm(self) -> None:
        """Confirm that all samples were what was written.

        Raises:
            AudioError: with the code ``damaged``, if they were not.

        """
        if self._digest.digest() != self._expected:
            raise AudioError(
                "The sound of this FLAC file is not what its own checksum says: it is damaged.",
                path=self._path,
                code="damaged",
                hint="Copy it again from where it came, or ask the sender for it.",
            )
