"""How work ends: what it left behind or why it failed, and the two functions a worker is given."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stembridge.request import Progress, Request


@dataclass(frozen=True)
class Failure:
    """Why a job failed or waits: a stable word, a sentence, and what to do next."""

    code: str
    message: str
    hint: str = ""

    def to_json(self) -> dict[str, str]:
        """Return the documented shape, ``{"code", "message", "hint"}``."""
        return {"code": self.code, "message": self.message, "hint": self.hint}


@dataclass(frozen=True)
class Outcome:
    """What the work left behind.

    Attributes:
        outputs: the delivered files, absolute paths.
        manifest: the delivery's manifest, if one was written.
        session: the DAW session, if one was written.
        notes: small values for programs (number of findings, timings); anything JSON can hold.

    """

    outputs: tuple[Path, ...] = ()
    manifest: Path | None = None
    session: Path | None = None
    notes: dict[str, Any] = field(default_factory=dict)


Work = Callable[[str, Request, Progress], Outcome]
"""Does a job, given its id, request and progress callback. Run again after a crash, it must find its own
published delivery and return it."""

OnFailed = Callable[[str, Request, Failure], None]
"""Told once a job is parked for good; must bear being told again."""

OnDone = Callable[[str, Request], None]
"""Told when a job is recorded as done: what only a crash before that would have needed can go. It may be told
twice, or never when the worker dies just then."""


def leave_nothing(_job: str, _request: Request) -> None:
    """Do nothing when a job is done: for work that needs no clearing up."""
