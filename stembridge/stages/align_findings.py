"""What is said about the places of stems: what was moved, what was not and why; pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from stembridge.preset_model import Align
from stembridge.stages.finding import Finding, Severity
from stembridge.stages.offset import Offset
from stembridge.stages.plan import StemPlan
from stembridge.units import Hertz

BETWEEN = 0.1
"""A part of a sample from which it is told that a stem lies between the samples."""
MOST_CANDIDATES = 6
SEEMS_FAR = "Its place is farther away than the preset allows."


@dataclass(frozen=True)
class Moved:
    """A stem on its way to its place.

    Attributes:
        stem: with its offset and polarity.
        before: where it starts by its time stamp or with the others, in seconds since midnight.
        after: where it starts now.
        is_sure: whether its place was found.
        is_near: whether that lies within the preset's limit.
        has_mix: whether it was placed in a mix, not just against other stems.

    """

    stem: StemPlan
    before: Fraction
    after: Fraction
    is_sure: bool = False
    is_near: bool = True
    has_mix: bool = True


def nothing_to_align_to(offsets: Sequence[Offset], reason: str = "There is no mix.") -> tuple[Finding, ...]:
    """Say that there is no mix, and how many stems have a place without one."""
    known = sum(offset.accepted for offset in offsets)
    message = f"{reason} The stems are left where they are."
    if known:
        message = f"{reason} {known} of {len(offsets)} stems share sound and are aligned to each other."
    hint = "Ask for the mix that the stems belong to."
    return (Finding("no-mix-to-align", Severity.INFO, message, hint=hint),)


def findings_of(moved: Moved, wanted: Align, rate: Hertz) -> Iterator[Finding]:
    """Say what was done with a stem.

    Args:
        moved: the stem.
        wanted: what the preset asks for.
        rate: what its offset is counted in.

    """
    offset = moved.stem.offset
    if offset is None:
        return
    if not moved.is_sure:
        yield from _unsure(moved, offset, wanted)
    else:
        if offset.drift_ppm:
            yield _drift(moved, offset)
        if moved.stem.clock.drift_ppm or not offset.drift_ppm:
            yield from _place(moved, offset, rate)
    if moved.is_sure and offset.polarity < 0:
        yield _polarity(moved)


def _unsure(moved: Moved, offset: Offset, wanted: Align) -> Iterator[Finding]:
    if not offset.candidates or offset.reason.startswith("It shares no sound"):
        return  # silence, and what nothing can be said about, are told of the set
    places = ", ".join(f"{place:+.0f}" for place in offset.candidates[:MOST_CANDIDATES])
    reason = offset.reason or (SEEMS_FAR if not moved.is_near else "It is not sure enough for this preset.")
    yield Finding(
        "alignment-unsure",
        Severity.WARNING,
        f"{reason} It stays where it is.",
        path=moved.stem.facts.source.name,
        measured=round(offset.confidence, 3),
        limit=wanted.least_confidence,
        hint=f"It fits at {places} samples from the start of the mix; ask the sender where it starts.",
    )


def _place(moved: Moved, offset: Offset, rate: Hertz) -> Iterator[Finding]:
    name = moved.stem.facts.source.name
    by = round((moved.after - moved.before) * rate)
    if by:
        late = f"{abs(by)} {'sample' if abs(by) == 1 else 'samples'} {'late' if by < 0 else 'early'}"
        message = f"It came {late} and is moved to its place."
        yield Finding("aligned", Severity.INFO, message, path=name, measured=by, limit=0.0, unit="samples")
    if moved.has_mix and lies_between(offset) and not offset.drift_ppm:
        between = offset.offset - offset.samples
        message = f"It lies {between:+.2f} samples beside a whole sample of the mix"
        is_moved = bool(moved.stem.clock.delay)
        yield Finding(
            "between-samples",
            Severity.INFO,
            f"{message} and is moved there." if is_moved else f"{message}.",
            path=name,
            measured=between,
            unit="samples",
            hint="" if is_moved else "Set align.fraction to true in the preset to move it there.",
        )


def lies_between(offset: Offset) -> bool:
    """Tell whether a place between two samples of the mix is seen clearly."""
    return abs(offset.offset - offset.samples) >= BETWEEN + 3 * offset.deviation


def _drift(moved: Moved, offset: Offset) -> Finding:
    sound = moved.stem.facts.sound
    away = abs(offset.drift_ppm) * 1e-6 * sound.frames
    pace = "fast" if offset.drift_ppm > 0 else "slow"
    is_corrected = bool(moved.stem.clock.drift_ppm)
    done = "Its speed is corrected." if is_corrected else "It stays where it is."
    return Finding(
        "clock-drift",
        Severity.INFO if is_corrected else Severity.WARNING,
        f"Its clock runs {pace}: by its end it is {away:.1f} samples off. {done}",
        path=moved.stem.facts.source.name,
        measured=round(offset.drift_ppm, 3),
        limit=0.0,
        unit="ppm",
        hint="" if is_corrected else _drift_hint(moved),
    )


def _drift_hint(moved: Moved) -> str:
    ask = "Ask for an export from the session of the mix"
    return f"{ask}, or set align.drift to true in the preset." if moved.has_mix else f"{ask}."


def _polarity(moved: Moved) -> Finding:
    name = moved.stem.facts.source.name
    if moved.stem.polarity < 0:
        message = "It was inverted against the mix and is turned over."
        return Finding("polarity", Severity.INFO, message, path=name)
    hint = "Set align.polarity to true in the preset to turn it over."
    message = "It is inverted against the mix."
    return Finding("polarity", Severity.WARNING, message, path=name, hint=hint)
