"""Leader: the 2-pop, one frame of 1 kHz two seconds before the picture, and the plop at the end.

A pop stands alone: silence, 33 to 42 ms of tone, silence. With a time stamp its place can be held against the
next whole hour, where programmes start.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from stembridge.stages.checks.subject import Audio, Chunk, Subject
from stembridge.stages.finding import Finding, Severity
from stembridge.units import Seconds

CELL_S = 0.002
SHORTEST_S, LONGEST_S = 0.025, 0.060
TONE_HZ = 1_000.0
TOLERANCE_HZ = 30.0
ALONE_S = 0.5
QUIET = 0.003
BEFORE_PICTURE_S = 2.0
ONE_FRAME_S = 0.042
HOUR_S = 3_600.0


@dataclass(frozen=True)
class Pop:
    """A pop: where it starts and ends, in seconds."""

    start: Seconds
    stop: Seconds


class Leader:
    """Keeps the loudness of short cells and, of short sounds, the samples to listen to."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._tail: Audio = np.zeros(0, np.float32)
        self._pops: list[Pop] = []
        self._heard = 0.0
        self._hop = max(1, round(CELL_S * subject.rate))

    def hear(self, chunk: Chunk) -> None:
        """Take the next stretch, with the end of the one before in front of it."""
        self._listen(np.concatenate((self._tail, chunk.audio.mean(axis=0))), chunk.start - len(self._tail))

    def findings(self) -> Iterator[Finding]:
        """Report a pop, a missing one, or one in the wrong place."""
        silence = np.zeros(round((ALONE_S + LONGEST_S) * self._subject.rate), np.float32)
        self._listen(np.concatenate((self._tail, silence)), self._subject.sound.frames - len(self._tail))
        rule = self._subject.check.leader
        if rule.plop == "required" and not self._has_plop():
            yield self._missing("no-sync-plop", "There is no sync plop at its end.", "tail")
        if rule.pop == "required" and not self._early():
            yield self._missing("no-2-pop", "There is no 2-pop.", "leader")
        if self._pops:
            unwanted = self._early() if rule.plop == "required" else self._pops
            yield self._told(rule.pop != "forbidden" or not unwanted)
        if self._early():
            yield from self._misplaced(self._early()[0])

    def _early(self) -> list[Pop]:
        """Return the pops of the first half: one of the second half is no 2-pop."""
        return [pop for pop in self._pops if pop.start <= self._subject.sound.duration / 2]

    def _has_plop(self) -> bool:
        """Say whether a pop ends the file: after all that sounds, and in its second half."""
        return len(self._pops) > len(self._early()) and self._heard <= self._pops[-1].stop + CELL_S

    def _told(self, allowed: bool) -> Finding:
        first = self._pops[0]
        finding = self._subject.finding(
            self._subject.check.leader,
            "2-pop",
            f"There {'is a pop' if len(self._pops) == 1 else f'are {len(self._pops)} pops'} of 1 kHz in it,"
            f" {'at' if len(self._pops) == 1 else 'the first at'} {first.start:.3f} s"
            f"{'' if allowed else ', and none is wanted'}.",
            at=first.start,
            hint="" if allowed else "Cut the leader off.",
        )
        return _as_note(finding) if allowed else finding

    def _missing(self, code: str, message: str, part: str) -> Finding:
        hint = f"Ask for an export with its {part}."
        return self._subject.finding(self._subject.check.leader, code, message, hint=hint)

    def _misplaced(self, pop: Pop) -> Iterator[Finding]:
        bext = self._subject.facts.metadata.bext
        if bext is None or bext.time_reference == 0:
            return
        at = self._subject.time(bext.time_reference) + pop.start
        off_by = (at + BEFORE_PICTURE_S + HOUR_S / 2) % HOUR_S - HOUR_S / 2
        if ONE_FRAME_S / 4 < abs(off_by) < 5.0:
            yield self._subject.finding(
                self._subject.check.leader,
                "2-pop-misplaced",
                f"The 2-pop is {1000 * off_by:+.0f} ms from its place, two seconds before the hour.",
                measured=1000 * off_by,
                limit=1000 * ONE_FRAME_S / 4,
                unit="ms",
                at=pop.start,
                hint="Ask which is right, the time stamp or the pop.",
            )

    def _listen(self, samples: Audio, start: int) -> None:
        cells = len(samples) // self._hop
        loud = np.abs(samples[: cells * self._hop]).reshape(cells, self._hop).max(axis=1) > QUIET
        if loud.any():
            self._heard = (start + (int(np.flatnonzero(loud)[-1]) + 1) * self._hop) / self._subject.rate
        alone = round(ALONE_S / CELL_S)
        edges = np.flatnonzero(np.diff(loud.astype(np.int8), prepend=0, append=0))
        starts, stops = edges[::2], edges[1::2]
        for index, (first, last) in enumerate(zip(starts.tolist(), stops.tolist(), strict=True)):
            before = first - (stops[index - 1] if index else -alone if start <= 0 else 0)
            after = (starts[index + 1] if index + 1 < len(starts) else cells) - last
            if before >= alone and after >= alone:
                self._judge(samples[first * self._hop : last * self._hop], start + first * self._hop)
        keep = round((2 * ALONE_S + LONGEST_S) / CELL_S) * self._hop
        self._tail = samples[max(0, len(samples) - keep) :]

    def _judge(self, burst: Audio, start: int) -> None:
        seconds = len(burst) / self._subject.rate
        known = self._pops and start / self._subject.rate < self._pops[-1].stop + CELL_S
        if known or not SHORTEST_S <= seconds <= LONGEST_S:
            return
        spectrum = np.abs(np.fft.rfft(burst * np.hanning(len(burst)), 8 * len(burst)))
        frequency = float(spectrum.argmax()) / (8 * seconds)
        if abs(frequency - TONE_HZ) <= TOLERANCE_HZ:
            at = self._subject.time(start)
            self._pops.append(Pop(at, Seconds(at + seconds)))


def _as_note(finding: Finding) -> Finding:
    return Finding(finding.code, Severity.INFO, finding.message, finding.path, at=finding.at)
