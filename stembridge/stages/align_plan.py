"""Align a plan: its stems moved to where their sound belongs, and what is not sure left where it is and told.

Of a set with a mix each stem is placed in the mix. Without one, stems that share sound are placed against each
other. Silence that a stem has before the mix starts, or after it ends, is cut; nothing that sounds is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby

from stembridge.audio.sound import Sound
from stembridge.errors import AlignmentError
from stembridge.preset_model import Align
from stembridge.request import Progress
from stembridge.stages.align import Advance
from stembridge.stages.align_files import align_set, align_to_mix, common_rate
from stembridge.stages.align_findings import Moved, findings_of, nothing_to_align_to
from stembridge.stages.concerns import start_cut
from stembridge.stages.file_signal import FileSignal
from stembridge.stages.finding import Finding
from stembridge.stages.guidance import Guidance, told_of
from stembridge.stages.offset import Offset
from stembridge.stages.plan import Plan, StemPlan
from stembridge.stages.timeline import Span, place
from stembridge.units import Hertz, Seconds, samples_to_rate

QUIET = 10 ** (-90 / 20)
"""What stays below -90 dBFS is silence that may be cut."""
STRETCH = 1 << 18
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
        placing.append(list(zip(moved, _spans(moved), strict=True)))
    lift = _before_midnight(placing, wanted)
    guidance = replace(plan.guidance, start=plan.guidance.start + lift)
    placed = [each for one in placing for each in _placed(one, wanted, lift, guidance)]
    findings += [start_cut(stem) for stem, is_heard in placed if is_heard]
    aligned = tuple(stem for stem, _ in placed)
    return replace(plan, stems=aligned, findings=tuple(findings), guidance=guidance)


def _find(stems: tuple[StemPlan, ...], wanted: Align, threads: int, advance: Advance) -> _Set:
    mix = next((stem for stem in stems if stem.identity.is_mix), None)
    others = [stem for stem in stems if not stem.identity.is_mix]
    sounds = [stem.facts.sound for stem in others]
    limit = None if wanted.limit is None else Seconds(wanted.limit)
    if not others:
        return _Set(stems, common_rate([stem.facts.sound for stem in stems]), {})
    names = [stem.file_name for stem in others]
    if mix is None:
        first = min(_start(stem) for stem in stems)
        starts = [_start(stem) - first for stem in others]
        offsets = align_set(sounds, starts, limit=limit, advance=advance)
        found = dict(zip(names, offsets, strict=True))
        return _Set(stems, common_rate(sounds), found, nothing_to_align_to(offsets))
    rate = mix.facts.sound.format.rate
    try:
        offsets = align_to_mix(mix.facts.sound, sounds, limit=limit, threads=threads, advance=advance)
    except AlignmentError as error:
        return _Set(stems, rate, {}, nothing_to_align_to((), error.message))
    return _Set(stems, rate, dict(zip(names, offsets, strict=True)))


def _moved(stem: StemPlan, found: _Set, wanted: Align) -> Moved:
    """Decide where a stem goes: to its place where that is sure, else nowhere."""
    offset = found.offsets.get(stem.file_name)
    before = _start(stem)
    if offset is None:
        return Moved(stem, before, before)
    origin = _origin(found)
    is_sure = offset.accepted and offset.confidence >= wanted.least_confidence
    after = origin + Fraction(offset.samples, found.rate) if is_sure and not offset.drift_ppm else before
    is_turned = is_sure and wanted.polarity and offset.polarity < 0
    return Moved(
        replace(stem, offset=offset, polarity=-1 if is_turned else 1), before, after, is_sure=is_sure
    )


def _origin(found: _Set) -> Fraction:
    """Return where offsets count from: the start of the mix, or that of the set."""
    mixes = [_start(stem) for stem in found.stems if stem.identity.is_mix]
    return mixes[0] if mixes else min(_start(stem) for stem in found.stems)


def _start(stem: StemPlan) -> Fraction:
    """Return where the first frame of a source stands, in seconds since midnight."""
    return Fraction(stem.placement.position + stem.placement.lead, stem.format.rate)


def _spans(moved: Sequence[Moved]) -> list[Span]:
    mixes = [each for each in moved if each.stem.identity.is_mix]
    return [_span(each, mixes[0] if mixes else None) for each in moved]


def _before_midnight(placing: Sequence[Sequence[tuple[Moved, Span]]], wanted: Align) -> Fraction:
    """Return how far all must be lifted so that nothing starts before midnight, where no time stamp reaches."""
    starts = [
        each.after if wanted.start == "keep" else each.after + span.head
        for one in placing
        for each, span in one
    ]
    return max(Fraction(0), -min(starts, default=Fraction(0)))


def _placed(
    placing: Sequence[tuple[Moved, Span]], wanted: Align, lift: Fraction, guidance: Guidance
) -> list[tuple[StemPlan, bool]]:
    """Give the stems of a set their common start and end again, and say whether what is cut at the start is heard."""
    spans = [replace(span, start=each.after + lift) for each, span in placing]
    placed = []
    for (each, span), placement in zip(placing, place(spans, wanted), strict=True):
        told = told_of(guidance, placement.position, placement.frames, span.rate)
        is_heard = placement.lead < 0 and -placement.lead > round(span.head * span.rate)
        placed.append((replace(each.stem, placement=placement, told=told), is_heard))
    return placed


def _span(each: Moved, mix: Moved | None) -> Span:
    sound, rate = each.stem.facts.sound, each.stem.format.rate
    frames = samples_to_rate(sound.frames, sound.format.rate, rate)
    span = Span(each.after, frames, rate)
    if mix is None or each is mix or not each.is_sure:
        return span
    last = mix.after + Fraction(mix.stem.facts.sound.frames, mix.stem.facts.sound.format.rate)
    before, after = mix.after - each.after, each.after + span.seconds - last
    return replace(
        span, head=_silent(sound, before, at_start=True), tail=_silent(sound, after, at_start=False)
    )


def _silent(sound: Sound, seconds: Fraction, *, at_start: bool) -> Fraction:
    """Return how much may be cut at one end of a file: all of ``seconds``, or nothing if it is heard."""
    frames = min(sound.frames, round(seconds * sound.format.rate))
    if frames <= 0:
        return Fraction(0)
    first = 0 if at_start else sound.frames - frames
    signal = FileSignal(sound, sound.format.rate)
    for start in range(first, first + frames, STRETCH):
        block = signal.read(start, min(first + frames, start + STRETCH))
        if float(abs(block).max(initial=0.0)) > QUIET:
            return Fraction(0)
    return seconds
