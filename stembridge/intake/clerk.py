"""The clerk: what clients can have done with jobs; the daemon puts the queue behind it."""

from typing import Protocol

from stembridge.report.record import JobNews
from stembridge.request import Request


class Clerk(Protocol):
    """Hands requests in and answers questions about jobs. ``name`` is the id of a job or of a request."""

    def submit(self, request: Request) -> JobNews:
        """Hand a request in; it is durable when this returns."""

    def find(self, request_id: str) -> JobNews | None:
        """Return the job that a request became, or None."""

    def get(self, name: str) -> JobNews:
        """Return a job."""

    def newest(self, count: int) -> list[JobNews]:
        """Return the newest jobs."""

    def cancel(self, name: str) -> JobNews:
        """Cancel a job."""

    def retry(self, name: str) -> JobNews:
        """Start a job again."""
