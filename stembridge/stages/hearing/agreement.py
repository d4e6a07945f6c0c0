"""Agreement: what a file is, when its name and its sound are both asked.

A clear name wins; where the sound is sure that it lies, a finding says so. Where the name says nothing, the sound
decides if it is sure enough; else the file keeps its own name, and a finding asks.
"""

from dataclasses import replace
from pathlib import PurePosixPath

from stembridge.stages.finding import Finding, Severity
from stembridge.stages.hearing.heard import Heard
from stembridge.stages.hearing.sorts import NAMED_FAMILIES, SOUNDS_LIKE, Family
from stembridge.stages.identity import Identity
from stembridge.stages.vocabulary import Role

CONTRADICTS = 0.9
"""How sure the sound must be of another family before a clear name is doubted."""

POSSIBLE = 0.05
"""The chance of what the name says from which it is not doubted."""


def join(named: Identity, heard: Heard, *, least: float) -> tuple[Identity, tuple[Finding, ...]]:
    """Join what a name says with what is heard.

    Args:
        named: by the name; its role is None where the name says nothing or is not to be asked.
        heard: by the sound.
        least: the confidence from which either is believed.

    Returns:
        What the file is, and what a person should know. An identity below ``least`` is not to be acted upon;
        one without a role keeps its own name, and the number in it.

    """
    if named.role is not None and named.confidence >= least:
        return named, _contradiction(named, heard)
    if named.role is not None and NAMED_FAMILIES.get(named.role) is heard.family:
        joined = _supported(named, heard)
        return joined, () if joined.confidence >= least else (_unsure(joined, heard, least),)
    if heard.role is not None and heard.confidence >= least:
        return _as_heard(named, heard), ()
    return _with_index(named), (_unsure(named, heard, least),)


def _with_index(named: Identity) -> Identity:
    """Keep the number that a file came with in what it will be called."""
    if named.role is not None or named.index is None or not named.stem or str(named.index) in named.stem:
        return named
    return replace(named, stem=f"{named.index:02}_{named.stem}")


def _supported(named: Identity, heard: Heard) -> Identity:
    """Believe a doubtful name as far as either witness alone, or both together, can be believed."""
    doubt = (1.0 - named.confidence) * (1.0 - heard.confidence)
    return replace(named, confidence=1.0 - doubt, evidence=f"{named.evidence}; sound: {heard.evidence}")


def _as_heard(named: Identity, heard: Heard) -> Identity:
    assert heard.role is not None
    return replace(
        named,
        role=heard.role,
        stem="_".join(part for part in (heard.role.value, named.channel) if part),
        is_mix=heard.role is Role.MIX,
        confidence=heard.confidence,
        evidence=f"sound: {heard.evidence}",
        heard=True,
    )


def _contradiction(named: Identity, heard: Heard) -> tuple[Finding, ...]:
    assert named.role is not None
    possible = SOUNDS_LIKE.get(named.role)
    is_part_of_mix = named.role is Role.MIX and not named.is_mix
    is_mute = heard.family is Family.SILENCE  # silence belies no name; a check of its own tells it
    if (
        possible is None
        or is_part_of_mix
        or is_mute
        or heard.family in possible
        or heard.confidence < CONTRADICTS
    ):
        return ()
    chance = sum(heard.families.get(family, 0.0) for family in possible)
    if chance > POSSIBLE:
        return ()
    return (
        Finding(
            "name-contradicts-sound",
            Severity.WARNING,
            f"The name says {named.role.value.replace('_', ' ')} ({100 * named.confidence:.0f} % sure), it sounds "
            f"like {heard.family} ({100 * heard.confidence:.0f} % sure): {heard.evidence}.",
            path=PurePosixPath(named.path),
            measured=round(heard.confidence, 3),
            limit=CONTRADICTS,
            hint="Listen to it, and rename the file if it is called wrong. The name was kept.",
        ),
    )


def _unsure(named: Identity, heard: Heard, least: float) -> Finding:
    guess = "" if heard.role is None else f" It may be {heard.family}"
    either = guess and heard.runner_up and f" or {heard.runner_up}"
    return Finding(
        "role-unsure",
        Severity.INFO,
        f"Neither its name nor its sound says surely what it is ({heard.evidence}).{guess}{either or ''}"
        + ("." if guess else ""),
        path=PurePosixPath(named.path),
        measured=round(max(heard.confidence, named.confidence), 3),
        limit=least,
        hint="It keeps its own name. Rename it to say what it is, and drop the set again.",
    )
