"""Vorbis comments, and how LIST/INFO keys map to them."""

import struct

from stembridge.audio.info import Info

NAMES = {
    "INAM": "TITLE",
    "IART": "ARTIST",
    "IPRD": "ALBUM",
    "ICMT": "COMMENT",
    "ICRD": "DATE",
    "IGNR": "GENRE",
    "ICOP": "COPYRIGHT",
    "ITRK": "TRACKNUMBER",
}
"""Only pairs that mean the same on both sides."""

COMMENT_LIMIT = 4096
_LENGTH = struct.Struct("<I")
_VENDOR = b"stembridge"


def read_comments(payload: bytes) -> tuple[bytes, tuple[tuple[str, str], ...], bool]:
    """Read a VORBIS_COMMENT payload.

    Returns:
        The vendor string as it is, pairs of name and text, and whether the whole block made sense.

    """
    vendor, at = _string(payload, 0)
    count = _LENGTH.unpack_from(payload, at)[0] if at + 4 <= len(payload) else 0
    at += 4
    pairs: list[tuple[str, str]] = []
    for _ in range(min(count, COMMENT_LIMIT)):
        if at + 4 > len(payload):
            break
        comment, at = _string(payload, at)
        name, _, text = comment.partition(b"\0")[0].decode("utf-8", "replace").partition("=")
        pairs.append((name, text))
    return vendor, tuple(pairs), len(pairs) == count and at <= len(payload)


def comment_payload(vendor: bytes, pairs: tuple[tuple[str, str], ...]) -> bytes:
    """Serialise comments; text ends at its first zero character."""
    comments = [f"{name}={text.partition(chr(0))[0]}".encode("utf-8", "replace") for name, text in pairs]
    strings = [vendor or _VENDOR, *comments]
    packed = [_LENGTH.pack(len(string)) + string for string in strings]
    return packed[0] + _LENGTH.pack(len(comments)) + b"".join(packed[1:])


def info_to_comments(info: Info) -> tuple[tuple[str, str], ...]:
    """Say the pairs that have a counterpart as comments."""
    return tuple((NAMES[key], text) for key, text in info if key in NAMES)


def comments_to_tags(pairs: tuple[tuple[str, str], ...]) -> dict[str, list[str]]:
    """Collect the texts of comments that have a counterpart, by LIST/INFO key."""
    return {key: [text for each, text in pairs if each.upper() == name] for key, name in NAMES.items()}


def is_mapped(name: str) -> bool:
    """Say whether a comment has a counterpart."""
    return name.upper() in NAMES.values()


def _string(payload: bytes, at: int) -> tuple[bytes, int]:
    if at + 4 > len(payload):
        return b"", at + 4
    length = _LENGTH.unpack_from(payload, at)[0]
    return payload[at + 4 : at + 4 + length], at + 4 + length
