"""Remaining: how long a stage of a job will still take, from how it went so far; pure but for its memory."""

from stembridge.report.record import JobNews

LEAST_PERCENT = 2.0
LEAST_S = 1.0
MOST_JOBS = 1000


class Remaining:
    """Remembers when stages began."""

    def __init__(self) -> None:
        self._began: dict[str, tuple[str, float]] = {}

    def seconds(self, news: JobNews, now: float) -> float | None:
        """Return the seconds until the stage ends; None while that cannot be told.

        Args:
            news: how the job stands.
            now: the time, in seconds.

        """
        if news.state != "running":
            self._began.pop(news.id, None)
            return None
        stage, began = self._began.get(news.id, ("", now))
        if stage != news.stage:
            if len(self._began) >= MOST_JOBS:
                self._began.clear()
            began = now
            self._began[news.id] = (news.stage, now)
        taken = now - began
        if news.percent < LEAST_PERCENT or taken < LEAST_S:
            return None
        return round(taken * (100.0 - news.percent) / news.percent, 1)
