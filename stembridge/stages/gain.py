"""Gain: one gain for a whole set, to a loudness or a true peak, so that its stems still sum to their mix.

A gain never makes an integer file clip: then the whole set gets less. A set that is at its target already keeps its
samples.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from stembridge.preset_model import Gain
from stembridge.stages.finding import Finding, Severity
from stembridge.stages.plan import NO_GAIN, Plan, StemPlan
from stembridge.stages.set_level import SetLevel, can_be_summed, measure_set
from stembridge.units import Decibels


@dataclass(frozen=True)
class _Decision:
    """The gain of a set, and what a person should know about it."""

    gain_db: Decibels
    finding: Finding


def with_gain(plan: Plan) -> Plan:
    """Find the gain of each set of a delivery, where the preset asks for one.

    Raises:
        AudioError: if a file cannot be decoded to its end.

    """
    wanted = plan.preset.gain
    if wanted is None:
        return plan
    sets: dict[str, list[StemPlan]] = {}
    for stem in plan.stems:
        sets.setdefault(stem.edition, []).append(stem)
    decided = {edition: _decide(own, wanted, edition) for edition, own in sets.items()}
    stems = tuple(replace(stem, gain_db=decided[stem.edition].gain_db) for stem in plan.stems)
    findings = tuple(each.finding for each in decided.values())
    return replace(plan, stems=stems, findings=(*plan.findings, *findings))


def choose_gain(level: SetLevel, wanted: Gain) -> Decibels | None:
    """Return the gain that keeps to every target, to a hundredth of a decibel; None for silence."""
    read = level.measurement
    pairs = ((wanted.loudness, read.integrated), (wanted.true_peak, read.true_peak))
    gains = [
        target - found
        for target, found in pairs
        if target is not None and found is not None and math.isfinite(found)
    ]
    if not gains:
        return None
    gain = min(gains)
    if level.peak is not None and gain > 0.0:
        gain = max(0.0, min(gain, -level.peak))
    return NO_GAIN if abs(gain) < wanted.within else Decibels(math.floor(gain * 100.0) / 100.0)


def _decide(stems: Sequence[StemPlan], wanted: Gain, edition: str) -> _Decision:
    label = f"{edition}: " if edition else ""
    if not can_be_summed(stems):
        message = f"{label}The outputs have several rates or layouts, so the set cannot be measured; it got no gain."
        return _refused(message, "Set format.rate in the preset, or leave its gain away.")
    level = measure_set(stems)
    gain = choose_gain(level, wanted)
    if gain is None:
        return _refused(f"{label}The set is too quiet or too short to measure; it got no gain.", "")
    return _Decision(gain, _told(level, gain, wanted, label))


def _refused(message: str, hint: str) -> _Decision:
    return _Decision(NO_GAIN, Finding("gain", Severity.WARNING, message, hint=hint))


def _told(level: SetLevel, gain: Decibels, wanted: Gain, label: str) -> Finding:
    read = level.measurement
    by_loudness = wanted.loudness is not None and read.integrated is not None
    measured, limit, unit = (
        (read.integrated, wanted.loudness, "LUFS")
        if by_loudness
        else (read.true_peak, wanted.true_peak, "dBTP")
    )
    missed = measured is not None and limit is not None and abs(limit - measured - gain) > wanted.within
    why = "; more would go over a peak" if missed else ""
    what = (
        f"One gain for the whole set: {gain:+.2f} dB" if gain else "The set is at its level and got no gain"
    )
    return Finding(
        "gain",
        Severity.WARNING if missed else Severity.INFO,
        f"{label}{what}, by {level.of}{why}.",
        measured=measured,
        limit=limit,
        unit=unit,
        hint="The true-peak limit of the preset or full scale stands in the way." if missed else "",
    )
