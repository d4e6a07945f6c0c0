"""Editions: the songs of one delivery, and the versions of a song, told apart by folders, names and lengths; pure.

A folder of a library holds ``Alpha/Drums.wav`` and ``Beta/Drums.wav``, or ``Song_Drums.wav`` and
``Song_30s_Drums.wav``: sets that are aligned, checked and summed each by itself. What could as well be one set
is one set.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from stembridge.stages.edition_names import Versioned, is_about, is_version, read_version, without_version
from stembridge.stages.identify import Identity, Role, identify_names
from stembridge.stages.name_roles import DOUBTFUL, find_hits, is_filler
from stembridge.stages.name_words import split_words
from stembridge.stages.vocabulary import words_of

FULL = "full"
NEUTRAL = words_of(
    "stem stems mix mixes mixdown mixdowns audio files wav wavs wave waves aif aiff bounces bounce export exports "
    "extras parts tracks multitrack multitracks master masters renders render deliverables delivery music"
)
"""Words of folders that sort files by kind, not by song."""

SAME_LENGTH = 0.5
"""Seconds within which sounds are of one length."""


@dataclass(frozen=True)
class Edition:
    """A song, or a version of it.

    Attributes:
        song: the folder or the words that tell the song; empty where there is one song.
        version: ``full``, ``30s``, ``alt``; empty where there is one version.

    """

    song: str = ""
    version: str = ""

    @property
    def label(self) -> str:
        """What it is called: ``Alpha``, ``30s``, ``Alpha 30s``; empty where there is nothing to tell apart."""
        return " ".join(part for part in (self.song, self.version) if part)


@dataclass(frozen=True)
class Piece:
    """A file of a delivery, for telling it from others.

    Attributes:
        path: its name inside the delivery.
        duration: in seconds.

    """

    path: PurePosixPath
    duration: float


@dataclass(frozen=True)
class Member:
    """A file and the edition it belongs to.

    Attributes:
        edition: which.
        path: its name without what it says about the version.

    """

    edition: Edition
    path: PurePosixPath


@dataclass(frozen=True)
class _Read:
    """A file whose name was read."""

    piece: Piece
    versioned: Versioned
    identity: Identity
    folder: str
    lead: str

    @property
    def call(self) -> str:
        """What it has in common with the same stem of another song."""
        return self.identity.stem if self.identity.role else self.piece.path.name.casefold()

    @property
    def is_said_by_name(self) -> bool:
        return self.versioned.rest != self.piece.path.stem

    @property
    def is_stem(self) -> bool:
        return self.identity.role is not None and self.identity.role is not Role.MIX


def tell_editions(pieces: Sequence[Piece]) -> tuple[Member, ...]:
    """Say which song and version each file of a delivery is of; all alike where there is nothing to tell apart."""
    read = [_read(piece) for piece in pieces]
    songs = _songs(read)
    by_song: defaultdict[str, list[_Read]] = defaultdict(list)
    for one, song in zip(read, songs, strict=True):
        by_song[song].append(one)
    versions = {song: _versions(members) for song, members in by_song.items()}
    return tuple(_member(one, song, versions[song]) for one, song in zip(read, songs, strict=True))


def _member(one: _Read, song: str, versions: frozenset[str]) -> Member:
    version = one.versioned.version
    if version not in versions and not (versions and version == FULL):
        return Member(Edition(song, FULL if versions else ""), one.piece.path)
    return Member(Edition(song, version), without_version(one.piece.path, one.versioned.rest))


def _read(piece: Piece) -> _Read:
    stem = piece.path.stem
    versioned = read_version(stem, piece.duration)
    if not versioned.version:
        folders = (part for part in reversed(piece.path.parts[:-1]) if is_version(part, piece.duration))
        folder = next(folders, None)
        versioned = (
            Versioned(read_version(f" {folder}", piece.duration).version, stem) if folder else versioned
        )
    (identity,) = identify_names([without_version(piece.path, versioned.rest).as_posix()])
    return _Read(piece, versioned, identity, _song_folder(piece), _lead(versioned.rest))


def _song_folder(piece: Piece) -> str:
    """Return the folder that may be a song's: the first whose name says neither kind, stem nor version."""
    return next((part for part in piece.path.parts[:-1] if _may_be_song(part, piece.duration)), "")


def _may_be_song(folder: str, duration: float) -> bool:
    words = split_words(folder)
    says_stem = any(hit.trust > DOUBTFUL for hit in find_hits(words))
    says_nothing = all(is_filler(word) or word.folded in NEUTRAL for word in words)
    return not (says_stem or says_nothing or is_version(folder, duration))


