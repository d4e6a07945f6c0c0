"""Naming: what files and folders are called; safe on Windows, macOS and Linux, and no two alike; pure.

A template such as ``{song}_{stem}_{bpm}bpm`` is a row of parts with separators between them: runs of space
and ``_-.,+``. A part that names an absent field is left out whole, with the separator in front of it: without
a tempo the example gives ``spot_drums``. Brackets hold a part together: ``{song} ({version}, {date})`` has
both in its brackets, or no brackets.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Formatter

from stembridge.errors import PlanError
from stembridge.presets import FIELDS
from stembridge.session.distinct import distinct, next_free
from stembridge.session.safe_names import safe_component

__all__ = ["Field", "distinct", "format_name", "next_free", "safe_component"]

Field = str | int | float | None

_PIECES = re.compile(r"[ _\-.,+]+|[()\[\]]|[^ _\-.,+()\[\]]+")
_SEPARATOR = re.compile(r"[ _\-.,+]+")
_NESTING = {"(": 1, "[": 1, ")": -1, "]": -1}


def format_name(template: str, fields: Mapping[str, Field]) -> str:
    """Fill in a name template.

    ``rate`` is given in hertz and written in kilohertz (``48``, ``44.1``); ``depth`` is bits, or text such as
    ``32f``; other numbers have at most three decimals; the colons of a ``timecode`` become dashes.
    The result may hold anything that a field holds: make it safe with ``safe_component``.

    Args:
        template: text with fields; ``{index:02}`` pads a whole number with zeros; ``{{`` is a brace.
        fields: the values; a missing key, None, blank text and a number that is not finite are absent.

    Returns:
        The name; empty when every part was left out.

    Raises:
        PlanError: if the template has unmatched braces or unknown fields.

    """
    try:
        parts = list(_parts(_tokens(template, fields)))
    except ValueError as error:
        raise PlanError(
            f"The name template {template!r} cannot be used: {error}.",
            hint=f"Fields are {', '.join(sorted(FIELDS))}, each in braces.",
            code="template",
        ) from error
    kept = [(separator, text) for separator, text in parts if text is not None]
    return "".join((separator if place else "") + text for place, (separator, text) in enumerate(kept))


@dataclass(frozen=True)
class _Token:
    """A piece of the template's own text, or a field's value, which is None when the field is absent."""

    text: str | None
    is_literal: bool


def _tokens(template: str, fields: Mapping[str, Field]) -> Iterator[_Token]:
    for literal, name, spec, conversion in Formatter().parse(template):
        yield from (_Token(piece, is_literal=True) for piece in _PIECES.findall(literal))
        if name is None:
            continue
        if name not in FIELDS or conversion:
            raise ValueError(f"there is no field {{{name}}}")
        yield _Token(_padded(_text_of(name, fields.get(name)), spec or ""), is_literal=False)


def _parts(tokens: Iterator[_Token]) -> Iterator[tuple[str, str | None]]:
    """Group tokens into (separator, text); the text is None when a field in it is absent."""
    separator, text, depth = "", "", 0
    whole = True
    for token in tokens:
        piece = token.text
        if token.is_literal and piece is not None:
            depth += _NESTING.get(piece, 0)
            if depth <= 0 and _SEPARATOR.fullmatch(piece):
                yield separator, text if whole else None
                separator, text, whole = piece, "", True
                continue
        whole = whole and piece is not None
        text += piece or ""
    yield separator, text if whole else None


def _text_of(name: str, value: Field) -> str | None:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, int | float):
        return _number(value / 1000 if name == "rate" else value)
    text = re.sub("[:;]", "-", value) if name == "timecode" else value
    return text.strip() or None


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.3f}".rstrip("0").rstrip(".")


def _padded(text: str | None, spec: str) -> str | None:
    if text is None or not spec:
        return text
    digits = spec.removesuffix("d")
    if not digits.isdecimal():
        raise ValueError(f"`:{spec}` is not a number of digits")
    return text.zfill(int(digits)) if text.isdecimal() else text
