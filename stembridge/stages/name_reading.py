"""One file name taken apart: folders, words, tags, channel; pure.

Whether a number in front and a letter at the end are parts of it, only the whole set of names decides.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from stembridge.stages.name_roles import find_hits
from stembridge.stages.name_tags import GONE, Tags, read_tags
from stembridge.stages.name_words import Word, split_words

SUFFIXES = frozenset(
    (
        *(
            ".wav",
            ".wave",
            ".bwf",
            ".rf64",
            ".w64",
            ".aif",
            ".aiff",
            ".aifc",
            ".caf",
            ".flac",
            ".mp2",
            ".mp3",
        ),
        *(".ogg", ".oga", ".opus", ".m4a", ".mp4", ".mov", ".mxf", ".aac", ".ac3", ".eac3", ".ec3", ".wma"),
        *(".wv", ".ape", ".sd2", ".dsf"),
    )
)
_SPEAKERS = ("L", "R", "C", "LFE", "Ls", "Rs", "Cs", "Lss", "Rss", "Lsr", "Rsr", "Lrs", "Rrs", "Lc", "Rc")
CHANNELS = {name.casefold(): name for name in _SPEAKERS} | {
    "left": "L",
    "right": "R",
    "center": "C",
    "centre": "C",
    "links": "L",
    "rechts": "R",
}
SIDES = ("L", "R")


@dataclass(frozen=True)
class Name:
    """A file name taken apart.

    Attributes:
        path: as it was given.
        folders: the folders in front of it.
        text: the name in NFC, without its suffix and with its tags blanked out.
        words: the words of ``text``.
        tags: what was blanked out.
        index: the number of the file in its delivery.
        channel: the channel of a file that holds one of several, as it ends its name.

    """

    path: str
    folders: tuple[str, ...]
    text: str
    words: tuple[Word, ...]
    tags: Tags
    index: int | None = None
    channel: str | None = None

    @property
    def folded(self) -> tuple[str, ...]:
        """The words as they compare."""
        return tuple(word.folded for word in self.words)


def read_names(paths: Sequence[str]) -> tuple[Name, ...]:
    """Take the names of one delivery apart; the result does not depend on their order."""
    names = tuple(_read_name(path) for path in paths)
    leads = {name.tags.lead.number if name.tags.lead else None for name in names}
    names = tuple(_settle_lead(name, varies=len(leads) > 1) for name in names)
    ends = {(name.folders, name.folded[:-1], _channel(name)) for name in names if name.words}
    return tuple(_settle_channel(name, ends) for name in names)


def text_between(name: Name, start: int, stop: int) -> str:
    """Return a piece of the name with its own separators, without the tags that stood in it."""
    piece = name.text[start:stop]
    joint = "_" if "_" in name.text or " " not in name.text else " "
    return re.sub(rf"[\s_.\-]*\{GONE}[\s_.\-{GONE}]*", joint, piece).strip(" _-.")


def _read_name(path: str) -> Name:
    pure = PurePosixPath(path)
    last = pure.name or path
    suffix = pure.suffix.casefold()
    stem = last[: -len(suffix)] if suffix in SUFFIXES else last
    tags = read_tags(unicodedata.normalize("NFC", stem.replace(GONE, "_")))
    index = tags.found.get("index")
    return Name(
        path,
        pure.parts[:-1],
        tags.rest,
        split_words(tags.rest),
        tags,
        int(index) if index is not None else None,
    )


def _settle_lead(name: Name, *, varies: bool) -> Name:
    """Take the number in front for the file's own, unless it is a word: ``99 Problems``, ``2 Mix``."""
    lead = name.tags.lead
    if lead is None or not (lead.sure or varies) or _is_word(name, lead.start):
        return name
    text = name.text[: lead.start] + GONE * (lead.stop - lead.start) + name.text[lead.stop :]
    return replace(name, text=text, words=split_words(text), index=lead.number)


def _is_word(name: Name, start: int) -> bool:
    return any(hit.words[0].start == start for hit in find_hits(name.words))


def _channel(name: Name) -> str | None:
    return CHANNELS.get(name.words[-1].folded) if name.words else None


def _settle_channel(name: Name, ends: set[tuple[tuple[str, ...], tuple[str, ...], str | None]]) -> Name:
    """Take the last word for a channel when a word for a stem or another channel of the same name says so."""
    channel = _channel(name)
    if channel is None:
        return name
    rest = name.words[:-1]
    sides = [(name.folders, name.folded[:-1], side) in ends for side in SIDES if side != channel]
    known = channel not in ("C", "Cs") and bool(find_hits(rest))
    if not rest or not (any(sides) or known):
        return name
    return replace(name, words=rest, channel=channel)
