"""The files of a delivery as far as songs and versions go: what their names and folders say; pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from stembridge.stages.edition_names import Versioned, is_version, read_version, without_version
from stembridge.stages.identify import Identity, Role, identify_names
from stembridge.stages.name_roles import DOUBTFUL, find_hits, is_filler
from stembridge.stages.name_words import split_words
from stembridge.stages.vocabulary import words_of

NEUTRAL = words_of(
    "stem stems mix mixes mixdown mixdowns audio files wav wavs wave waves aif aiff bounces bounce export exports "
    "extras parts tracks multitrack multitracks master masters renders render deliverables delivery music"
)
"""Words of folders that sort files by kind, not by song."""


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
class ReadPiece:
    """A file whose name was read.

    Attributes:
        piece: the file.
        versioned: the version that its name or a folder of that name says.
        identity: what it is, by its name alone.
        folder: the folder that may be a song's; empty for none.
        lead: the words in front of the one that says what the stem is, as they compare.

    """

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
        """True when the version stands in the file's own name."""
        return self.versioned.rest != self.piece.path.stem

    @property
    def is_stem(self) -> bool:
        """True for what is surely part of a mix."""
        return self.identity.role is not None and self.identity.role is not Role.MIX


def read_piece(piece: Piece) -> ReadPiece:
    """Read what the name and the folders of a file say."""
    stem = piece.path.stem
    versioned = read_version(stem, piece.duration)
    if not versioned.version:
        folders = (part for part in reversed(piece.path.parts[:-1]) if is_version(part, piece.duration))
        folder = next(folders, None)
        versioned = (
            Versioned(read_version(f" {folder}", piece.duration).version, stem) if folder else versioned
        )
    (identity,) = identify_names([without_version(piece.path, versioned.rest).as_posix()])
    return ReadPiece(piece, versioned, identity, _song_folder(piece), _lead(versioned.rest))


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


def grouped(read: Sequence[ReadPiece], keys: Iterable[str]) -> dict[str, list[ReadPiece]]:
    """Sort files by a key."""
    groups: defaultdict[str, list[ReadPiece]] = defaultdict(list)
    for one, key in zip(read, keys, strict=True):
        groups[key].append(one)
    return dict(groups)
