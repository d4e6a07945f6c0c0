"""The spool out: one file for each request that says how it stands, and lists of jobs and presets.

Everything is written beside its place and moved there, so a script that reads sees the old words or the new ones.
"""

import json
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from stembridge.durable import write_durably, write_replacing
from stembridge.errors import StembridgeError
from stembridge.report.record import ENDED, JobNews, Laid
from stembridge.report.remaining import Remaining
from stembridge.report.stems import list_stems

VERSION = 1
KEPT_S = 7 * 24 * 3600.0


class StatusBoard:
    """Writes ``status/<request>.json`` and ``jobs.json``. Safe to use from several threads."""

    def __init__(self, spool: Path, *, log_file: Path, clock: Callable[[], float] = time.time) -> None:
        """Take the spool's folder.

        Args:
            spool: the spool.
            log_file: where to look when a job went wrong.
            clock: seconds since 1970.

        """
        self._spool = spool
        self._log_file = str(log_file)
        self._clock = clock
        self._lock = threading.Lock()
        self._requests: dict[str, dict[str, Laid]] = {}
        self._owed: dict[str, JobNews] = {}
        self._told: dict[str, int] = {}
        self._remaining = Remaining()

    @property
    def folder(self) -> Path:
        """The folder of the status files."""
        return self._spool / "status"

    def load(self) -> list[str]:
        """Remember the requests of an earlier run; return the jobs that they became."""
        with self._lock:
            for path in self.folder.glob("*.json"):
                found = _read(path)
                if found and found.get("job"):
                    self._requests.setdefault(found["job"], {})[path.stem] = _laid(found)
            return list(self._requests)

    def follow(self, request: str, news: JobNews, laid: Laid) -> None:
        """Write how a request stands from now on; on the disk when this returns."""
        with self._lock:
            self._requests.setdefault(news.id, {})[request] = laid
            write_durably(self._path(request), _encode(self._status(request, news, laid)))

    def reject(self, request: str, error: StembridgeError) -> None:
        """Write why a request was not taken."""
        where = f"{error.path}: " if error.path else ""
        news = JobNews(
            "", request, "rejected", code=error.code, message=where + error.message, hint=error.hint
        )
        with self._lock:
            for requests in self._requests.values():
                requests.pop(request, None)
            write_durably(self._path(request), _encode(self._status(request, news, Laid())))

    def tell(self, batch: Iterable[JobNews] = ()) -> None:
        """Write how jobs stand, and what could not be written before; news that are older than those told are not.

        Raises:
            OSError: if something could not be written; it is owed until the next time.

        """
        with self._lock:
            self._owed |= {news.id: news for news in batch if news.revision >= self._told.get(news.id, 0)}
            for job, news in list(self._owed.items()):
                if job in self._requests:
                    self._told[job] = news.revision
                for request, laid in self._requests.get(job, {}).items():
                    write_replacing(self._path(request), _encode(self._status(request, news, laid)))
                del self._owed[job]

    def list_jobs(self, newest: Iterable[JobNews]) -> None:
        """Write the list of the newest jobs."""
        jobs = [self._brief(news) for news in newest]
        write_replacing(self._spool / "jobs.json", _encode({"version": VERSION, "jobs": jobs}))

    def clean(self) -> None:
        """Remove what was said more than a week ago about requests that have ended."""
        limit = self._clock() - KEPT_S
        for path in self.folder.iterdir():
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < limit and (_read(path) or {}).get("state", "done") in ENDED:
                    path.unlink()
                    self._forget(path.stem)

    def _forget(self, request: str) -> None:
        with self._lock:
            for requests in self._requests.values():
                requests.pop(request, None)

    def _path(self, request: str) -> Path:
        return self.folder / f"{request}.json"

    def _brief(self, news: JobNews) -> dict[str, Any]:
        return {
            "id": news.id,
            "request": news.request,
            "state": news.state,
            "percent": round(news.percent, 1),
            "stage": news.stage,
            "name": news.name,
            "preset": news.preset,
            "message": news.message,
            "hint": news.hint,
            "manifest": str(news.manifest) if news.manifest else None,
            "log": self._log_file,
        }

    def _status(self, request: str, news: JobNews, laid: Laid) -> dict[str, Any]:
        stems = list_stems(news.manifest) if news.state == "done" and news.manifest else []
        return self._brief(news) | {
            "version": VERSION,
            "id": request,
            "request": request,
            "job": news.id or None,
            "code": news.code,
            "eta_s": self._remaining.seconds(news, self._clock()),
            "stems": stems,
            "handles": {"before": laid.before, "after": laid.after},
            "length": laid.length,
            "play_rate": laid.play_rate,
            "loop": laid.loops,
        }


def _laid(status: dict[str, Any]) -> Laid:
    handles = status.get("handles", {})
    return Laid(
        before=handles.get("before", 0.0),
        after=handles.get("after", 0.0),
        length=status.get("length", 0.0),
        play_rate=status.get("play_rate", 1.0),
        loops=status.get("loop", False),
    )


def _encode(value: dict[str, Any]) -> bytes:
    return json.dumps(value, allow_nan=False).encode("ascii")


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
