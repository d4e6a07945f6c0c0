"""Which version of a song a name says it is: a cut of so many seconds, an alternative mix, an instrumental; pure."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

LENGTHS = (10, 15, 20, 30, 40, 45, 60, 90, 120)
"""Seconds that cuts of adverts are made to, in names that give a bare number."""

_EDGE = r"(?<![^\W_])"
_END = r"(?![^\W_])"
_SECONDS = re.compile(
    rf"{_EDGE}([1-9]\d{{0,2}})\s?(?:(?:s|secs?|seconds?|sek)(?![^\W_])|\"|''|\u2033|\u201d|[-_ ]second(?![^\W_]))",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    rf"{_EDGE}0?([0-2])[:._'\u2019]([0-5]\d){_END}(?=\s*(?:cut|version|edit|mix))", re.IGNORECASE
)
_BARE = re.compile(rf"(?<=[\s_-])({'|'.join(map(str, sorted(LENGTHS, reverse=True)))})(?=[\s_-]|$)")
_WORDS = {
    "full": r"full[ _-]?(?:length|version)?(?:[ _-]?mix)?",
    "alt": r"alt(?:ernat(?:e|ive))?(?:[ _-]?(?:mix|version|ver|edit))?(?:[ _-]?\d)?",
    "instrumental": r"(?:instrumental|instr?)(?:[ _-]?(?:mix|version))?",
    "underscore": r"underscore(?:[ _-]?(?:mix|version))?",
    "radio edit": r"radio[ _-]?(?:edit|mix|version)",
    "extended": r"extended(?:[ _-]?(?:mix|version))?",
    "short": r"short[ _-]?(?:edit|mix|version)",
    "cutdown": r"cut[ _-]?down",
    "bumper": r"bumper",
    "sting": r"sting(?:er)?",
    "tv": r"tv[ _-]?(?:mix|track|version)",
}
_NAMED = tuple(
    (version, re.compile(rf"{_EDGE}(?:{word}){_END}", re.IGNORECASE)) for version, word in _WORDS.items()
)
_DIGITS = re.compile(r"\d+$")


@dataclass(frozen=True)
class Versioned:
    """A name without what it says about the version.

    Attributes:
        version: ``30s``, ``alt``, ``alt 2``, ``instrumental``; ``full`` where the name says that, empty where it
            says nothing.
        rest: the name without it.

    """

    version: str
    rest: str

    @property
    def seconds(self) -> int | None:
        """How long a cut it says it is; None for another version."""
        return int(self.version[:-1]) if self.version[:1].isdigit() else None


def read_version(name: str, duration: float) -> Versioned:
    """Find the version in a name without its suffix.

    Args:
        name: a file's or a folder's.
        duration: of the sound in seconds; a bare number is a length only where it is about that.

    """
    text = unicodedata.normalize("NFC", name)
    if found := _SECONDS.search(text) or _CLOCK.search(text):
        seconds = int(found[1]) * 60 + int(found[2]) if found.re is _CLOCK else int(found[1])
        return Versioned(f"{seconds}s", _without(text, found))
    for found in _BARE.finditer(text):
        if is_about(duration, int(found[1])):
            return Versioned(f"{found[1]}s", _without(text, found))
    for version, pattern in _NAMED:
        if found := pattern.search(text):
            number = _DIGITS.search(found[0])
            return Versioned(f"{version} {number[0]}" if number else version, _without(text, found))
    return Versioned("", text)


def is_about(duration: float, seconds: int) -> bool:
    """Tell whether a sound has the length that a name says, give or take its tail."""
    return abs(duration - seconds) <= max(1.5, 0.15 * seconds)


def is_version(folder: str, duration: float) -> bool:
    """Tell whether a folder's whole name is a version."""
    found = read_version(f" {folder}", duration)
    return bool(found.version) and not re.search(r"[^\W_]", found.rest)


def without_version(path: PurePosixPath, rest: str) -> PurePosixPath:
    """Return the path with another name before the suffix; its own where nothing would be left."""
    return path.with_name(f"{rest}{path.suffix}") if re.search(r"[^\W_]", rest) else path


def _without(text: str, found: re.Match[str]) -> str:
    """Take a word out, and one of the separators beside it."""
    before, after = text[: found.start()].rstrip(" _-([."), text[found.end() :].lstrip(" _-)]")
    joint = "_" if "_" in text or " " not in text else " "
    return f"{before}{joint}{after}" if before and after else before or after
