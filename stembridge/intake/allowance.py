"""Allowance: so many a second and no more; pure but for the clock it is given."""

from collections.abc import Callable


class Allowance:
    """Lets a number of things through in each second; what was not used up is saved for at most one."""

    def __init__(self, a_second: float, clock: Callable[[], float]) -> None:
        self._a_second = a_second
        self._clock = clock
        self._left = a_second
        self._seen = clock()

    def take(self) -> bool:
        """Say whether one more may pass now."""
        now = self._clock()
        self._left = min(self._a_second, self._left + (now - self._seen) * self._a_second)
        self._seen = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True