def _lead(name: str) -> str:
    """Return the words in front of the one that says what the stem is, as they compare; all where none does."""
    words = split_words(name)
    known = {word for hit in find_hits(words) if hit.trust > DOUBTFUL for word in hit.words}
    lead: list[str] = []
    for word in words:
        if word in known:
            break
        if not is_filler(word):
            lead.append(word.folded)
    return " ".join(lead)


def _songs(read: Sequence[_Read]) -> list[str]:
    """Name the song of each file; empty for all where there is one song."""
    folders = _grouped(read, [one.folder for one in read])
    if len(folders) > 1 and _repeat_each_other(folders):
        return [one.folder for one in read]
    leads = _by_lead(read)
    groups = _grouped(read, leads)
    if len(groups) < 2 or "" in groups or not all(_is_set(each) for each in groups.values()):
        return [""] * len(read)
    if _repeat_each_other(groups) and (_begin_apart(groups) or _last_apart(groups)):
        return [_title(groups[lead], lead) for lead in leads]
    return [""] * len(read)


def _grouped(read: Sequence[_Read], keys: Iterable[str]) -> dict[str, list[_Read]]:
    groups: defaultdict[str, list[_Read]] = defaultdict(list)
    for one, key in zip(read, keys, strict=True):
        groups[key].append(one)
    return dict(groups)


def _by_lead(read: Sequence[_Read]) -> list[str]:
    """Return the words in front of each stem's; a mix that is called after a song goes with its stems."""
    of_stems = {one.lead for one in read if one.is_stem}
    return [
        one.lead
        if one.lead in of_stems
        else max((lead for lead in of_stems if lead and one.lead.startswith(lead)), key=len, default="")
        for one in read
    ]


def _is_set(members: Sequence[_Read]) -> bool:
    return len({one.call for one in members if one.is_stem}) > 1


def _repeat_each_other(groups: Mapping[str, Sequence[_Read]]) -> bool:
    """Tell whether every group has a stem that another has too; single files count where they are mixes."""
    calls = {key: {one.call for one in members} for key, members in groups.items()}
    small = all(len(members) == 1 for members in groups.values())
    if small and any(one.identity.role is not Role.MIX for members in groups.values() for one in members):
        return False
    return all(any(own & other for name, other in calls.items() if name != key) for key, own in calls.items())


def _begin_apart(groups: Mapping[str, Sequence[_Read]]) -> bool:
    return len({key.split(" ")[0] for key in groups}) == len(groups)


def _last_apart(groups: Mapping[str, Sequence[_Read]]) -> bool:
    """Tell whether each group has one length, and no two the same."""
    lengths = [[one.piece.duration for one in members] for members in groups.values()]
    return all(max(each) - min(each) <= SAME_LENGTH for each in lengths) and all(
        abs(one[0] - other[0]) > SAME_LENGTH
        for place, one in enumerate(lengths)
        for other in lengths[place + 1 :]
    )


def _title(members: Sequence[_Read], lead: str) -> str:
    """Write the words of a song as they stand in the first of its names."""
    words = split_words(members[0].versioned.rest)
    wanted = lead.split(" ")
    found = [word for word in words if word.folded in wanted][: len(wanted)]
    return members[0].versioned.rest[found[0].start : found[-1].stop] if found else lead


def _versions(members: Sequence[_Read]) -> frozenset[str]:
    """Return the versions of one song that stand apart from its full length; empty where it has but one."""
    groups = _grouped(members, [one.versioned.version or FULL for one in members])
    if len(groups) < 2:
        return frozenset()
    main = groups.get(FULL, [])
    return frozenset(
        version
        for version, own in groups.items()
        if version != FULL
        and (_stands_apart(own, main) if own[0].versioned.seconds is None else _is_cut(own, members))
    )


def _is_cut(own: Sequence[_Read], members: Sequence[_Read]) -> bool:
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


def _differs(one: _Read, duration: float) -> bool:
    return abs(one.piece.duration - duration) > SAME_LENGTH


def _stands_apart(own: Sequence[_Read], main: Sequence[_Read]) -> bool:
    """Tell an alternative mix, or a set of its own, from a stem that has an alternative."""
    stems = {one.call for one in own if one.is_stem}
    if stems:
        mains = {one.call for one in main if one.is_stem}
        return len(stems) > 1 and 2 * len(stems & mains) >= min(len(stems), len(mains))
    return not main or not any(one.is_stem for one in main) or _is_band(main)


def _is_band(main: Sequence[_Read]) -> bool:
    """Tell whether there are stems of instruments: beside a voice alone an instrumental is the other stem."""
    voices = {Role.LEAD_VOCAL, Role.VOCALS, Role.BACKING_VOCALS}
    return any(one.is_stem and one.identity.role not in voices for one in main)
