"""iXML documents as bytes: decoded tolerantly, written back byte for byte where nothing was edited."""

import codecs
import re

from stembridge.audio.ixml_elements import IxmlError, elements

_ENCODINGS = frozenset(
    {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "ascii", "iso8859-1", "iso8859-15", "cp1252"}
)
_DECLARED = re.compile(r"""\A(<\?xml\b[^>]{0,200}?\bencoding\s*=\s*["'])([A-Za-z0-9._-]{1,40})""")


def read_ixml(payload: bytes) -> tuple[str, tuple[str, ...]]:
    """Decode a document, whatever its encoding, and see whether it can be parsed.

    Returns:
        The document without byte order mark and padding, and a sentence if it cannot be parsed.

    """
    document = _decode(payload).strip("\0\ufeff")
    try:
        elements(document)
    except IxmlError as error:
        return document, (f"The iXML document is carried as it is, because it cannot be parsed: {error}.",)
    return document, ()


def ixml_payload(document: str, as_read: bytes = b"") -> bytes:
    """Serialise a document: the bytes it was read from where it is unchanged, else UTF-8 and declared so."""
    if as_read and read_ixml(as_read)[0] == document:
        return as_read
    return _DECLARED.sub(r"\g<1>UTF-8", document).encode("utf-8", "replace")


def _decode(payload: bytes) -> str:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (b"<\0", "utf-16-le"),
        (b"\0<", "utf-16-be"),
    ):
        if payload.startswith(mark):
            return payload[: len(payload) // 2 * 2 if "16" in encoding else None].decode(encoding, "replace")
    return _decode_bytewise(payload)


def _decode_bytewise(payload: bytes) -> str:
    """Decode an encoding in which ASCII is ASCII: the declared one, else UTF-8, else Windows-1252."""
    declared = _DECLARED.match(payload[:256].decode("ascii", "replace"))
    try:
        encoding = codecs.lookup(declared[2]).name if declared else "utf-8"
    except LookupError:
        encoding = "utf-8"
    for candidate in (
        encoding if encoding in _ENCODINGS and "16" not in encoding else "utf-8",
        "utf-8",
        "cp1252",
    ):
        try:
            return payload.decode(candidate)
        except UnicodeDecodeError:
            continue
    return payload.decode("latin-1")
