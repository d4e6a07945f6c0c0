"""The words of a file name, as people separate them: by spaces, marks, capitals and digits; pure."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

import regex

_WORD = re.compile(r"U{2,}s(?![ls])|U+(?![ls])|U?[ls]+|d+|o+")
_PICTURE = regex.compile(
    r"(?![\u266d-\u266f])[\p{Extended_Pictographic}\p{Regional_Indicator}\p{Emoji_Modifier}]"
)
"""A character that is a picture, or part of one; the flat, natural and sharp of a key are not."""

_JOINER = "\u200d"
_STRONG_GAP = re.compile(r"[|()\[\]{}–—]|\s-|-\s")


@dataclass(frozen=True)
class Word:
    """A word of a name.

    Attributes:
        text: as it is written.
        folded: without case and accents, for comparing.
        start: the place of its first character in the name.
        stop: the place behind its last character.
        part: the number of the part of the name it stands in; ``My Song_Lead Vox`` has two.

    """

    text: str
    folded: str
    start: int
    stop: int
    part: int


def fold(text: str) -> str:
    """Drop case, accents and typographic variants, so that ``Batería`` and ``BATERIA`` are the same."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in decomposed if not unicodedata.category(char).startswith("M"))


def split_words(name: str) -> tuple[Word, ...]:
    """Split a name into words; ``GtrsL`` are two, ``BGVs`` is one, ``Don't`` is one."""
    found = [match.span() for match in _WORD.finditer(_shape(name))]
    gaps = [name[one[1] : other[0]] for one, other in pairwise(found)]
    underscores = any("_" in gap for gap in gaps) and any(" " in gap or "-" in gap for gap in gaps)
    words, part = [], 0
    for place, (start, stop) in enumerate(found):
        gap = gaps[place - 1] if place else ""
        part += bool(_STRONG_GAP.search(gap)) or (underscores and "_" in gap)
        words.append(Word(name[start:stop], fold(name[start:stop]), start, stop, part))
    return tuple(words)


def _shape(name: str) -> str:
    """Write the kind of each character: Upper, lower, s, digit, other letter, or a separator."""
    kinds: list[str] = []
    for place, char in enumerate(name):
        kinds.append(_kind(char, kinds[-1] if kinds else "_", name[place + 1 : place + 2]))
    return "".join(kinds)


def _kind(char: str, before: str, after: str) -> str:
    if char.isdecimal():
        return "d"
    if _PICTURE.match(char):
        return "o"
    if unicodedata.category(char).startswith("M") or char == _JOINER or (char in "'’" and after.isalpha()):
        return "l" if before in "Us" else before
    if not char.isalpha() and char not in "ーｰ":
        return "_"
    if char.isupper():
        return "U"
    if char.islower():
        return "s" if char == "s" else "l"
    return "o"
