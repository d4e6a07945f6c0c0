"""Files and archives that cannot be delivered, one for each kind of trouble that people meet."""

import io
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from acceptance.daemon_rig import RATE, wav_bytes

from stembridge.audio.sound import Encoding
from stembridge.testing import noise, write_sound

Maker = Callable[[Path], Path]
"""Makes the file in a folder and returns its path."""


def _bytes(name: str, content: bytes) -> Maker:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    return make


def _with(content: bytes, offset: int, new: bytes) -> bytes:
    return content[:offset] + new + content[offset + len(new) :]


def _float_with(value: float) -> Maker:
    def make(folder: Path) -> Path:
        path = write_sound(folder / f"float_{value}.wav", noise(0.5, RATE), RATE, encoding=Encoding.FLOAT32)
        content = bytearray(path.read_bytes())
        at = content.index(b"data") + 8 + 4 * 1001
        content[at : at + 4] = np.float32(value).tobytes()
        path.write_bytes(content)
        return path

    return make


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes], flags: int = 0) -> bytes:
    """Pack a zip; ``flags`` are set in the head of each entry."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    packed = bytearray(content.getvalue())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = packed.find(mark)
        while flags and at >= 0:
            packed[at + place] |= flags
            at = packed.find(mark, at + 4)
    return bytes(packed)


def _link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("Song/link.wav")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


GOOD = wav_bytes(seed=77)
SONG = ("Song/Song_Bass.wav", GOOD)

BAD: dict[str, Maker] = {
    "not-audio": _bytes("text.wav", b"This is a text. " * 100),
    "zero-bytes": _bytes("empty.wav", b""),
    "truncated": _bytes("short.wav", GOOD[: len(GOOD) // 2]),
    "truncated-header": _bytes("header.wav", GOOD[:30]),
    "data-size-lies": _bytes("lies.wav", _with(GOOD, 40, struct.pack("<I", 0x7FFFFFF0))),
    "no-channels": _bytes("channels.wav", _with(GOOD, 22, struct.pack("<H", 0))),
    "no-rate": _bytes("rate.wav", _with(GOOD, 24, struct.pack("<I", 0))),
    "no-sound": _bytes("silent.wav", _with(GOOD[:44], 40, bytes(4))),
    "truncated-flac": _bytes("short.flac", b"fLaC\x00\x00\x00\x22" + bytes(20)),
    "not-a-number": _float_with(float("nan")),
    "infinite": _float_with(float("inf")),
    "unsupported-codec": _bytes("codec.wav", _with(GOOD, 20, struct.pack("<H", 0x0161))),
    "unsupported-kind": _bytes("film.m4a", b"\x00\x00\x00\x20ftypM4A " + bytes(2000)),
    "zip-escapes": _bytes("escape.zip", zipped(SONG, ("../../evil.wav", GOOD))),
    "zip-escapes-backwards": _bytes("backslash.zip", zipped(SONG, ("..\\..\\evil.wav", GOOD))),
    "zip-absolute": _bytes("absolute.zip", zipped(SONG, ("/tmp/evil.wav", GOOD))),
    "zip-drive": _bytes("drive.zip", zipped(SONG, ("C:/evil.wav", GOOD))),
    "zip-link": _bytes("link.zip", zipped(SONG, (_link(), b"/etc/passwd"))),
    "zip-encrypted": _bytes("secret.zip", zipped(SONG, flags=1)),
    "zip-bomb": _bytes("bomb.zip", zipped(("Song/zeros.wav", bytes(8_000_000)))),
    "zip-damaged": _bytes("damaged.zip", zipped(SONG)[:-30]),
    "zip-without-audio": _bytes("texts.zip", zipped(("a.txt", b"a"), ("b.txt", b"b"))),
}
