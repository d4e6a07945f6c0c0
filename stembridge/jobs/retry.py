"""What to do about an error, decided as a value: try again, wait for as long as it takes, or park."""

import errno
from dataclasses import dataclass
from enum import StrEnum

from stembridge.errors import NotReadyError, StembridgeError
from stembridge.jobs.job import Failure

TRANSIENT = frozenset(
    code
    for code in (
        getattr(errno, name, None)
        for name in (
            "EAGAIN", "EBUSY", "EDQUOT", "EHOSTDOWN", "EHOSTUNREACH", "EIO", "EMFILE", "ENETDOWN",
            "ENETRESET", "ENETUNREACH", "ENFILE", "ENOLCK", "ENOMEM", "ENOSPC", "ESTALE", "ETIMEDOUT",
        )
    )
    if code is not None
)  # fmt: skip
"""What the operating system says about disks and shares that may be well again in a minute."""

SHARING_VIOLATIONS = frozenset({32, 33})
"""Windows: the file is open elsewhere."""


class Kind(StrEnum):
    """What sort of trouble an error is."""

    NOT_READY = "not-ready"
    TRANSIENT = "transient"
    PERMANENT = "permanent"


@dataclass(frozen=True)
class Trouble:
    """An error, understood."""

    kind: Kind
    failure: Failure


def understand(error: BaseException) -> Trouble:
    """Say what sort of trouble an error is, and put it in words for the record.

    The package's own errors know what they are. Of the others, those that the operating system gives for a
    full disk, a busy file, a lost share or too little memory may pass, and the rest will not.
    """
    if isinstance(error, StembridgeError):
        message = f"{error.path}: {error.message}" if error.path else error.message
        return Trouble(_kind(error), Failure(error.code, message, error.hint))
    if isinstance(error, MemoryError):
        failure = Failure(
            "memory", "There was not enough memory.", "Use fewer workers or close other programs."
        )
        return Trouble(Kind.TRANSIENT, failure)
    if isinstance(error, OSError) and _passes(error):
        return Trouble(
            Kind.TRANSIENT, Failure("io", str(error), "Check the disk or share and its free space.")
        )
    return Trouble(
        Kind.PERMANENT,
        Failure(
            "unexpected", f"{type(error).__name__}: {error}", "The log has the details; please report it."
        ),
    )


def _kind(error: StembridgeError) -> Kind:
    if isinstance(error, NotReadyError):
        return Kind.NOT_READY
    return Kind.TRANSIENT if error.retryable else Kind.PERMANENT


def _passes(error: OSError) -> bool:
    return error.errno in TRANSIENT or getattr(error, "winerror", None) in SHARING_VIOLATIONS


class Step(StrEnum):
    """What happens to the job next."""

    AGAIN = "again"
    WAIT = "wait"
    PARK = "park"


@dataclass(frozen=True)
class Decision:
    """The next step, and how long until then in seconds."""

    step: Step
    delay_s: float = 0.0


@dataclass(frozen=True)
class RetryPolicy:
    """How patient to be.

    Attributes:
        base_s: the pause after the first transient error; it doubles with each further one.
        cap_s: the longest such pause.
        attempts: after so many transient errors in a row the job waits, tried every ``cap_s``.
        waiting_base_s: the first pause of a job that is not ready; it doubles too.
        waiting_cap_s: the longest pause of a job that is not ready.
        hook_s: the pause before a hook that could not park a job is told again.

    """

    base_s: float = 2.0
    cap_s: float = 300.0
    attempts: int = 6
    waiting_base_s: float = 2.0
    waiting_cap_s: float = 30.0
    hook_s: float = 30.0

    def decide(self, kind: Kind, earlier: int) -> Decision:
        """Decide what follows an error.

        Args:
            kind: what sort of trouble it is.
            earlier: how many errors of the same kind came right before it in this go.

        """
        if kind is Kind.PERMANENT:
            return Decision(Step.PARK)
        if kind is Kind.NOT_READY:
            return Decision(Step.WAIT, _doubled(self.waiting_base_s, earlier, self.waiting_cap_s))
        if earlier + 1 < self.attempts:
            return Decision(Step.AGAIN, _doubled(self.base_s, earlier, self.cap_s))
        return Decision(Step.WAIT, self.cap_s)


def _doubled(base_s: float, times: int, cap_s: float) -> float:
    return float(min(base_s * 2.0 ** min(times, 60), cap_s))
