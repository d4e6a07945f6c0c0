"""What every check of a file is given: the file, the sound as it streams by, and a way to say what it found."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from stembridge.audio.sound import RawBlock, Sound
from stembridge.check_model import Check, Rule, Scope
from stembridge.stages.finding import Finding, Severity
from stembridge.stages.probe import Facts
from stembridge.units import Hertz, Seconds

Audio = NDArray[np.float32]
"""Float32, shape (channels, frames), C-contiguous, full scale at 1.0."""


@dataclass(frozen=True, eq=False)
class Chunk:
    """A stretch of a file.

    Attributes:
        start: its first frame.
        raw: the file's own samples, shape (frames, channels).
        audio: the same as float, shape (channels, frames).

    """

    start: int
    raw: RawBlock
    audio: Audio


@dataclass(frozen=True)
class Subject:
    """The file that is checked, and how strictly.

    Attributes:
        facts: what it is.
        check: the preset's rules.
        is_mix: true for the mix of the set.

    """

    facts: Facts
    check: Check
    is_mix: bool = False

    @property
    def sound(self) -> Sound:
        """The sound itself."""
        return self.facts.sound

    @property
    def rate(self) -> Hertz:
        """Frames a second."""
        return self.facts.sound.format.rate

    def covers(self, scope: Scope) -> bool:
        """Say whether a rule for the mix, the stems or all is about this file."""
        return scope == "all" or (scope == "mix") == self.is_mix

    def time(self, frame: int) -> Seconds:
        """Convert a frame to its time in the file."""
        return Seconds(frame / self.rate)

    def finding(
        self,
        rule: Rule,
        code: str,
        message: str,
        *,
        measured: float | None = None,
        limit: float | None = None,
        unit: str = "",
        at: Seconds | None = None,
        hint: str = "",
    ) -> Finding:
        """Say what was found, as gravely as the rule has it."""
        return Finding(
            code, Severity(rule.severity), message, self.facts.source.name, measured, limit, unit, at, hint
        )


class Detector(Protocol):
    """One check of the sound: hears the whole file in order, then says what it found."""

    def hear(self, chunk: Chunk) -> None:
        """Take the next stretch."""

    def findings(self) -> Iterable[Finding]:
        """Say what was found, after the last stretch."""


def decibels(ratio: float) -> float:
    """Convert an amplitude to dB; nothing is -200."""
    return float(20.0 * np.log10(max(ratio, 1e-10)))
