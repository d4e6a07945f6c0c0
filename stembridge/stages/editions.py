"""Editions: the songs of one delivery, and the versions of a song, told apart by folders, names and lengths; pure.

A folder of a library holds ``Alpha/Drums.wav`` and ``Beta/Drums.wav``, or ``Song_Drums.wav`` and
``Song_30s_Drums.wav``: sets that are aligned, checked and summed each by itself. What could as well be one set
is one set.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from stembridge.stages.edition_names import without_version
from stembridge.stages.edition_pieces import Piece, ReadPiece, read_piece
from stembridge.stages.edition_songs import find_songs
from stembridge.stages.edition_versions import FULL, find_versions

__all__ = ["FULL", "Edition", "Member", "Piece", "tell_editions"]


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
class Member:
    """A file and the edition it belongs to.

    Attributes:
        edition: which.
        path: its name without what it says about the version.

    """

    edition: Edition
    path: PurePosixPath


def tell_editions(pieces: Sequence[Piece]) -> tuple[Member, ...]:
    """Say which song and version each file of a delivery is of; all alike where there is nothing to tell apart."""
    read = [read_piece(piece) for piece in pieces]
    songs = find_songs(read)
    by_song: defaultdict[str, list[ReadPiece]] = defaultdict(list)
    for one, song in zip(read, songs, strict=True):
        by_song[song].append(one)
    versions = {song: find_versions(members) for song, members in by_song.items()}
    return tuple(_member(one, song, versions[song]) for one, song in zip(read, songs, strict=True))


def _member(one: ReadPiece, song: str, versions: frozenset[str]) -> Member:
    version = one.versioned.version
    if version not in versions and not (versions and version == FULL):
        return Member(Edition(song, FULL if versions else ""), one.piece.path)
    return Member(Edition(song, version), without_version(one.piece.path, one.versioned.rest))
