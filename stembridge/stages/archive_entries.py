"""What the entries of a zip may be called and may be, before any of them is written; pure.

A name is refused when it points out of the archive, and made safe when some system merely cannot write it.
Backslashes are separators, because programs on Windows write them so, and then the same rules hold.
"""

import re
import stat
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from zipfile import ZipInfo

from stembridge.filenames import is_leftover
from stembridge.session.safe_names import safe_component

UTF8_FLAG = 0x800
ENCRYPTED_FLAGS = 0x1 | 0x40 | 0x2000
LONGEST_NAME = 200
LONGEST_PATH = 1000
DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True)
class Entry:
    """One file of an archive, and where it goes below the folder it is unpacked in."""

    info: ZipInfo
    path: PurePosixPath


class Refused(ValueError):  # noqa: N818 - says what happened to the archive; becomes an IntakeError
    """An entry that is not unpacked: ``args`` are a code, what is wrong, and the entry's name."""


def choose_entries(infos: Iterable[ZipInfo]) -> list[Entry]:
    """Choose the files to unpack: no folders, and nothing that systems leave beside the sound.

    Raises:
        Refused: if an entry is unsafe, or two would be one file on a system that ignores letter case.

    """
    entries: list[Entry] = []
    taken: dict[str, bool] = {}
    for info in infos:
        name = decoded_name(info)
        path = _path_within(name)
        _refuse_special(info, name)
        if not name.endswith(("/", "\\")) and not any(is_leftover(part) for part in path.parts):
            safe = _made_safe(path, name)
            _claim(safe, taken, name)
            entries.append(Entry(info, safe))
    return entries


def decoded_name(info: ZipInfo) -> str:
    """Return the name as it was meant: some programs write UTF-8 and do not say so."""
    if not info.flag_bits & UTF8_FLAG:
        try:
            return info.orig_filename.encode("cp437").decode("utf-8")
        except UnicodeError:
            return info.orig_filename
    return info.orig_filename


def _path_within(name: str) -> PurePosixPath:
    slashed = name.replace("\\", "/")
    if slashed.startswith("/") or DRIVE.match(slashed):
        raise Refused("archive-absolute", "is an absolute path", name)
    if any(ord(character) < 32 for character in name):
        raise Refused("archive-name", "has control characters in its name", name)
    parts = [part for part in slashed.split("/") if part not in ("", ".")]
    if any(not part.strip(". ") for part in parts):  # Windows reads ".. " and "..." as ".." or nothing
        raise Refused("archive-escape", "points out of the archive", name)
    return PurePosixPath(*parts)


def _made_safe(path: PurePosixPath, name: str) -> PurePosixPath:
    if not path.parts:
        raise Refused("archive-name", "names no file", name)
    safe = PurePosixPath(*(safe_component(part, limit=LONGEST_NAME) for part in path.parts))
    if len(str(safe)) > LONGEST_PATH:
        raise Refused("archive-name", "has a path that is too long", name)
    return safe


def _refuse_special(info: ZipInfo, name: str) -> None:
    if info.flag_bits & ENCRYPTED_FLAGS:
        raise Refused("archive-encrypted", "is encrypted", name)
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        raise Refused("archive-link", "is a link", name)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Refused("archive-device", "is neither a file nor a folder", name)


def _claim(path: PurePosixPath, taken: dict[str, bool], name: str) -> None:
    """Take a path for a file, and its parents for folders; none can be both, and a file only once."""
    folded = [_folded(each) for each in (path, *path.parents) if each.parts]
    if folded[0] in taken or any(taken.get(parent, False) for parent in folded[1:]):
        raise Refused("archive-same-name", "has the same name as another entry, letter case aside", name)
    taken[folded[0]] = True
    taken.update(dict.fromkeys(folded[1:], False))


def _folded(path: PurePosixPath) -> str:
    return unicodedata.normalize("NFC", str(path).casefold())
