"""Whether the stems of a set sum to their mix, and what they lack; what the set itself leaves is said once."""

from collections.abc import Sequence

from stembridge.check_model import Check
from stembridge.request import Progress, no_progress
from stembridge.stages.check import Examined
from stembridge.stages.corrections import Corrections, is_corrected
from stembridge.stages.finding import Finding, Severity
from stembridge.stages.identity import Identity
from stembridge.stages.null_files import Nulled, null_files
from stembridge.stages.own_faults import with_own_faults
from stembridge.stages.probe import Facts
from stembridge.stages.vocabulary import Role

CODE = "does-not-null"
NO_MIX = "no-mix"
CORRECTED = "did-not-null"
DOES_NOT, CAME = "The stems do not sum to the mix.", "As they came the stems did not sum to the mix."
MOSTLY_DB = 10.0
BESIDE_THE_MIX = frozenset({Role.CLICK})
"""What is delivered with the stems and is never heard in the mix."""


def null_set(
    examined: Sequence[Examined], check: Check, *, progress: Progress = no_progress
) -> Nulled | None:
    """Null the stems of a set against its mix.

    Args:
        examined: the files of one song or version.
        check: the rules.
        progress: told ``null`` and how much of it is done.

    Returns:
        None where the rules do not ask for it, there is no mix or no stem, or the mix is silent.

    Raises:
        AudioError: if a file cannot be decoded to its end.

    """
    rule = check.null_below
    mixes = [each for each in examined if each.identity.is_mix]
    stems = [each for each in examined if _is_summed(each.identity)]
    if rule.severity == "off" or rule.limit is None or not mixes or not stems:
        return None
    mix = max(mixes, key=lambda each: each.identity.confidence)
    if _is_silent(mix):
        return None
    named = [(_name(each.facts), each.facts.sound) for each in (mix, *stems)]
    found = null_files(named[0], named[1:], limit_dbfs=rule.limit, progress=progress)
    return with_own_faults(found, examined)


def null_findings(
    found: Nulled, examined: Sequence[Examined], check: Check, corrected: Corrections | None = None
) -> tuple[Finding, ...]:
    """Say that a set does not sum to its mix, how much is left at its worst place, and why.

    A mix that is known by its sound alone may be something else: where no cause explains what is left, that is no
    more than a warning.

    Args:
        found: what was measured.
        examined: the files of the set.
        check: the rules.
        corrected: what is put right of each file without asking; a set that nulls by that is no more than a note.

    """
    if found.nulls:
        return ()
    is_explained = _is_mostly_gone(found)
    is_done = is_explained and all(
        is_corrected(each, found, corrected or {}) for each in found.diagnosis.causes
    )
    severity = Severity(check.null_below.severity)
    is_mild = is_done or (_is_heard(found, examined) and not is_explained)
    suspects = {index for cause in found.diagnosis.causes for index in cause.stems}
    stems = [each for each in examined if _name(each.facts) in found.stems]
    alone = next(iter(suspects)) if len(suspects) == 1 and found.diagnosis.sure else None
    return (
        Finding(
            CORRECTED if is_done else CODE,
            min(severity, Severity.WARNING, key=list(Severity).index) if is_mild else severity,
            f"{CAME if is_done else DOES_NOT} {found.message or 'Nothing that was tried explains it.'}",
            path=None if alone is None else stems[alone].facts.source.name,
            measured=round(found.null.worst_dbfs, 2),
            limit=found.limit_dbfs,
            unit="dBFS",
            at=found.null.worst_at,
            hint="It is put right in what is delivered." if is_done else found.hint,
        ),
    )


def no_mix_findings(examined: Sequence[Examined], check: Check) -> tuple[Finding, ...]:
    """Say that stems could not be held against a mix because there is none, or it is silent."""
    rule = check.null_below
    stems = [each for each in examined if each.identity.role is not None and _is_summed(each.identity)]
    mixes = [each for each in examined if each.identity.is_mix]
    if rule.severity == "off" or rule.limit is None or len(stems) < 2 or not all(map(_is_silent, mixes)):
        return ()
    why = "The mix is silent" if mixes else "There is no mix among the files"
    message = f"{why}, so it was not checked whether the stems sum to it."
    return (Finding(NO_MIX, Severity.INFO, message, hint="Ask for the mix that the stems belong to."),)


def _is_mostly_gone(found: Nulled) -> bool:
    """Tell whether the causes that were found are all: a shift leaves no more than what an end was cut off by."""
    enough = max(found.limit_dbfs, found.null.null_dbfs - MOSTLY_DB)
    return bool(found.diagnosis.causes) and found.diagnosis.left.null_dbfs <= enough


def _is_heard(found: Nulled, examined: Sequence[Examined]) -> bool:
    return any(each.identity.heard for each in examined if _name(each.facts) == found.mix)


def _is_summed(identity: Identity) -> bool:
    return not identity.is_mix and identity.role not in BESIDE_THE_MIX


def _is_silent(mix: Examined) -> bool:
    peak = mix.measurement.sample_peak
    return peak is None or peak < -90.0


def _name(facts: Facts) -> str:
    return facts.source.name.as_posix()
