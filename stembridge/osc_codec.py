"""OSC as bytes: messages in and out of datagrams. The only module that imports pythonosc.

Bundles are taken apart here: python-osc follows a negative size for ever, and means to wait for time tags. What a tag
string may hold is looked at first, because python-osc only logs what it does not know.
"""

import struct
from collections.abc import Iterator

from pythonosc.osc_message import OscMessage, ParseError
from pythonosc.osc_message_builder import BuildError, OscMessageBuilder

from stembridge.errors import IntakeError
from stembridge.protocol import LONGEST_DATAGRAM, Message, Said

BUNDLE = b"#bundle\0"
BUNDLE_HEAD = len(BUNDLE) + 8
MOST_MESSAGES = 64
MOST_ARGUMENTS = 32
DEEPEST = 8
LONGEST_ADDRESS = 256
KNOWN_TAGS = frozenset(b"ihfdsbrmtTFN")


def decode(datagram: bytes) -> tuple[Said, ...]:
    """Read the messages of a datagram, in order; time tags are ignored.

    Raises:
        IntakeError: with the code ``malformed``, if it is not OSC or has more in it than anybody means.

    """
    messages: list[Said] = []
    for content in _contents(datagram, DEEPEST):
        if len(messages) == MOST_MESSAGES:
            raise _malformed(f"The bundle has more than {MOST_MESSAGES} messages.")
        messages.append(_message(content))
    return tuple(messages)


def encode(said: Said, row: Message) -> bytes:
    """Write a message as a datagram.

    Raises:
        IntakeError: if a string cannot be written, or all is too long for a datagram.

    """
    builder = OscMessageBuilder(said.address)
    try:
        for argument, value in zip(row.arguments, said.arguments, strict=True):
            builder.add_arg(_writable(value) if isinstance(value, str) else value, argument.tag)
        datagram = builder.build().dgram
    except (BuildError, ValueError) as error:
        raise _malformed(f"{said.address} cannot be written: {error}") from error
    if len(datagram) > LONGEST_DATAGRAM:
        raise _malformed(f"{said.address} is too long for a datagram.")
    return datagram


def _contents(datagram: bytes, depth: int) -> Iterator[bytes]:
    if not datagram.startswith(BUNDLE):
        yield datagram
        return
    if depth == 0:
        raise _malformed(f"Bundles are nested more than {DEEPEST} deep.")
    at = BUNDLE_HEAD
    if len(datagram) < at:
        raise _malformed("The bundle has no time tag.")
    while at < len(datagram):
        if len(datagram) - at < 4:
            raise _malformed("The bundle ends early.")
        (size,) = struct.unpack_from(">i", datagram, at)
        at += 4
        if not 0 < size <= len(datagram) - at:
            raise _malformed("The bundle has an element of a wrong size.")
        yield from _contents(datagram[at : at + size], depth - 1)
        at += size


def _message(content: bytes) -> Said:
    _check_head(content)
    try:
        message = OscMessage(content)
        return Said(message.address, tuple(message.params))
    except (ParseError, ValueError, IndexError, OverflowError, struct.error) as error:
        raise _malformed("It is not an OSC message.") from error


def _check_head(content: bytes) -> None:
    """Look at the address and the tags before anything is read at length."""
    end = content.find(b"\0", 0, LONGEST_ADDRESS)
    if end < 0 or not content.startswith(b"/"):
        raise _malformed("It is not an OSC message.")
    start = end + 4 - end % 4
    tags = content[start : content.find(b"\0", start)].removeprefix(b",")
    if len(tags) > MOST_ARGUMENTS or not KNOWN_TAGS.issuperset(tags):
        raise _malformed("The arguments have types that are not known, or are too many.")


def _writable(text: str) -> str:
    """Replace what a string of OSC cannot hold; a name on disk need not be Unicode."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


def _malformed(message: str) -> IntakeError:
    return IntakeError(message, hint="The README has the addresses and their arguments.", code="malformed")
