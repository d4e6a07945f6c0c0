"""The elements of an iXML document: parsed safely, edited so that every other byte stays as it was.

The parser is expat with document types refused, so nothing external is fetched and no entity can multiply.
Edits replace the text of elements in place; they never add or remove an element.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

SIZE_LIMIT = 2**20
"""Bytes of a document that is parsed; a larger one is carried as it is."""

_DEPTH_LIMIT = 64
_ELEMENT_LIMIT = 10_000
_TEXT_LIMIT = 256
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class IxmlError(ValueError):
    """The document cannot be parsed."""


@dataclass(frozen=True)
class Element:
    """An element that holds text only.

    Attributes:
        path: tags from below the root, like ``SPEED/FILE_SAMPLE_RATE``.
        text: its text, unescaped and stripped; of a very long one the beginning.
        parent: tells the elements of one parent from those of another.
        start: where its content starts, in bytes of the document as UTF-8.
        stop: where its content stops.

    """

    path: str
    text: str
    parent: int
    start: int
    stop: int


def elements(document: str) -> tuple[Element, ...]:
    """List the elements that hold text, in document order.

    Raises:
        IxmlError: if the document is not well formed, too large or too deep, or has a document type.

    """
    return _Reader().read(document)


def edited(document: str, texts: Mapping[Element, str]) -> str:
    """Replace the text of elements and leave every other byte of the document alone."""
    encoded = document.encode("utf-8", "replace")
    pieces, at = [], 0
    for element in sorted(texts, key=lambda element: element.start):
        text = html.escape(FORBIDDEN.sub("", texts[element]), quote=False)
        pieces += [encoded[at : element.start], text.encode()]
        at = element.stop
    return b"".join([*pieces, encoded[at:]]).decode()


@dataclass
class _Open:
    """An element whose end has not been seen."""

    tag: str
    serial: int
    start: int
    content: int = -1
    texts: list[str] = field(default_factory=list)
    has_children: bool = False


class _Reader:
    """Collects text elements and where their content lies; what follows the root does not matter."""

    def __init__(self) -> None:
        self.found: list[Element] = []
        self.open: list[_Open] = []
        self.serial = 0
        self.is_complete = False
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.CommentHandler = self.parser.ProcessingInstructionHandler = self._content_starts
        self.parser.StartCdataSectionHandler = self._content_starts

    def read(self, document: str) -> tuple[Element, ...]:
        encoded = document.encode("utf-8", "replace")
        if len(encoded) > SIZE_LIMIT:
            raise IxmlError(f"it has {len(encoded)} bytes, more than {SIZE_LIMIT}")
        try:
            self.parser.Parse(encoded, True)
        except expat.ExpatError as error:
            if not self.is_complete:
                raise IxmlError(str(error)) from error
        return tuple(self.found)

    def _refuse(self, *_declaration: object) -> None:
        raise IxmlError("it has a document type, which is refused")

    def _start(self, tag: str, _attributes: dict[str, str]) -> None:
        self.serial += 1
        if len(self.open) == _DEPTH_LIMIT or self.serial > _ELEMENT_LIMIT:
            raise IxmlError("it has too many elements")
        if self.open:
            self.open[-1].has_children = True
        self.open.append(_Open(tag, self.serial, self.parser.CurrentByteIndex))

    def _content_starts(self, *_content: object) -> None:
        if self.open and self.open[-1].content < 0:
            self.open[-1].content = self.parser.CurrentByteIndex

    def _text(self, text: str) -> None:
        self._content_starts()
        if len(self.open[-1].texts) < _TEXT_LIMIT:
            self.open[-1].texts.append(text)

    def _end(self, _tag: str) -> None:
        element = self.open.pop()
        stop = self.parser.CurrentByteIndex
        self.is_complete = not self.open
        if element.has_children or not self.open or stop == element.start:
            return
        start = stop if element.content < 0 else element.content
        path = "/".join([*(outer.tag for outer in self.open[1:]), element.tag])
        self.found.append(Element(path, "".join(element.texts).strip(), self.open[-1].serial, start, stop))
