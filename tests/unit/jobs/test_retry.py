"""What follows from an error."""

import errno
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.errors import AudioError, DeliveryError, NotReadyError
from stembridge.jobs.outcome import Failure
from stembridge.jobs.retry import Decision, Kind, RetryPolicy, Step, understand


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (NotReadyError("The share is away."), Kind.NOT_READY),
        (DeliveryError("The disk is full.", retryable=True), Kind.TRANSIENT),
        (AudioError("Not audio."), Kind.PERMANENT),
        (MemoryError(), Kind.TRANSIENT),
        (OSError(errno.ENOSPC, "No space left on device"), Kind.TRANSIENT),
        (OSError(errno.ESTALE, "Stale file handle"), Kind.TRANSIENT),
        (FileNotFoundError(errno.ENOENT, "No such file"), Kind.PERMANENT),
        (ZeroDivisionError("by zero"), Kind.PERMANENT),
        (SystemExit(3), Kind.PERMANENT),
    ],
)
def test_errors_are_sorted_by_whether_they_may_pass(error: BaseException, kind: Kind) -> None:
    assert understand(error).kind is kind


def test_a_failure_names_the_file_and_the_hint() -> None:
    error = AudioError("Not audio.", path=Path("a.wav"), hint="Export it again.")
    assert understand(error).failure == Failure("audio", "a.wav: Not audio.", "Export it again.")


def test_a_file_that_windows_calls_busy_may_pass() -> None:
    error = PermissionError(errno.EACCES, "The process cannot access the file")
    error.winerror = 32  # type: ignore[attr-defined]
    assert understand(error).kind is Kind.TRANSIENT


def test_transient_errors_are_retried_ever_later_and_then_wait() -> None:
    policy = RetryPolicy(base_s=2, cap_s=10, attempts=5)
    decisions = [policy.decide(Kind.TRANSIENT, earlier) for earlier in range(6)]
    assert [decision.delay_s for decision in decisions] == [2, 4, 8, 10, 10, 10]
    assert [decision.step for decision in decisions] == [Step.AGAIN] * 4 + [Step.WAIT] * 2


def test_a_permanent_error_is_parked_at_once() -> None:
    assert RetryPolicy().decide(Kind.PERMANENT, 0) == Decision(Step.PARK)


@given(st.sampled_from([Kind.TRANSIENT, Kind.NOT_READY]), st.integers(0, 10**6))
@settings(deadline=None)
def test_what_may_pass_is_never_given_up(kind: Kind, earlier: int) -> None:
    policy = RetryPolicy()
    decision = policy.decide(kind, earlier)
    assert decision.step is not Step.PARK
    assert 0 < decision.delay_s <= max(policy.cap_s, policy.waiting_cap_s)
