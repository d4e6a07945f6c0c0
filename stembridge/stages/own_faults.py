"""What a file's own fault does to the sum of its set: it is the cause, and no stem or return is missing; pure.

The search for a cause looks at what is left alone. A stem that is silent, that ends too early, that drops out or
that lost a side leaves what a missing stem or a missing return would leave, too. What the checks of the files found
tells them apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from stembridge.audio.sound import Encoding
from stembridge.stages.cause import Diagnosis
from stembridge.stages.causes.explanation import ONE_FIGURE, Explanation, Kind
from stembridge.stages.check import Examined
from stembridge.stages.null_files import Nulled
from stembridge.stages.pairs import SIDES

BROKEN = frozenset({"dropout", "repeated-block", "click"})
SILENT = frozenset({"silent"})
LOSSY = frozenset({"lossy-origin"})
DC = frozenset({"dc"})
DEAD = frozenset({"dead-side"})
ONE_SIDED = DEAD | {"dual-mono"}
VAGUE = frozenset({Kind.RETURN, Kind.STEM_FILTER, Kind.MISSING})
MOSTLY = 0.99
"""The share of what is left that lies in the lowest octave where an offset is all there is."""
NEAR_S = 0.1
"""Windows that are left partly in the second beside."""
HEARD_S = 0.01
"""A stem that ends this much before the mix may have faded by then."""
SECONDS_A_FAULT = 2
"""A fault near a full second is left in two."""


def with_own_faults(found: Nulled, examined: Sequence[Examined]) -> Nulled:
    """Name the fault of a file as the cause, where it explains what is left as well as what was found.

    Args:
        found: what was measured, and the cause that it was thought to have.
        examined: the files of the set, with what their checks found.

    """
    diagnosis = found.diagnosis
    if found.nulls or (diagnosis.sure and {cause.kind for cause in diagnosis.causes[-1:]} & ONE_FIGURE):
        return found
    by_name = {each.facts.source.name.as_posix(): each for each in examined}
    case = _Case(found, by_name[found.mix], tuple(by_name[name] for name in found.stems))
    looks = (_ends_early, _is_broken, _is_silent, _is_offset, _lost_a_side, _was_lossy)
    told = next((told for look in looks if (told := look(case)) is not None), None)
    return found if told is None else replace(found, diagnosis=told)


@dataclass(frozen=True)
class _Case:
    """A set that does not null, with what its files are."""

    found: Nulled
    mix: Examined
    stems: tuple[Examined, ...]

    @property
    def causes(self) -> tuple[Explanation, ...]:
        return self.found.diagnosis.causes

    @property
    def loud(self) -> list[int]:
        """The seconds in which more is left than may be; there is one."""
        found = self.found
        return [second for second, level in enumerate(found.null.seconds) if level > found.limit_dbfs]

    def surely(self, kind: Kind, stems: tuple[int, ...]) -> Diagnosis:
        told = Explanation(kind, stems)
        return replace(self.found.diagnosis, causes=(told,), runner_up=None, sure=True)


def _ends_early(case: _Case) -> Diagnosis | None:
    """Nothing is left before the second in which a stem ends, though the mix goes on.

    What is left from the first second on tells nothing: it may be left before the end of a stem as well as after it.
    """
    first, end = case.loud[0], case.mix.facts.sound.duration
    if first == 0 or len({_stamp(each) for each in (case.mix, *case.stems)}) > 1:
        return None
    ends = [each.facts.sound.duration for each in case.stems]
    short = tuple(
        index
        for index, own in enumerate(ends)
        if own < end - HEARD_S and first - NEAR_S <= own < first + 1.0 + NEAR_S
    )
    return case.surely(Kind.SHORT, short) if short else None


def _is_broken(case: _Case) -> Diagnosis | None:
    """What is left is left only for as many seconds as there are faults, and where they are."""
    loud = set(case.loud)
    faults = {
        index: [finding for finding in each.findings if finding.code in BROKEN and finding.at is not None]
        for index, each in enumerate(case.stems)
    }
    broken = tuple(
        index
        for index, own in faults.items()
        if any({int((finding.at or 0.0) + near) for near in (-NEAR_S, NEAR_S)} & loud for finding in own)
    )
    count = sum(int(finding.measured or 1.0) for index in broken for finding in faults[index])
    return case.surely(Kind.BROKEN, broken) if 0 < len(loud) <= SECONDS_A_FAULT * count else None


def _is_silent(case: _Case) -> Diagnosis | None:
    """Something is missing, and a stem is silent."""
    silent = tuple(index for index, each in enumerate(case.stems) if _has(each, SILENT))
    causes = case.causes
    if not silent or not causes or causes[-1].kind is not Kind.MISSING:
        return None
    told = replace(causes[-1], kind=Kind.SILENT, stems=silent)
    return replace(case.found.diagnosis, causes=(*causes[:-1], told))


def _is_offset(case: _Case) -> Diagnosis | None:
    """Nearly all that is left lies below the lowest octave's upper edge, and stems have a DC offset."""
    powers = [10.0 ** (band.null_dbfs / 10.0) for band in case.found.null.bands]
    shifted = tuple(index for index, each in enumerate(case.stems) if _has(each, DC))
    is_low = powers[0] >= MOSTLY * sum(powers)
    return case.surely(Kind.OFFSET, shifted) if shifted and is_low and not _has(case.mix, DC) else None


