"""One file name taken apart: folders, words, tags, channel; pure.

Whether a number in front and a letter at the end are parts of it, only the whole set of names decides.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from stembridge.filenames import AUDIO_SUFFIXES
from stembridge.stages.name_roles import find_hits
from stembridge.stages.name_tags import GONE, Tags, read_tags
from stembridge.stages.name_words import Word, split_words

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
    ends = {_side(name) for name in names}
    return tuple(_settle_channel(name, ends) for name in names)


def text_between(name: Name, start: int, stop: int) -> str:
    """Return a piece of the name with its own separators, without the tags that stood in it."""
    piece = name.text[start:stop]
    joint = "_" if "_" in name.text or " " not in name.text else " "
    return re.sub(rf"[\s_.\-]*\{GONE}[\s_.\-{GONE}]*", joint, piece).strip(" _-.")


def _read_name(path: str) -> Name:
    composed = unicodedata.normalize("NFC", path)
    pure = PurePosixPath(composed)
    last = pure.name or composed
    suffix = pure.suffix.casefold()
    stem = last[: -len(suffix)] if suffix in AUDIO_SUFFIXES else last
    tags = read_tags(stem.replace(GONE, "_"))
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


def _channel_place(name: Name) -> int | None:
    """Return the place of a word for a channel at the end, a number behind it not counting: ``Gtr L_02``."""
    place = len(name.words) - 1
    if place > 0 and name.words[place].folded.isdecimal():
        place -= 1
    return place if place > 0 and name.words[place].folded in CHANNELS else None


def _side(name: Name) -> tuple[tuple[str, ...], tuple[str, ...], str | None]:
    """Return what two files of one multi-channel stem have in common, and the channel."""
    place = _channel_place(name)
    if place is None:
        return name.folders, name.folded, None
    channel = CHANNELS[name.words[place].folded]
    return name.folders, (*name.folded[:place], *name.folded[place + 1 :]), channel


def _settle_channel(name: Name, sides: set[tuple[tuple[str, ...], tuple[str, ...], str | None]]) -> Name:
    """Take the last word for a channel when a word for a stem or another channel of the same name says so."""
    place = _channel_place(name)
    if place is None:
        return name
    folders, folded, channel = _side(name)
    has_other = any((folders, folded, side) in sides for side in SIDES if side != channel)
    is_known = channel not in ("C", "Cs") and bool(find_hits(name.words[:place]))
    if not (has_other or is_known):
        return name
    return replace(name, words=(*name.words[:place], *name.words[place + 1 :]), channel=channel)
