"""The songs of one delivery, told apart by folders, by what names begin with, and by lengths; pure."""

from collections.abc import Mapping, Sequence

from stembridge.stages.edition_pieces import ReadPiece, grouped
from stembridge.stages.identify import Role
from stembridge.stages.name_words import split_words

SAME_LENGTH = 0.5
"""Seconds within which sounds are of one length."""


def find_songs(read: Sequence[ReadPiece]) -> list[str]:
    """Name the song of each file; empty for all where there is one song."""
    folders = grouped(read, [one.folder for one in read])
    if len(folders) > 1 and _repeat_each_other(folders):
        return [one.folder for one in read]
    leads = _by_lead(read)
    groups = grouped(read, leads)
    if len(groups) < 2 or "" in groups or not all(_is_set(each) for each in groups.values()):
        return [""] * len(read)
    if _repeat_each_other(groups) and (_begin_apart(groups) or _last_apart(groups)):
        return [_title(groups[lead], lead) for lead in leads]
    return [""] * len(read)


def _by_lead(read: Sequence[ReadPiece]) -> list[str]:
    """Return the words in front of each stem's; a mix that is called after a song goes with its stems."""
    of_stems = {one.lead for one in read if one.is_stem}
    return [
        one.lead
        if one.lead in of_stems
        else max((lead for lead in of_stems if lead and one.lead.startswith(lead)), key=len, default="")
        for one in read
    ]


def _is_set(members: Sequence[ReadPiece]) -> bool:
    return len({one.call for one in members if one.is_stem}) > 1


def _repeat_each_other(groups: Mapping[str, Sequence[ReadPiece]]) -> bool:
    """Tell whether every group has a stem that another has too; single files count where they are mixes."""
    calls = {key: {one.call for one in members} for key, members in groups.items()}
    small = all(len(members) == 1 for members in groups.values())
    if small and any(one.identity.role is not Role.MIX for members in groups.values() for one in members):
        return False
    return all(any(own & other for name, other in calls.items() if name != key) for key, own in calls.items())


def _begin_apart(groups: Mapping[str, Sequence[ReadPiece]]) -> bool:
    return len({key.split(" ")[0] for key in groups}) == len(groups)


def _last_apart(groups: Mapping[str, Sequence[ReadPiece]]) -> bool:
    """Tell whether each group has one length, and no two the same."""
    lengths = [[one.piece.duration for one in members] for members in groups.values()]
    return all(max(each) - min(each) <= SAME_LENGTH for each in lengths) and all(
        abs(one[0] - other[0]) > SAME_LENGTH
        for place, one in enumerate(lengths)
        for other in lengths[place + 1 :]
    )


def _title(members: Sequence[ReadPiece], lead: str) -> str:
    """Write the words of a song as they stand in the first of its names."""
    words = split_words(members[0].versioned.rest)
    wanted = lead.split(" ")
    found = [word for word in words if word.folded in wanted][: len(wanted)]
    return members[0].versioned.rest[found[0].start : found[-1].stop] if found else lead
