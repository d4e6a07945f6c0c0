"""OSC out: who asked for a job is told how it goes, at the address that asked."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable

from stembridge.protocol import DONE, FAILED, STATE, Said, say
from stembridge.report.record import JobNews

Address = tuple[str, int]
"""The host and port of a client."""

Send = Callable[[Said, Address], None]

MOST_JOBS = 1000
MOST_LISTENERS = 8


class OscTeller:
    """Tells clients about their jobs.

    Safe to use from several threads. What it remembers is bounded: the oldest jobs are forgotten first, and of the
    clients that asked for one job the first; ``/stembridge/status`` still answers them.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._lock = threading.Lock()
        self._told: OrderedDict[str, OrderedDict[Address, int]] = OrderedDict()

    def follow(self, news: JobNews, client: Address) -> None:
        """Tell a client how a job stands if it has ended, and otherwise whenever that changes."""
        with self._lock:
            clients = self._told.setdefault(news.id, OrderedDict())
            clients[client] = news.revision
            clients.move_to_end(client)
            self._told.move_to_end(news.id)
            if len(clients) > MOST_LISTENERS:
                clients.popitem(last=False)
            if len(self._told) > MOST_JOBS:
                self._told.popitem(last=False)
            if news.has_ended:
                self._tell(news, client)

    def tell(self, batch: Iterable[JobNews]) -> None:
        """Pass on how jobs stand to those who follow them."""
        with self._lock:
            for news in batch:
                clients = self._told.get(news.id, OrderedDict[Address, int]())
                for client in [each for each, known in clients.items() if known < news.revision]:
                    clients[client] = news.revision
                    self._tell(news, client)

    def _tell(self, news: JobNews, client: Address) -> None:
        for said in (state_of(news), *outcome_of(news)):
            self._send(said, client)


def state_of(news: JobNews) -> Said:
    """Say how a job stands."""
    return say(STATE, news.id, news.state, float(news.percent), news.stage)


def outcome_of(news: JobNews) -> tuple[Said, ...]:
    """Say how a job ended, if it did so well or badly."""
    if news.state == "done":
        return (say(DONE, news.id, str(news.manifest or "")),)
    if news.state == "failed":
        return (say(FAILED, news.id, news.code, news.message, news.hint),)
    return ()
