"""Text in chunks: fixed fields and zero-ended strings, read tolerantly and written back byte for byte.

The standards say ASCII or ISO 8859-1; the files say UTF-8 or Windows-1252. UTF-8 is tried first because
text in the others is almost never valid UTF-8. New text is written as UTF-8, of which ASCII is a part.
"""

import codecs
from collections.abc import Iterable, Mapping


def decode_text(raw: bytes) -> str:
    """Decode text up to its first zero byte; never fails."""
    text = raw.partition(b"\0")[0]
    for encoding in ("utf-8", "cp1252"):
        try:
            return text.decode(encoding)
        except UnicodeDecodeError:
            continue
    return text.decode("latin-1")


def decode_field(field: bytes) -> str:
    """Decode a field of fixed size, which another writer may have cut in the middle of a character."""
    if b"\0" not in field and not field.isascii():
        start = codecs.getincrementaldecoder("utf-8")()
        try:
            whole = start.decode(field)
        except UnicodeDecodeError:
            return decode_text(field)
        if not whole.isascii():
            return whole
    return decode_text(field)


def encode_text(text: str) -> bytes:
    """Encode text up to its first zero character as UTF-8; lone surrogates become question marks."""
    return text.partition("\0")[0].encode("utf-8", "replace")


def encode_field(text: str, size: int) -> bytes:
    """Encode text into a field of ``size`` bytes: cut between characters, padded with zeros."""
    return cut_text(encode_text(text), size).ljust(size, b"\0")


def cut_text(encoded: bytes, size: int) -> bytes:
    """Cut UTF-8 text to at most ``size`` bytes without splitting a character."""
    return encoded if len(encoded) <= size else encoded[:size].decode("utf-8", "ignore").encode()


def bytes_of(texts: Iterable[bytes]) -> dict[str, bytes]:
    """Map each text to the bytes that it was read from, without what follows a zero byte."""
    return {decode_text(text): text.partition(b"\0")[0] for text in texts}


def encode_like(text: str, as_read: Mapping[str, bytes]) -> bytes:
    """Encode text with the very bytes it was read from (``bytes_of``) where there are any."""
    return as_read[text] if text in as_read else encode_text(text)
