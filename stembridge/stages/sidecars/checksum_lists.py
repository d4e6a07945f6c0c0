"""Checksum lists as text: what ``md5sum``, ``shasum``, BSD's ``md5`` and ``openssl dgst`` write; pure.

``d41d8c...  Drums.wav``, ``d41d8c... *Drums.wav``, ``SHA256 (Drums.wav) = e3b0c4...``, and the hash alone in a
file that is called after the one it is of (``Drums.wav.md5``). How long a hash is says which one it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

ALGORITHMS = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}
"""Hash functions by the digits of their result."""

SUFFIXES = frozenset(
    (*(".md5", ".sha1", ".sha256", ".sha512", ".sha"), *(".md5sum", ".sha1sum", ".sha256sum", ".sha512sum"))
)

_KINDS = "md5|sha-?1|sha-?256|sha-?512"
_NAMES = re.compile(rf".*(check|{_KINDS}|sha)[ _-]?sums?|(manifest-)?({_KINDS})")
_ENDINGS = frozenset({"", ".txt", ".lst"})
_GNU = re.compile(r"(\\?)([0-9a-fA-F]{32,128})(?:\s+\*?|\s*\*)(\S.*)")
_BSD = re.compile(r"[A-Za-z][\w/-]*\s?\((.+)\)\s?=\s*([0-9a-fA-F]{32,128})")
_ALONE = re.compile(r"[0-9a-fA-F]{32,128}")
_ESCAPED = {"\\\\": "\\", "\\n": "\n", "\\r": "\r"}


@dataclass(frozen=True)
class Listed:
    """One line of a list: a file and the hash it should have.

    Attributes:
        name: the file as the list writes it, with ``/``.
        algorithm: ``md5``, ``sha1``, ``sha256`` or ``sha512``.
        digest: hexadecimal, in lower case.

    """

    name: str
    algorithm: str
    digest: str


def is_checksum_list(name: PurePosixPath) -> bool:
    """Tell whether a file is a list of checksums, by its name."""
    suffix = name.suffix.lower()
    return suffix in SUFFIXES or (suffix in _ENDINGS and _NAMES.fullmatch(name.stem.lower()) is not None)


def read_checksums(text: str, name: PurePosixPath) -> tuple[tuple[Listed, ...], int]:
    """Read a list.

    Args:
        text: what is in it.
        name: what it is called, for a hash that stands alone.

    Returns:
        What it lists, and how many lines it has that are neither that nor comments.

    """
    lines = [line.strip() for line in text.split("\n")]
    lines = [line for line in lines if line and not line.startswith(("#", ";"))]
    listed = [entry for line in lines for entry in _entry(line, name)]
    return tuple(listed), len(lines) - len(listed)


def _entry(line: str, name: PurePosixPath) -> Iterator[Listed]:
    if found := _GNU.fullmatch(line):
        yield from _listed(_unescaped(found[3]) if found[1] else found[3], found[2])
    elif found := _BSD.fullmatch(line):
        yield from _listed(found[1], found[2])
    elif _ALONE.fullmatch(line) and name.suffix.lower() in SUFFIXES:
        yield from _listed(name.stem, line)


def _listed(name: str, digest: str) -> Iterator[Listed]:
    algorithm = ALGORITHMS.get(len(digest))
    if algorithm is not None:
        yield Listed(name, algorithm, digest.lower())


def _unescaped(name: str) -> str:
    return re.sub(r"\\[\\nr]", lambda found: _ESCAPED[found[0]], name)
