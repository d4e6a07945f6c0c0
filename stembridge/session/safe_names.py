"""Safe names: any text made into the name of one file or folder, on Windows, macOS and Linux alike; pure.

Sources: Microsoft, "Naming Files, Paths, and Namespaces"; Unicode UAX 9 (bidirectional controls), 15 (NFC)
and 29 (grapheme clusters).
"""

import re
import unicodedata

import regex

FALLBACK = "untitled"
ROOM_BYTES = 220
"""UTF-8 bytes of a name: the 255 of any file system, less room for a number, an ending, a temporary mark."""

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x7f-\x9f\ud800-\udfff\ufffe\uffff]')
_BLANK = re.compile(r"[\x00-\x1f\u2028\u2029]")
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|clock\$|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3]) *(?:\.|\Z)",
    re.IGNORECASE,
)
_ENDING = re.compile(r"\.(?:[A-Za-z][A-Za-z0-9]{0,3}|sha256|RTrackTemplate)\Z")


def safe_component(text: str, *, limit: int = 120) -> str:
    """Make text the name of one file or folder, safe on all three systems.

    Unicode is kept, as NFC. Characters that a system forbids become ``_``, tabs and line ends become spaces,
    invisible and direction-changing characters go (the joiners inside emoji stay), dots and spaces at either
    end go, and a Windows device name gets a ``_`` in front. A long name is cut between two graphemes; its
    ending (``.wav``) stays. Making a safe name safe changes nothing.

    Args:
        text: anything.
        limit: the most characters, 16 or more; there are never more than ``ROOM_BYTES`` bytes of UTF-8.

    Returns:
        The name, never empty.

    """
    name = text
    while (cleaner := _clean(name, limit)) != name:
        name = cleaner
    return name


def fit(name: str, *, characters: int, most_bytes: int) -> str:
    """Cut a name between two graphemes, so that it has no more than so many characters and bytes of UTF-8."""
    kept, used = "", 0
    for grapheme in regex.findall(r"\X", name):
        used += len(grapheme.encode("utf-8", "replace"))
        if len(kept) + len(grapheme) > characters or used > most_bytes:
            break
        kept += grapheme
    return kept


def split_ending(name: str) -> tuple[str, str]:
    """Split a name into its stem and its ending (``.wav``); ``44.1k24b`` has none."""
    found = _ENDING.search(name)
    return (name[: found.start()], found.group()) if found and found.start() else (name, "")


def _clean(text: str, limit: int) -> str:
    name = _INVISIBLE.sub("", _FORBIDDEN.sub("_", _BLANK.sub(" ", unicodedata.normalize("NFC", text))))
    name = _trimmed(name) or FALLBACK
    if _RESERVED.match(name):
        name = f"_{name}"
    stem, ending = split_ending(name)
    most_bytes = ROOM_BYTES - len(ending.encode("utf-8", "replace"))
    return _trimmed(fit(stem, characters=limit - len(ending), most_bytes=most_bytes) + ending) or FALLBACK


def _trimmed(name: str) -> str:
    return regex.sub(r"\A[\s.]+|[\s.]+\Z", "", name)
