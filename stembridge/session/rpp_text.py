"""How REAPER writes words, numbers, colours and identities in its text files; pure."""

import math
import re
import uuid

from stembridge.errors import DeliveryError

_NAMESPACE = uuid.UUID("d3f6a7c2-3b61-5c0e-9f43-6a5b8f0e7d11")
_LINE_BREAKING = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_QUOTES = "\"'`"


def quoted(text: str) -> str:
    """Quote a name by REAPER's rule: with the first of ``" ' ``` that is not in it.

    A name with all three has its backticks turned into apostrophes, as REAPER does; line ends and other
    controls become spaces; what is not Unicode becomes ``?``.
    """
    line = _LINE_BREAKING.sub(" ", text).encode("utf-8", "replace").decode("utf-8")
    for quote in _QUOTES:
        if quote not in line:
            return f"{quote}{line}{quote}"
    return "`" + line.replace("`", "'") + "`"


def quoted_path(path: str) -> str:
    """Quote a path, which must come back exactly.

    Raises:
        DeliveryError: if REAPER has no way to write it.

    """
    text = quoted(path)
    if text[1:-1] != path:
        raise DeliveryError(
            f"REAPER cannot store the path {path!r}.",
            hint="Rename the file: no line ends, and not all three kinds of quotes at once.",
            code="session",
        )
    return text


def number(value: float) -> str:
    """Write a number with as many digits as REAPER does, 14 decimals, and never with an exponent.

    Raises:
        DeliveryError: if it is not finite.

    """
    if not math.isfinite(value):
        raise DeliveryError(f"A session cannot hold the number {value}.", code="session")
    text = f"{value:.14f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def colour(rgb: str) -> int:
    """Turn ``#rrggbb`` into REAPER's number: blue, green, red, and a bit that says it is set.

    The byte order in files is the same on every system.

    Raises:
        DeliveryError: if it is not written like that.

    """
    if not re.fullmatch("#[0-9a-fA-F]{6}", rgb):
        raise DeliveryError(f"{rgb!r} is not a colour.", hint="Write it like #e0b040.", code="session")
    red, green, blue = bytes.fromhex(rgb[1:])
    return 0x1000000 | blue << 16 | green << 8 | red


def guid(*parts: object) -> str:
    """Make an identity from the parts that name a thing; the same parts give the same identity."""
    name = "\0".join(str(part) for part in parts).encode("utf-8", "replace").decode("utf-8")
    return f"{{{uuid.uuid5(_NAMESPACE, name)}}}".upper()
