"""Align a plan: its stems moved to where their sound belongs, and what is not sure left where it is and told.

Of a set with a mix each stem is placed in the mix. Without one, stems that share sound are placed against each
other. Silence that a stem has before the mix starts, or after it ends, is cut; nothing that sounds is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby

from stembridge.audio.reclock import UNTOUCHED, Clock
from stembridge.audio.sound import Sound
from stembridge.errors import AlignmentError
from stembridge.preset_model import Align
from stembridge.request import Progress
from stembridge.stages.align import Advance
from stembridge.stages.align_files import Sides, align_set, align_to_mix, common_rate
from stembridge.stages.align_findings import Moved, findings_of, lies_between, nothing_to_align_to
from stembridge.stages.align_placing import before_midnight, placed_stems, spans_of
from stembridge.stages.concerns import start_cut
from stembridge.stages.finding import Finding
from stembridge.stages.offset import Offset
from stembridge.stages.plan import Plan, StemPlan
from stembridge.stages.timeline import Span
from stembridge.units import Hertz, Seconds

REEL_S = 1200.0
"""Longer files are searched no farther than the preset's limit."""
START_CUT = "start-cut"


@dataclass(frozen=True)
class _Set:
    """The stems of one song or version, with what was found.

    Attributes:
        stems: all of them, the mix too.
        rate: what offsets are counted in.
        offsets: by file name.
        findings: about the set.

    """

    stems: tuple[StemPlan, ...]
    rate: Hertz
    offsets: dict[str, Offset]
    findings: tuple[Finding, ...] = ()

    @property
    def has_mix(self) -> bool:
        """Whether the stems are held against a mix, not just against each other."""
        return any(stem.identity.is_mix for stem in self.stems)


def align_plan(plan: Plan, *, threads: int, progress: Progress) -> Plan:
    """Move the stems of a plan to where they belong, where its preset asks for that.

    Args:
        plan: what will be done.
        threads: how many stems are searched for side by side.
        progress: told ``align`` and how much of it is done.

    Returns:
        The plan with other placements, and with findings about what was moved and what was not.

    Raises:
        AudioError: if a file cannot be decoded to its end.

    """
    wanted = plan.preset.align
    sets = [tuple(stems) for _, stems in groupby(plan.stems, key=lambda stem: stem.edition)]
    findings = [finding for finding in plan.findings if finding.code != START_CUT]
    placing: list[list[tuple[Moved, Span]]] = []
    for number, stems in enumerate(sets):

        def advance(done: float, number: int = number) -> None:
            progress("align", (number + done) / len(sets))

        found = _find(stems, wanted, threads, advance)
        moved = [_moved(stem, found, wanted) for stem in stems]
        findings += found.findings
        findings += [finding for each in moved for finding in findings_of(each, wanted, found.rate)]
        placing.append(list(zip(moved, spans_of(moved), strict=True)))
    lift = before_midnight(placing, wanted)
    guidance = {name: replace(each, start=each.start + lift) for name, each in plan.guidance.items()}
    placed = [each for one in placing for each in placed_stems(one, wanted, lift, guidance)]
    findings += [start_cut(stem) for stem, is_heard in placed if is_heard]
    aligned = tuple(stem for stem, _ in placed)
    return replace(plan, stems=aligned, findings=tuple(findings), guidance=guidance)


def _find(stems: tuple[StemPlan, ...], wanted: Align, threads: int, advance: Advance) -> _Set:
    mix = next((stem for stem in stems if stem.identity.is_mix), None)
    others = [stem for stem in stems if not stem.identity.is_mix]
    sounds = [stem.facts.sound for stem in others]
    if not others:
        return _Set(stems, common_rate([stem.facts.sound for stem in stems]), {})
    names, sides = [stem.file_name for stem in others], [_sides(stem) for stem in others]
    if mix is None:
        first = min(_start(stem) for stem in stems)
        starts = [_start(stem) - first for stem in others]
        offsets = align_set(sides, starts, limit=_searched(sounds, starts, wanted), advance=advance)
        found = dict(zip(names, offsets, strict=True))
        return _Set(stems, common_rate(sounds), found, nothing_to_align_to(offsets))
    rate = mix.facts.sound.format.rate
    starts = [_start(stem) - _start(mix) for stem in others]
    limit = _searched([mix.facts.sound, *sounds], starts, wanted)
    try:
        offsets = align_to_mix(_sides(mix), sides, limit=limit, threads=threads, advance=advance)
    except AlignmentError as error:
        return _Set(stems, rate, {}, nothing_to_align_to((), error.message))
    return _Set(stems, rate, dict(zip(names, offsets, strict=True)))


def _sides(stem: StemPlan) -> Sides:
    return tuple(facts.sound for facts in stem.sources)


def _searched(sounds: Sequence[Sound], starts: Sequence[Fraction], wanted: Align) -> Seconds | None:
    """Return how far to search: everywhere, lest a loop fits just once within the limit, but not in a reel."""
    if wanted.limit is None or max(sound.duration for sound in sounds) <= REEL_S:
        return None
    return Seconds(wanted.limit + float(max(map(abs, starts))))


def _moved(stem: StemPlan, found: _Set, wanted: Align) -> Moved:
    """Decide where a stem goes: to its place where that is sure, else nowhere."""
    offset = found.offsets.get(stem.file_name)
    before = _start(stem)
    if offset is None:
        return Moved(stem, before, before)
    clock, there = _place(offset, found, stem.format.rate, wanted)
    is_near = wanted.limit is None or abs(there - before) <= wanted.limit
    is_sure = offset.accepted and offset.confidence >= wanted.least_confidence and is_near
    is_movable = is_sure and bool(clock.drift_ppm or not offset.drift_ppm)
    is_turned = is_sure and wanted.polarity and offset.polarity < 0
    turned = replace(
        stem,
        offset=offset,
        polarity=-1 if is_turned else 1,
        clock=clock if is_movable else stem.clock,
    )
    after = there if is_movable else before
    return Moved(turned, before, after, is_sure=is_sure, is_near=is_near, has_mix=found.has_mix)


def _place(offset: Offset, found: _Set, output_rate: Hertz, wanted: Align) -> tuple[Clock, Fraction]:
    """Return where a stem starts, on a whole sample, and what of its clock is corrected to make it fit there.

    Without a mix nothing says which of two clocks is right, and a part of a sample may be the way of the sound from
    one microphone to another: then nothing is corrected.
    """
    origin = _origin(found)
    is_slid = wanted.fraction and (lies_between(offset) or output_rate != found.rate)
    drift = offset.drift_ppm if wanted.drift else 0.0
    if not found.has_mix or (not drift and not is_slid):
        return UNTOUCHED, origin + Fraction(offset.samples, found.rate)
    exactly = offset.offset * output_rate / found.rate
    return Clock(drift, exactly - round(exactly)), origin + Fraction(round(exactly), output_rate)


def _origin(found: _Set) -> Fraction:
    """Return where offsets count from: the start of the mix, or that of the set."""
    mixes = [_start(stem) for stem in found.stems if stem.identity.is_mix]
    return mixes[0] if mixes else min(_start(stem) for stem in found.stems)


def _start(stem: StemPlan) -> Fraction:
    """Return where the first frame of a source stands, in seconds since midnight."""
    return Fraction(stem.placement.position + stem.placement.lead, stem.format.rate)
