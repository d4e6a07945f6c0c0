"""What the files of a delivery are, as far as their names say; pure.

One name alone is ambiguous (``Heavy Bass_Drums``), a set of names is less so: what most of them begin with
is the song, and what is left tells them apart. The order of the files plays no part. Words that contradict
each other, or that may as well be part of a title, lower the confidence; nobody should rename by an identity
that is below the preset's limit.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from stembridge.stages.identify_one import Draft, draft_identity
from stembridge.stages.identity import Identity
from stembridge.stages.name_reading import Name, read_names
from stembridge.stages.name_roles import DOUBTFUL, TITLED, find_hits
from stembridge.stages.name_tags import read_tags
from stembridge.stages.name_words import split_words
from stembridge.stages.song_name import find_song, song_of_folder
from stembridge.stages.vocabulary import FAMILIES, ROLE_ORDER, Role

__all__ = ["ROLE_ORDER", "Identity", "Role", "identify_names"]


def identify_names(names: Sequence[str], *, parent: str | None = None) -> tuple[Identity, ...]:
    """Say what each file of one delivery is.

    Args:
        names: the files' names: relative paths with ``/``.
        parent: the name of the folder or archive that holds them: the song, where the names share none.

    Returns:
        One identity for each name, in the same order; the order does not change what they say.

    """
    read = read_names(names)
    song, folder = find_song(read), _song_of_folders(read, parent)
    drafts = [draft_identity(name, song, folder=folder, is_alone=len(read) == 1) for name in read]
    drafted = _support(_guess_mix(_tell_apart(_number(drafts))))
    identities = [_with_channel(each) for each in drafted]
    tags = read_tags(parent or "").found
    bpm, key = tags.get("bpm"), tags.get("key")
    return tuple(
        replace(
            each,
            bpm=float(bpm) if each.bpm is None and bpm is not None else each.bpm,
            key=str(key) if each.key is None and key is not None else each.key,
        )
        for each in identities
    )


def _song_of_folders(names: Sequence[Name], parent: str | None) -> str | None:
    """Return the song as the folder around all files has it, the nearest first."""
    tops = {name.folders[0] if name.folders else None for name in names}
    shared = tops.pop() if len(tops) == 1 else None
    if shared and not find_hits(split_words(shared)) and song_of_folder(shared):
        return song_of_folder(shared)
    return (song_of_folder(parent) or parent) if parent else None


def _number(drafts: Sequence[Draft]) -> list[Draft]:
    """Write the number behind each stem, unless all files of the set have the same."""
    shared = len(drafts) > 1 and len({draft.number for draft in drafts}) == 1
    return [
        draft if shared or draft.number is None else _renamed(draft, str(draft.number)) for draft in drafts
    ]


def _tell_apart(drafts: Sequence[Draft]) -> list[Identity]:
    """Give stems that would be called alike the words that tell them apart: ``guitar_bob``."""
    calls = Counter(_call(draft) for draft in drafts)
    return [
        _renamed(draft, "_".join(word.text.lower() for word in draft.leftover)).identity
        if calls[_call(draft)] > 1 and draft.leftover
        else draft.identity
        for draft in drafts
    ]


def _call(draft: Draft) -> tuple[str, str | None, Role | None]:
    return draft.identity.stem, draft.identity.channel, draft.identity.role


def _renamed(draft: Draft, more: str) -> Draft:
    return replace(draft, identity=replace(draft.identity, stem=f"{draft.identity.stem}_{more}"))


def _with_channel(identity: Identity) -> Identity:
    """Keep the files of one stem that hold a channel each from being called alike."""
    parts = (part for part in (identity.stem, identity.channel) if part)
    return replace(identity, stem="_".join(parts))


def _guess_mix(identities: Sequence[Identity]) -> list[Identity]:
    """Take a file that has only the song's name, beside stems, for the mix; doubtful, but worth saying."""
    stems = sum(each.role is not None and not each.is_mix for each in identities)
    has_mix = any(each.is_mix for each in identities)
    if stems < 2 or has_mix:
        return list(identities)
    return [_as_mix(each) if each.role is None and not each.stem else each for each in identities]


def _support(identities: Sequence[Identity]) -> list[Identity]:
    """Believe a doubtful word for drums, like ``Room`` or ``oh``, beside two sure ones."""
    sure = sum(_is_of_drums(each) and each.confidence > TITLED for each in identities)
    return [
        replace(each, confidence=TITLED, evidence=f"{each.evidence}, beside other drums")
        if sure > 1 and _is_of_drums(each) and each.confidence == DOUBTFUL
        else each
        for each in identities
    ]


def _is_of_drums(identity: Identity) -> bool:
    return identity.role is not None and FAMILIES[identity.role] == FAMILIES[Role.DRUMS]


def _as_mix(identity: Identity) -> Identity:
    evidence = "the name is only the song's, and the other files are stems"
    return replace(identity, role=Role.MIX, stem="mix", is_mix=True, confidence=DOUBTFUL, evidence=evidence)
