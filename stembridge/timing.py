"""How long each stage took, for the manifest."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from stembridge.units import Seconds


class Stopwatch:
    """Adds up the seconds that each stage took."""

    def __init__(self) -> None:
        self.seconds: dict[str, Seconds] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what happens inside to a stage."""
        start = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - start
            self.seconds[name] = Seconds(round(self.seconds.get(name, 0.0) + spent, 3))
