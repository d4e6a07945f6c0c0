"""The versions of one song, told apart by what names say and by lengths; pure."""

from collections.abc import Sequence

from stembridge.stages.edition_names import is_about
from stembridge.stages.edition_pieces import ReadPiece, grouped
from stembridge.stages.identify import Role

FULL = "full"

SAME_LENGTH = 0.5
"""Seconds within which sounds are of one length."""


def find_versions(members: Sequence[ReadPiece]) -> frozenset[str]:
    """Return the versions of one song that stand apart from its full length; empty where it has but one."""
    groups = grouped(members, [one.versioned.version or FULL for one in members])
    if len(groups) < 2:
        return frozenset()
    main = groups.get(FULL, [])
    return frozenset(
        version
        for version, own in groups.items()
        if version != FULL
        and (_stands_apart(own, main) if own[0].versioned.seconds is None else _is_cut(own, members))
    )


def _is_cut(own: Sequence[ReadPiece], members: Sequence[ReadPiece]) -> bool:
    """Tell a cut of so many seconds from an ``80s Synth``: by its length, or because it is a set like the rest."""
    if len(own) == 1 and own[0].is_stem and own[0].is_said_by_name:
        return False
    rest = [one for one in members if one.versioned.version != own[0].versioned.version]
    longest = max(one.piece.duration for one in rest)
    seconds = own[0].versioned.seconds or 0
    if all(is_about(one.piece.duration, seconds) and _differs(one, longest) for one in own):
        return True
    stems = {one.call for one in own if one.is_stem}
    if len(stems) > 1:
        return len(stems & {one.call for one in rest}) > 1
    return not any(one.is_stem for one in members)


def _differs(one: ReadPiece, duration: float) -> bool:
    return abs(one.piece.duration - duration) > SAME_LENGTH


def _stands_apart(own: Sequence[ReadPiece], main: Sequence[ReadPiece]) -> bool:
    """Tell an alternative mix, or a set of its own, from a stem that has an alternative."""
    stems = {one.call for one in own if one.is_stem}
    if stems:
        mains = {one.call for one in main if one.is_stem}
        return len(stems) > 1 and 2 * len(stems & mains) >= min(len(stems), len(mains))
    return not main or not any(one.is_stem for one in main) or _is_band(main)


def _is_band(main: Sequence[ReadPiece]) -> bool:
    """Tell whether there are stems of instruments: beside a voice alone an instrumental is the other stem."""
    voices = {Role.LEAD_VOCAL, Role.VOCALS, Role.BACKING_VOCALS}
    return any(one.is_stem and one.identity.role not in voices for one in main)
