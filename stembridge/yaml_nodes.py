"""The small, safe part of YAML that people type here: text to plain values, with the place of each.

``true`` and ``false`` are the only booleans, numbers are decimal, ``null`` or nothing is no value, and
everything else is text. That cures the surprises of YAML 1.1 (``on``, ``12:30:00``, ``0777``, and ``~``,
which is the home folder here). Tags, anchors and aliases are refused, so no file can run code or grow when
it is read.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import yaml

Plain = bool | int | float | str | None
Value = None | bool | int | float | str | list["Value"] | dict[str, "Value"]
KeyPath = tuple[str | int, ...]

DEEPEST = 16

_WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None, "": None}
_UNTYPED = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"(?=.*[.eE])[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,2})?")


@dataclass(frozen=True, order=True)
class Mark:
    """A place in a file; the first line and the first column are 1."""

    line: int = 1
    column: int = 1


@dataclass(frozen=True)
class Fault:
    """What is wrong with a file as YAML, and where."""

    mark: Mark
    key: KeyPath
    message: str


@dataclass(frozen=True)
class Parsed:
    """The values of a file, the place of each key and list entry, and what is wrong."""

    value: Value = None
    marks: Mapping[KeyPath, Mark] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


def parse(text: str) -> Parsed:
    """Parse a document. Never raises: what cannot be read is a fault."""
    try:
        faults = _forbidden(text)
        root = None if faults else yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        return Parsed(faults=(_syntax_fault(error),))
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        return Parsed(faults=(Fault(Mark(), (), f"This is not YAML: {error}."),))
    if root is None:
        return Parsed(faults=faults)
    builder = _Builder()
    value = builder.build(root, ())
    return Parsed(value, builder.marks, tuple(builder.faults))


def _syntax_fault(error: yaml.MarkedYAMLError) -> Fault:
    place = error.problem_mark or error.context_mark
    problem = error.problem or error.context or "it cannot be read"
    if "'\\t'" in problem:
        problem = "a tab; indent with spaces"
    return Fault(_mark(place), (), f"This is not YAML: {problem}.")


def _forbidden(text: str) -> tuple[Fault, ...]:
    """Find what is valid YAML but not accepted, before anything is built from it."""
    faults, depth = [], 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        message = _refusal(event, depth)
        if message:
            faults.append(Fault(_mark(event.start_mark), (), message))
        if depth > DEEPEST:
            break
    return tuple(faults)


def _refusal(event: yaml.Event, depth: int) -> str:
    if depth > DEEPEST:
        return f"Lists and mappings are nested more than {DEEPEST} deep."
    if getattr(event, "anchor", None) is not None:
        return "Anchors and aliases (& and *) are not used here; write the value out, or put it in quotes."
    if getattr(event, "tag", None) is not None:
        return "Tags (!) are not used here; write the plain value, or put it in quotes."
    return ""


@dataclass
class _Builder:
    """Turns nodes into plain values, noting where each came from."""

    marks: dict[KeyPath, Mark] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def build(self, node: yaml.Node, at: KeyPath) -> Value:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, at)
        if isinstance(node, yaml.SequenceNode):
            return [self._entry(child, (*at, index)) for index, child in enumerate(node.value)]
        return self._scalar(node, at) if isinstance(node, yaml.ScalarNode) else None

    def _entry(self, node: yaml.Node, at: KeyPath) -> Value:
        self.marks[at] = _mark(node.start_mark)
        return self.build(node, at)

    def _scalar(self, node: yaml.ScalarNode, at: KeyPath) -> Plain:
        if _UNTYPED.search(node.value):
            self.faults.append(Fault(_mark(node.start_mark), at, "The text holds a control character."))
            return None
        return plain_value(node.value) if node.style is None else str(node.value)

    def _mapping(self, node: yaml.MappingNode, at: KeyPath) -> dict[str, Value]:
        built: dict[str, Value] = {}
        for key_node, value_node in node.value:
            mark = _mark(key_node.start_mark)
            if not isinstance(key_node, yaml.ScalarNode) or _UNTYPED.search(key_node.value):
                self.faults.append(Fault(mark, at, "A key must be plain text."))
                continue
            key = (*at, key_node.value)
            if key_node.value in built:
                first = self.marks[key].line
                self.faults.append(Fault(mark, key, f"The key is there twice, first in line {first}."))
                continue
            self.marks[key] = mark
            built[key_node.value] = self.build(value_node, key)
        return built


def plain_value(text: str) -> Plain:
    """Read an unquoted value."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


class _Place(Protocol):
    """PyYAML's own mark, of its Python or its C parser."""

    line: int
    column: int


def _mark(place: _Place | None) -> Mark:
    return Mark(place.line + 1, place.column + 1) if place else Mark()
