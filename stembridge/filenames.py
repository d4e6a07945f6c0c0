"""File names as people and systems make them: their order, and those that are never part of a delivery."""

import re
import unicodedata

READ_SUFFIXES = frozenset(
    (
        *(".wav", ".wave", ".bwf", ".rf64", ".w64", ".aif", ".aiff", ".aifc", ".caf"),
        *(".flac", ".mp3", ".ogg", ".oga", ".opus"),
    )
)
"""The endings of sound files that stembridge reads."""

AUDIO_SUFFIXES = READ_SUFFIXES | {
    ".mp2",
    ".m4a",
    ".aac",
    ".ac3",
    ".eac3",
    ".ec3",
    ".wma",
    ".wv",
    ".ape",
    ".dsf",
}
"""The endings of sound files: one that cannot be read is an error, never passed over. A film is no sound file."""

SYSTEM_NAMES = frozenset(
    {
        "thumbs.db",
        "desktop.ini",
        "icon\r",
        "@eadir",
        "__macosx",
        "$recycle.bin",
        "lost+found",
        "system volume information",
    }
)
ANALYSIS_SUFFIXES = (".reapeaks", ".reapindex", ".pkf", ".sfk", ".asd")
TEMPORARY_SUFFIXES = (".part", ".partial", ".filepart", ".tmp", ".crdownload", ".download", ".opdownload")
RSYNC_NAME = re.compile(r"\..+\.[A-Za-z0-9]{6}")
DIGITS = re.compile(r"(\d+)")


def natural_order(name: str) -> tuple[tuple[str | int, ...], str]:
    """Make the sort key that puts ``Track2`` before ``Track10``; letter case counts only between equals."""
    folded = unicodedata.normalize("NFC", name).casefold()
    # The odd places of the split are the digits, so two keys only ever compare like with like.
    parts = [int(part) if place % 2 else part for place, part in enumerate(DIGITS.split(folded))]
    return tuple(parts), name


def is_temporary(name: str) -> bool:
    """Tell whether a name says that somebody is still writing: a download, an upload, rsync's own."""
    folded = name.casefold()
    return folded.endswith(TEMPORARY_SUFFIXES) or RSYNC_NAME.fullmatch(name) is not None


def is_leftover(name: str) -> bool:
    """Tell whether a file or folder is what systems and programs leave beside the sound.

    Hidden files (a dot in front, which covers ``._x``, ``.DS_Store`` and ``.stfolder``), thumbnails, peak
    files, editor backups and office locks.
    """
    folded = name.casefold()
    return _is_hidden(name) or folded.endswith(("~", *ANALYSIS_SUFFIXES)) or folded in SYSTEM_NAMES


def _is_hidden(name: str) -> bool:
    """Tell a hidden file from one whose name only looks like a way out: two dots and a backslash."""
    return name.startswith("~$") or (name.startswith(".") and not name.startswith(".."))
