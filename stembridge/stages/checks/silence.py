"""Silence: a file of nothing but zeros, and silence at both ends."""

from collections.abc import Iterator

import numpy as np

from stembridge.check_model import Edges
from stembridge.stages.checks.subject import Chunk, Subject
from stembridge.stages.finding import Finding
from stembridge.units import Decibels, decibels_to_amplitude


class Silence:
    """Notes the first and the last frame that sounds."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._below = decibels_to_amplitude(Decibels(subject.check.edges.below))
        self._first: int | None = None
        self._last = 0
        self._is_zero = True

    def hear(self, chunk: Chunk) -> None:
        """Take the next stretch."""
        loudest = float(np.abs(chunk.audio).max(initial=0.0))
        self._is_zero = self._is_zero and loudest == 0.0
        if loudest <= self._below:
            return
        sounding = np.flatnonzero((np.abs(chunk.audio) > self._below).any(axis=0))
        if self._first is None:
            self._first = chunk.start + int(sounding[0])
        self._last = chunk.start + int(sounding[-1])

    def findings(self) -> Iterator[Finding]:
        """Report a silent file, or too much silence at an end."""
        if self._first is None:
            yield from self._silent()
            return
        frames = self._subject.sound.frames
        rule = self._subject.check.edges
        yield from self._edge(rule, rule.leading, 0, self._first, "leading-silence", "starts")
        yield from self._edge(rule, rule.trailing, self._last + 1, frames, "trailing-silence", "ends")

    def _silent(self) -> Iterator[Finding]:
        rule = self._subject.check.silent
        if rule.severity == "off":
            return
        level = "every sample is zero" if self._is_zero else f"nothing is above {self._below_db:g} dBFS"
        yield self._subject.finding(
            rule,
            "silent",
            f"The file is silent: {level}.",
            hint="Ask whether the track was muted or the wrong one was exported.",
        )

    @property
    def _below_db(self) -> float:
        return self._subject.check.edges.below

    def _edge(
        self, rule: Edges, limit: float | None, start: int, stop: int, code: str, does: str
    ) -> Iterator[Finding]:
        if rule.severity == "off" or limit is None or self._subject.time(stop - start) <= limit:
            return
        yield self._subject.finding(
            rule,
            code,
            f"It {does} with {self._subject.time(stop - start):.2f} s of silence.",
            measured=self._subject.time(stop - start),
            limit=limit,
            unit="s",
            at=self._subject.time(start),
            hint="Ask for an export of the right range.",
        )
