"""What a job is: the record people see, and the only steps it may take."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from stembridge.errors import JobError
from stembridge.jobs.outcome import Failure, OnFailed, Outcome, Work
from stembridge.request import Origin, Request

__all__ = ["ENDED", "OPEN", "Failure", "Job", "OnFailed", "Outcome", "State", "Work"]


class State(StrEnum):
    """Where a job stands. ``waiting`` is not a failure: it goes on by itself when the cause is gone."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = frozenset({State.QUEUED, State.RUNNING, State.WAITING})
"""The states of a job that is still going to end by itself."""

ENDED = frozenset(State) - OPEN
"""The states that only a new request leads out of."""


@dataclass(frozen=True)
class Job:
    """One delivery on its way.

    Attributes:
        id: 16 hex digits from the content key; kept when the job is done again.
        request: what was asked for, by whom.
        state: where it stands.
        stage: the pipeline's word for what it is doing.
        percent: how much of the whole is done, 0 to 100.
        outcome: what it left behind, once done.
        error: why it failed, waits or is tried again.
        attempts: how often it was started since it was last asked for.
        in_hand: whether a worker has its hands on it; for a moment it still may after a cancel.
        created: seconds since 1970, when it was last asked for.
        updated: seconds since 1970, when this record last changed.
        revision: grows with every change of any job; what ``JobStore.changes`` counts in.

    """

    id: str
    request: Request
    state: State = State.QUEUED
    stage: str = ""
    percent: float = 0.0
    outcome: Outcome | None = None
    error: Failure | None = None
    attempts: int = 0
    in_hand: bool = False
    created: float = 0.0
    updated: float = 0.0
    revision: int = 0

    @property
    def preset(self) -> str:
        """The name of the preset."""
        return self.request.preset

    @property
    def name(self) -> str:
        """What the delivery is called."""
        return self.request.name

    @property
    def sources(self) -> tuple[Path, ...]:
        """The files to work on."""
        return self.request.sources

    @property
    def destination(self) -> Path:
        """Where the delivery goes."""
        return self.request.destination

    @property
    def origin(self) -> Origin:
        """Who asked."""
        return self.request.origin

    @property
    def request_id(self) -> str:
        """The asker's own id for it, or empty."""
        return self.request.id

    @property
    def outputs(self) -> tuple[Path, ...]:
        """The delivered files; empty until the job is done."""
        return self.outcome.outputs if self.outcome else ()

    @property
    def manifest(self) -> Path | None:
        """The delivery's manifest."""
        return self.outcome.manifest if self.outcome else None

    @property
    def session(self) -> Path | None:
        """The DAW session."""
        return self.outcome.session if self.outcome else None

    @property
    def is_open(self) -> bool:
        """Whether the job is still going to end by itself."""
        return self.state in OPEN

    def to_json(self) -> dict[str, Any]:
        """Return the job as ``stembridge jobs --json`` prints it.

        The keys ``id, state, stage, percent, preset, sources, outputs, error`` are documented and kept; the
        others are extras.
        """
        return {
            "id": self.id,
            "state": str(self.state),
            "stage": self.stage,
            "percent": round(self.percent, 1),
            "preset": self.preset,
            "sources": [str(path) for path in self.sources],
            "outputs": [str(path) for path in self.outputs],
            "error": self.error.to_json() if self.error else None,
            "name": self.name,
            "destination": str(self.destination),
            "origin": str(self.origin),
            "request": self.request_id,
            "manifest": str(self.manifest) if self.manifest else None,
            "session": str(self.session) if self.session else None,
            "attempts": self.attempts,
            "created": self.created,
            "updated": self.updated,
        }

    def started(self) -> "Job":
        """Return the job as a worker takes it up."""
        return self._step(OPEN, State.RUNNING, stage="", percent=0.0, error=None, attempts=self.attempts + 1)

    def progressed(self, stage: str, fraction: float) -> "Job":
        """Return the job a little further on; ``fraction`` is 0 to 1."""
        percent = 100.0 * min(max(fraction, 0.0), 1.0)
        return self._step({State.RUNNING}, State.RUNNING, stage=stage, percent=percent)

    def finished(self, outcome: Outcome) -> "Job":
        """Return the job done; also when a cancel came after the delivery."""
        before = {State.RUNNING, State.CANCELLED}
        return self._step(before, State.DONE, stage="", percent=100.0, outcome=outcome, error=None)

    def parked(self, failure: Failure) -> "Job":
        """Return the job failed for good."""
        return self._step(OPEN, State.FAILED, error=failure)

    def postponed(self, failure: Failure) -> "Job":
        """Return the job queued to be tried again after a fault that may pass."""
        return self._step({State.RUNNING}, State.QUEUED, percent=0.0, error=failure)

    def held(self, failure: Failure) -> "Job":
        """Return the job waiting for something outside to come back."""
        return self._step({State.RUNNING}, State.WAITING, percent=0.0, error=failure)

    def given_back(self) -> "Job":
        """Return the job queued as it was, because its worker stopped."""
        return self._step({State.RUNNING}, State.QUEUED, percent=0.0)

    def cancelled(self) -> "Job":
        """Return the job cancelled."""
        return self._step(OPEN, State.CANCELLED)

    def asked_again(self, request: Request) -> "Job":
        """Return the job at the start of a new go, for ``request``."""
        fresh = {"stage": "", "percent": 0.0, "outcome": None, "error": None, "attempts": 0}
        return self._step(frozenset(State) - {State.RUNNING}, State.QUEUED, request=request, **fresh)

    def _step(self, before: Collection[State], after: State, **changes: Any) -> "Job":
        if self.state not in before:
            raise JobError(f"Job {self.id} is {self.state} and cannot become {after}.")
        return replace(self, state=after, **changes)
