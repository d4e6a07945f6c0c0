"""Noise floor: the level of the quietest passages that are not digital silence."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from stembridge.stages.checks.subject import Chunk, Subject
from stembridge.stages.finding import Finding

WINDOW_S = 0.05
QUANTILE = 0.02
LEAST_RANGE_DB = 15.0
"""Music without a pause has no passage in which its noise can be heard."""


class NoiseFloor:
    """Collects the levels of short windows."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._window = max(1, round(WINDOW_S * subject.rate))
        self._levels: list[NDArray[np.float64]] = []

    def hear(self, chunk: Chunk) -> None:
        """Take the next stretch; a window that the stretch cuts off is left out."""
        count = chunk.audio.shape[1] // self._window
        parts = chunk.audio[:, : count * self._window].reshape(len(chunk.audio), count, self._window)
        sums = np.einsum("cwn,cwn->w", parts, parts, dtype=np.float64)
        self._levels.append(sums / (len(parts) * self._window))

    def findings(self) -> Iterator[Finding]:
        """Report a floor that is too high."""
        rule = self._subject.check.noise_floor
        powers = np.concatenate(self._levels) if self._levels else np.zeros(0)
        powers = powers[powers > 0.0]
        if rule.limit is None or not powers.size:
            return
        levels = 10.0 * np.log10(powers)
        floor = float(np.quantile(levels, QUANTILE))
        if floor <= rule.limit or float(np.quantile(levels, 0.9)) - floor < LEAST_RANGE_DB:
            return
        yield self._subject.finding(
            rule,
            "noise-floor",
            "The pauses are noisy.",
            measured=floor,
            limit=rule.limit,
            unit="dBFS",
            hint="Ask for the take without noise, or expand it before mixing.",
        )