def _lost_a_side(case: _Case) -> Diagnosis | None:
    """What is left is of a stem with one side in a mix with two; that it lacks its effects is as possible."""
    causes = case.causes
    if not causes or _has(case.mix, ONE_SIDED):
        return None
    best = causes[-1]
    one_sided = [
        index
        for index, each in enumerate(case.stems)
        if _has(each, ONE_SIDED) or _is_lone_half(each, case.stems)
    ]
    dead = [index for index in one_sided if _has(case.stems[index], DEAD)]
    suspects = dead if best.kind is Kind.MISSING else [index for index in one_sided if best.stems == (index,)]
    if len(suspects) != 1 or (case.found.diagnosis.sure and best.kind not in VAGUE):
        return None
    told = replace(best, kind=Kind.ONE_SIDED, stems=tuple(suspects), value=None)
    return replace(case.found.diagnosis, causes=(*causes[:-1], told), runner_up=best, sure=False)


def _was_lossy(case: _Case) -> Diagnosis | None:
    """What is left may be the noise of the codec that a stem went through; so may what was found."""
    diagnosis = case.found.diagnosis
    if not case.causes or _was_coded(case.mix) or (diagnosis.sure and case.causes[-1].kind not in VAGUE):
        return None
    best = case.causes[-1]
    coded = tuple(index for index, each in enumerate(case.stems) if _was_coded(each))
    if not coded or not set(best.stems) <= set(coded):
        return None
    told = replace(best, kind=Kind.CODED, stems=coded, value=None)
    return replace(diagnosis, causes=(*case.causes[:-1], told), runner_up=best, sure=False)


def _was_coded(each: Examined) -> bool:
    return each.facts.sound.format.encoding is Encoding.LOSSY or _has(each, LOSSY)


def _has(each: Examined, codes: frozenset[str]) -> bool:
    return any(finding.code in codes for finding in each.findings)


def _is_lone_half(each: Examined, stems: Sequence[Examined]) -> bool:
    """Tell whether a mono file is called the left or the right side of a stem whose other side is not there."""
    if each.identity.channel not in SIDES or each.facts.sound.format.channels > 1:
        return False
    called = each.identity.stem.removesuffix(f"_{each.identity.channel}")
    alike = [one for one in stems if one.identity.stem.removesuffix(f"_{one.identity.channel}") == called]
    return {one.identity.channel for one in alike} & set(SIDES) == {each.identity.channel}


def _stamp(each: Examined) -> float:
    bext = each.facts.metadata.bext
    return 0.0 if bext is None else bext.time_reference / each.facts.sound.format.rate
