"""The OSC vocabulary as a table: address, arguments, meaning; pure.

Everything else derives from it: what the server takes, what it answers, the README's table and its check. OSC strings
are UTF-8. An address is meant as it stands: a pattern from a client matches nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from stembridge.errors import IntakeError

Value = str | int | float
"""What an argument can be."""

Tag = Literal["s", "i", "f"]

LONGEST_DATAGRAM = 65_507
"""Bytes that fit in one UDP datagram over IPv4."""

REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
SPOOL_ID = re.compile(r"[0-9a-f]{32}")

_TYPES: dict[Tag, tuple[type, ...]] = {"s": (str,), "i": (int,), "f": (float, int)}
_WORDS: dict[Tag, str] = {"s": "a string", "i": "an integer", "f": "a number"}


@dataclass(frozen=True)
class Argument:
    """One argument: its OSC type tag, its name, how long a string may be, and whether it may be left out."""

    tag: Tag
    name: str
    longest: int = 4096
    optional: bool = False


@dataclass(frozen=True)
class Message:
    """One row of the table."""

    address: str
    arguments: tuple[Argument, ...]
    meaning: str

    @property
    def tags(self) -> str:
        """The type tags of all arguments, without the comma."""
        return "".join(argument.tag for argument in self.arguments)


_PATH = Argument("s", "path")
_PRESET = Argument("s", "preset", 200)
_REQUEST = Argument("s", "request", 64)
_OWN_ID = Argument("s", "request", 64, optional=True)
_WHICH = Argument("s", "job or request", 64)
_JOB = Argument("s", "job")
_STATE = (_JOB, Argument("s", "state"), Argument("f", "percent"), Argument("s", "stage"))
_WHY = (Argument("s", "code"), Argument("s", "message"))

PING = Message("/stembridge/ping", (), "say that you are there; the reply is a pong")
SUBMIT = Message("/stembridge/submit", (_REQUEST,), "take requests/<request>.json from the spool")
SEPARATE = Message("/stembridge/separate", (_PATH, _PRESET, _OWN_ID), "separate one file")
CONFORM = Message("/stembridge/conform", (_PATH, _PRESET, _OWN_ID), "conform a file or a folder")
CANCEL = Message("/stembridge/cancel", (_WHICH,), "stop; leaves nothing behind")
STATUS = Message("/stembridge/status", (_WHICH,), "the reply is one state")
JOBS = Message("/stembridge/jobs", (), "the reply is one state for each of the newest 20 jobs")

PONG = Message(
    "/stembridge/pong",
    (Argument("s", "version"), Argument("i", "port"), Argument("s", "state")),
    "the daemon is there; the state is idle or working",
)
ACCEPTED = Message("/stembridge/accepted", (Argument("s", "request"), _JOB), "the job is durable now")
STATE = Message("/stembridge/state", _STATE, "how a job stands; as progress at most 4 a second")
DONE = Message("/stembridge/done", (_JOB, Argument("s", "manifest")), "the delivery is in its place")
FAILED = Message("/stembridge/failed", (_JOB, *_WHY, Argument("s", "hint")), "the job failed")
REJECTED = Message(
    "/stembridge/rejected", (Argument("s", "request"), *_WHY), "malformed, not allowed or unknown; not a job"
)

COMMANDS = {row.address: row for row in (PING, SUBMIT, SEPARATE, CONFORM, CANCEL, STATUS, JOBS)}
"""What a client can say."""

REPLIES = {row.address: row for row in (PONG, ACCEPTED, STATE, DONE, FAILED, REJECTED)}
"""What the daemon answers. It never answers one of these, so that two daemons cannot talk for ever."""


@dataclass(frozen=True)
class Said:
    """One message with its arguments, on its way in or out."""

    address: str
    arguments: tuple[Value, ...] = ()


def say(row: Message, *arguments: Value) -> Said:
    """Return a message of the table with arguments that fit it.

    Raises:
        IntakeError: if they do not.

    """
    return Said(row.address, check_arguments(row, arguments))


def check_arguments(row: Message, arguments: Sequence[object]) -> tuple[Value, ...]:
    """Return the arguments of a message, which fit its row; what may be left out and was is empty.

    A row without arguments bears one number, because the buttons of control surfaces always send their position.

    Raises:
        IntakeError: with the code ``malformed``, if there are too many, too few, or one is of another type.

    """
    if not row.arguments and len(arguments) == 1 and isinstance(arguments[0], int | float):
        return ()
    least = sum(not argument.optional for argument in row.arguments)
    if not least <= len(arguments) <= len(row.arguments):
        raise _malformed(row, f"{row.address} has {len(arguments)} arguments.")
    pairs = zip(row.arguments, arguments, strict=False)
    checked = tuple(_check_one(row, argument, value) for argument, value in pairs)
    return checked + ("",) * (len(row.arguments) - len(arguments))


def _check_one(row: Message, argument: Argument, value: object) -> Value:
    if isinstance(value, bool) or not isinstance(value, _TYPES[argument.tag]):
        raise _malformed(row, f"The argument {argument.name} of {row.address} is not {_WORDS[argument.tag]}.")
    if isinstance(value, str) and len(value) > argument.longest:
        raise _malformed(row, f"The argument {argument.name} of {row.address} is too long.")
    assert isinstance(value, str | int | float)
    return value


def _malformed(row: Message, message: str) -> IntakeError:
    shown = " ".join(
        f"[{argument.tag} {argument.name}]" if argument.optional else f"{argument.tag} {argument.name}"
        for argument in row.arguments
    )
    return IntakeError(message, hint=f"It takes: {shown or 'nothing'}.", code="malformed")
