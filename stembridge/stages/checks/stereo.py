"""Stereo: two channels that are one, that cancel each other, or of which one is dead."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from stembridge.stages.checks.subject import Chunk, Subject
from stembridge.stages.finding import Finding

STORAGE_NOISE = 1.5
"""Steps of storage, as a root mean square: what rounding and dither leave between two channels that are one."""

AT_MOST = -20.0


class Stereo:
    """Sums the energies of the channels, and of the first with the second."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        channels = subject.sound.format.channels
        self._products: NDArray[np.float64] = np.zeros((channels, channels))

    def hear(self, chunk: Chunk) -> None:
        """Take the next stretch."""
        for start in range(0, chunk.audio.shape[1], 8_192):
            part = chunk.audio[:, start : start + 8_192]
            self._products += part @ part.T

    def findings(self) -> Iterator[Finding]:
        """Report what is wrong between the channels."""
        energies = np.diag(self._products)
        if len(energies) < 2 or not energies.any():
            return
        dead = list(self._dead(energies))
        yield from dead
        if len(energies) == 2 and not dead and energies.all():
            correlation = float(self._products[0, 1] / np.sqrt(energies[0] * energies[1]))
            yield from self._dual_mono(correlation)
            yield from self._out_of_phase(correlation)

    def _dead(self, energies: NDArray[np.float64]) -> Iterator[Finding]:
        rule = self._subject.check.dead_side
        levels = 10.0 * np.log10(np.maximum(energies / energies.max(), 1e-20))
        if rule.severity == "off":
            return
        for channel in np.flatnonzero(levels < rule.limit):
            yield self._subject.finding(
                rule,
                "dead-side",
                f"Channel {channel + 1} is silent, or nearly so, beside the others.",
                measured=float(levels[channel]),
                limit=rule.limit,
                unit="dB",
                hint="Ask whether it is meant to be mono; a cable or a pan may be at fault.",
            )

    def _dual_mono(self, correlation: float) -> Iterator[Finding]:
        """What remains of a channel without the other's share is 1 - r^2 of its energy."""
        rule = self._subject.check.dual_mono
        share = max(1.0 - correlation * correlation, 1e-20)
        left = 10.0 * np.log10(share)
        quieter = np.sqrt(self._products.diagonal().min() * share / max(1, self._subject.sound.frames))
        is_noise = quieter <= STORAGE_NOISE * 2.0 ** (1 - self._subject.sound.format.encoding.bits)
        if rule.severity == "off" or not (left <= rule.limit or (is_noise and left <= AT_MOST)):
            return
        inverted = ", one of them inverted" if correlation < 0 else ""
        hint = (
            "Ask for it with both sides in phase."
            if inverted
            else "Deliver it as mono, or ask for the stereo version."
        )
        yield self._subject.finding(
            rule,
            "dual-mono",
            f"Both channels hold the same sound{inverted}.",
            measured=float(left),
            limit=rule.limit,
            unit="dB",
            hint=hint,
        )

    def _out_of_phase(self, correlation: float) -> Iterator[Finding]:
        rule = self._subject.check.out_of_phase
        if rule.severity == "off" or correlation >= rule.limit:
            return
        yield self._subject.finding(
            rule,
            "out-of-phase",
            "The channels are out of phase: the sound largely goes when it is played in mono.",
            measured=correlation,
            limit=rule.limit,
            unit="correlation",
            hint="Ask whether one side is inverted.",
        )
