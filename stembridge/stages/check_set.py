"""Whether the files of a set belong together: rate, depth, start, length, the stems that were wanted, doubles; pure."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from stembridge.audio.sound import Encoding
from stembridge.check_model import Check, Rule
from stembridge.stages.check import Examined
from stembridge.stages.finding import Finding, Severity
from stembridge.units import samples_to_seconds

ONE_SAMPLE = 1.0


def set_findings(examined: Sequence[Examined], check: Check) -> tuple[Finding, ...]:
    """Compare the files of a set with each other and with the preset's list."""
    return (
        *_unequal_formats(examined, check),
        *_unequal_times(examined, check),
        *_stems(examined, check),
        *_identical(examined, check),
    )


def _told(rule: Rule, code: str, message: str, **more: object) -> Finding:
    return Finding(code, Severity(rule.severity), message, **more)  # type: ignore[arg-type]


def _unequal_formats(examined: Sequence[Examined], check: Check) -> Iterator[Finding]:
    rates = {each: float(each.facts.sound.format.rate) for each in examined}
    yield from _odd_ones(check.same_rate, "unequal-rate", "sample rate", rates, "Hz")
    encodings = {each: each.facts.sound.format.encoding for each in examined}
    depths = {each: float(form.bits) for each, form in encodings.items() if form is not Encoding.LOSSY}
    yield from _odd_ones(check.same_depth, "unequal-depth", "depth", depths, "bits")


def _unequal_times(examined: Sequence[Examined], check: Check) -> Iterator[Finding]:
    tolerance = max((ONE_SAMPLE / each.facts.sound.format.rate for each in examined), default=0.0) / 2
    starts = {each: start for each in examined if (start := _start(each)) is not None}
    yield from _odd_ones(check.same_start, "unequal-start", "start", starts, "s", tolerance)
    lengths = {each: float(each.facts.sound.duration) for each in examined}
    yield from _odd_ones(check.same_length, "unequal-length", "length", lengths, "s", tolerance)


def _start(each: Examined) -> float | None:
    bext = each.facts.metadata.bext
    if bext is None:
        return None
    return float(samples_to_seconds(bext.time_reference, each.facts.sound.format.rate))


def _odd_ones(
    rule: Rule,
    code: str,
    what: str,
    values: dict[Examined, float],
    unit: str,
    tolerance: float = 0.0,
) -> Iterator[Finding]:
    """Report the files that differ from what most of the set have."""
    if rule.severity == "off" or len(values) < 2:
        return
    usual = Counter(values.values()).most_common(1)[0][0]
    for each, value in values.items():
        if abs(value - usual) > tolerance:
            yield _told(
                rule,
                code,
                f"Its {what} is not that of the rest of the set.",
                path=each.facts.source.name,
                measured=value,
                limit=usual,
                unit=unit,
                hint="Ask for one export of all stems with the same settings.",
            )


def _stems(examined: Sequence[Examined], check: Check) -> Iterator[Finding]:
    rule = check.stems
    if rule.severity == "off" or not rule.wanted:
        return
    present = [(each, _words(each)) for each in examined if not each.identity.is_mix]
    wanted = [[word.strip() for word in entry.split("/")] for entry in rule.wanted]
    for entry in wanted:
        if not any(words.intersection(entry) for _, words in present):
            hint = "Ask for it, or whether it is part of another stem."
            yield _told(rule, "missing-stem", f"There is no stem of {' or '.join(entry)}.", hint=hint)
    for each, words in present:
        if not rule.extra and not any(words.intersection(entry) for entry in wanted):
            yield _told(
                rule,
                "extra-stem",
                "The preset's list has no such stem.",
                path=each.facts.source.name,
                hint="Ask what it is, or leave it out.",
            )


def _words(each: Examined) -> set[str]:
    identity = each.identity
    return {identity.stem, *([identity.role.value] if identity.role else [])}


def _identical(examined: Sequence[Examined], check: Check) -> Iterator[Finding]:
    rule = check.identical
    if rule.severity == "off":
        return
    same: defaultdict[str, list[PurePosixPath]] = defaultdict(list)
    for each in examined:
        peak = each.measurement.sample_peak
        if peak is not None and peak > check.edges.below:
            same[each.samples].append(each.facts.source.name)
    for first, *others in same.values():
        for other in others:
            yield _told(
                rule,
                "identical",
                f"It holds the same samples as {first}.",
                path=other,
                hint="Ask for the stem that belongs here.",
            )
