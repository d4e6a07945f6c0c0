"""Identified: which set each source is of and what it is, by its name and, where it was heard, by its sound; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from stembridge.presets import Preset
from stembridge.stages.edition_identities import identify_pieces, one_edition
from stembridge.stages.editions import Edition, Piece
from stembridge.stages.finding import Finding
from stembridge.stages.hearing.agreement import join
from stembridge.stages.hearing.heard import Heard
from stembridge.stages.identity import Identity
from stembridge.stages.probe import Facts


@dataclass(frozen=True)
class Identified:
    """One source, and what it is.

    Attributes:
        edition: the song and version it is of.
        identity: what it is; its role is None where that is not sure enough to act on.
        findings: what a person should know about that.

    """

    edition: Edition
    identity: Identity
    findings: tuple[Finding, ...]


def identify_sources(
    facts: Sequence[Facts],
    preset: Preset,
    *,
    name: str,
    heard: Mapping[Path, Heard],
    mix: Facts | None = None,
) -> list[Identified]:
    """Say what each source is, by its name and, where it was listened to, by its sound.

    Args:
        facts: what each source is, in any order.
        preset: whether names are asked, and how sure either must be.
        name: what the delivery was called when it came in.
        heard: what sources sound like, by path.
        mix: the mix, one of ``facts``, where that is known; all others belong to it.

    """
    least = preset.identify.least_confidence
    identified = []
    is_one = preset.separate is not None or mix is not None
    named_sources = _named(facts, name, is_one=is_one)
    for one, (edition, named) in zip(facts, named_sources, strict=True):
        wanted = named if preset.identify.names else _unnamed(named)
        path = one.source.path
        joined, found = join(wanted, heard[path], least=least) if path in heard else (wanted, ())
        sure = _as_sure(joined, preset)
        known = sure if mix is None else replace(sure, is_mix=one is mix, heard=False)
        identified.append(Identified(edition, known, tuple(found)))
    return identified


def _named(facts: Sequence[Facts], name: str, *, is_one: bool) -> tuple[tuple[Edition, Identity], ...]:
    """Say what each source is by its name; what is to be taken apart, or has its mix given, is not sorted."""
    if is_one:
        return one_edition([one.source.name.as_posix() for one in facts], parent=name)
    return identify_pieces([Piece(one.source.name, one.sound.duration) for one in facts], parent=name)


def _as_sure(identity: Identity, preset: Preset) -> Identity:
    """Keep a file's own name where what it is is not sure enough to act on."""
    sure = identity.role is None or identity.confidence >= preset.identify.least_confidence
    return identity if sure else _unnamed(identity)


def _unnamed(identity: Identity) -> Identity:
    return replace(identity, role=None, stem=PurePosixPath(identity.path).stem, is_mix=False, confidence=0.0)
