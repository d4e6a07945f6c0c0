"""YAML files that people type, read so that every mistake says its line, its key, and what was meant."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from stembridge.errors import StembridgeError
from stembridge.yaml_nodes import KeyPath, Mark, Parsed, Value, parse

__all__ = [
    "Document",
    "KeyPath",
    "Mark",
    "Mistake",
    "Value",
    "did_you_mean",
    "parse_yaml",
    "read_yaml",
    "refuse",
    "written",
]

LARGEST_FILE = 1 << 20


@dataclass(frozen=True)
class Mistake:
    """One mistake: where it is, the key it is about (may be empty), and what is wrong."""

    path: Path
    mark: Mark
    key: str
    message: str

    def __str__(self) -> str:
        about = f"{self.key}: " if self.key else ""
        return f"{self.path}:{self.mark.line}:{self.mark.column}: {about}{self.message}"


@dataclass(frozen=True)
class Document:
    """What a file says.

    Attributes:
        path: the file.
        data: its keys and values; empty when the file is.
        marks: the place of each key and each list entry.
        mistakes: what is wrong with the file as YAML, in file order.

    """

    path: Path
    data: dict[str, Value]
    marks: Mapping[KeyPath, Mark]
    mistakes: tuple[Mistake, ...] = ()

    def nearest(self, key: KeyPath) -> KeyPath:
        """Return ``key``, or the part of it that the file has."""
        return next((key[:n] for n in range(len(key), 0, -1) if key[:n] in self.marks), ())

    def mistake(self, key: KeyPath, message: str) -> Mistake:
        """Make a mistake about ``key``, at its place or at that of the nearest key around it."""
        mark = self.marks.get(self.nearest(key), Mark())
        return Mistake(self.path, mark, written(key), message)


def written(key: KeyPath) -> str:
    """Write a key path as people do: ``hot_folders[0].preset``."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in key)
    return "".join(parts).removeprefix(".")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean "x"?`` for the nearest of the known words, or nothing."""
    near = get_close_matches(word.casefold(), sorted(known), n=1, cutoff=0.6)
    return f'; did you mean "{near[0]}"?' if near else ""


def refuse(error: type[StembridgeError], path: Path, mistakes: Iterable[Mistake]) -> None:
    """Raise ``error`` with all the mistakes, in file order; do nothing when there are none."""
    lines = [str(each) for each in sorted(mistakes, key=lambda each: each.mark)]
    if lines:
        count = "1 mistake" if len(lines) == 1 else f"{len(lines)} mistakes"
        raise error("\n".join([f"{path.name} has {count}:", *lines]))


def read_yaml(path: Path) -> Document:
    """Read a file. What is wrong with it, even that it cannot be read, is in the document's mistakes."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        return _failed(path, f"The file cannot be read: {error.strerror or error}.")
    if len(content) > LARGEST_FILE:
        return _failed(path, f"The file is larger than {LARGEST_FILE} bytes, so nobody typed it.")
    try:
        return parse_yaml(content.decode("utf-8-sig"), path)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return _failed(path, "This is not UTF-8 text; save the file as UTF-8.", Mark(line))


def parse_yaml(text: str, path: Path) -> Document:
    """Parse the text of a file that is, or would be, at ``path``."""
    parsed = parse(text)
    if parsed.faults:
        return Document(path, _keys(parsed), parsed.marks, _mistakes(path, parsed))
    if parsed.value is not None and not isinstance(parsed.value, dict):
        return _failed(path, "The file must hold keys and values, like `key: value`.")
    return Document(path, _keys(parsed), parsed.marks)


def _keys(parsed: Parsed) -> dict[str, Value]:
    return parsed.value if isinstance(parsed.value, dict) else {}


def _mistakes(path: Path, parsed: Parsed) -> tuple[Mistake, ...]:
    return tuple(Mistake(path, each.mark, written(each.key), each.message) for each in parsed.faults)


def _failed(path: Path, message: str, mark: Mark | None = None) -> Document:
    return Document(path, {}, {}, (Mistake(path, mark or Mark(), "", message),))
