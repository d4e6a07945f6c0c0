"""How often workers look for work: fast while short jobs flow, slowly otherwise."""

from collections.abc import Callable

SHORT_S = 1.0
QUIET_S = 1.5


class Pace:
    """Sets the queue's polling interval; one per worker.

    A worker takes one attempt at each look, so the interval bounds how many short jobs it does in a second.
    The setting is shared by all workers; each says again what it needs at every tick.
    """

    def __init__(self, set_interval: Callable[[float], None], *, slow_s: float, fast_s: float) -> None:
        self._set_interval = set_interval
        self._slow_s = slow_s
        self._fast_s = min(fast_s, slow_s)
        self._fast = False
        self._seen = 0
        self._last_short = float("-inf")

    def tick(self, now_s: float, ended: int, last_took_s: float) -> None:
        """Look at how the work goes; call about once a second.

        Args:
            now_s: a monotonic clock.
            ended: how many attempts this worker has ended so far.
            last_took_s: how long the last one took.

        """
        if ended > self._seen and last_took_s < SHORT_S:
            self._last_short = now_s
            self._fast = True
            self._set_interval(self._fast_s)
        elif self._fast and now_s - self._last_short > QUIET_S:
            self._fast = False
            self._set_interval(self._slow_s)
        self._seen = ended
