"""Adjust: what only the sound itself decides about a plan: which stereo files are mono, and the gain of the set."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from stembridge.audio.files import read_blocks
from stembridge.stages.finding import Finding, Severity
from stembridge.stages.gain import with_gain
from stembridge.stages.plan import Plan, StemPlan
from stembridge.units import amplitude_to_decibels


def adjust(plan: Plan, *, threads: int) -> Plan:
    """Fold dual mono and find the gain of the set, where the preset asks for it.

    Raises:
        AudioError: if a file cannot be decoded to its end.

    """
    if plan.preset.separate is not None:
        return plan
    return with_gain(_folded(plan, threads))


def _folded(plan: Plan, threads: int) -> Plan:
    """Make one channel of each stereo source whose channels are the same, but for their dither."""
    wanted = plan.preset.format
    if wanted.dual_mono != "fold":
        return plan

    def one(stem: StemPlan) -> float | None:
        return _difference(stem, wanted.dual_mono_below)

    with ThreadPoolExecutor(threads, thread_name_prefix="fold") as pool:
        pairs = list(zip(plan.stems, pool.map(one, plan.stems), strict=True))
    stems = tuple(stem if level is None else _fold(stem) for stem, level in pairs)
    findings = [_told(stem, level, wanted.dual_mono_below) for stem, level in pairs if level is not None]
    return replace(plan, stems=stems, findings=(*plan.findings, *findings))


def _difference(stem: StemPlan, limit: float) -> float | None:
    """Return the largest difference of two channels that are one, in dBFS; None for any others, and for silence."""
    if stem.beside is not None or stem.facts.sound.format.channels != 2:
        return None
    largest, peak = 0.0, 0.0
    for block in read_blocks(stem.facts.sound):
        largest = max(largest, float(np.max(np.abs(block[:, 0] - block[:, 1]), initial=0.0)))
        peak = max(peak, float(np.max(np.abs(block), initial=0.0)))
        if amplitude_to_decibels(largest) > limit:
            return None
    return amplitude_to_decibels(largest) if peak > 0.0 else None


def _fold(stem: StemPlan) -> StemPlan:
    return replace(stem, folded=True, format=replace(stem.format, channels=1, channel_mask=None))


def _told(stem: StemPlan, level: float, limit: float) -> Finding:
    exact = "the same" if math.isinf(level) else "the same but for dither"
    return Finding(
        "folded",
        Severity.INFO,
        f"Its two channels are {exact}; the left one is delivered as mono.",
        path=stem.facts.source.name,
        measured=None if math.isinf(level) else level,
        limit=limit,
        unit="dBFS",
    )
