"""A finding: something a person should know, with its measurement, its limit and what to do."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any

from stembridge.errors import CheckError
from stembridge.units import Seconds


class Severity(StrEnum):
    """How much a finding matters: for information, worth a look, or a reason to reject."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Verdict(StrEnum):
    """What is said of a delivery as a whole, from good to bad."""

    READY = "ready"
    NOTES = "notes"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Finding:
    """One verdict about a delivery or one of its files.

    Attributes:
        code: a short, stable word.
        severity: how much it matters.
        message: one sentence for people.
        path: the file inside the delivery, relative; None when it is about the set.
        measured: the figure that was measured, in ``unit``.
        limit: the figure it was held against, in ``unit``.
        unit: the unit of both.
        at: where in the file, in seconds.
        hint: what to do next.

    """

    code: str
    severity: Severity
    message: str
    path: PurePosixPath | None = None
    measured: float | None = None
    limit: float | None = None
    unit: str = ""
    at: Seconds | None = None
    hint: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the finding as JSON types."""
        return asdict(self) | {
            "severity": self.severity.value,
            "path": None if self.path is None else self.path.as_posix(),
        }


def verdict_of(severities: Iterable[str]) -> Verdict:
    """Judge by the gravest finding: an error rejects, a warning is a note, information changes nothing."""
    found = set(severities)
    if Severity.ERROR in found:
        return Verdict.REJECTED
    return Verdict.NOTES if Severity.WARNING in found else Verdict.READY


def worst_first(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Order findings by how much they matter, and drop what was said twice."""
    order = tuple(reversed(Severity))
    unique = {(each.code, each.path, each.message): each for each in findings}
    return tuple(sorted(unique.values(), key=lambda finding: order.index(finding.severity)))


class Rejected(CheckError):  # noqa: N818 - a verdict, not a fault of the program
    """The delivery is rejected.

    Attributes:
        findings: everything that was found, the gravest first.

    """

    def __init__(self, message: str, findings: Sequence[Finding], *, hint: str, code: str) -> None:
        self.findings = tuple(findings)
        super().__init__(message, hint=hint, code=code)
