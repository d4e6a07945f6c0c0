"""What each file of a delivery is: its edition, and its identity among the files of that edition; pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from stembridge.stages.editions import Edition, Member, Piece, tell_editions
from stembridge.stages.identify import Identity, Role, identify_names


def identify_pieces(pieces: Sequence[Piece], *, parent: str | None) -> tuple[tuple[Edition, Identity], ...]:
    """Say which edition each file is of, and what it is in it.

    Args:
        pieces: the files of a delivery.
        parent: the name of the folder or archive that holds them.

    Returns:
        One pair for each file, in the same order.

    """
    members = tell_editions(pieces)
    by_edition: defaultdict[Edition, list[int]] = defaultdict(list)
    for place, member in enumerate(members):
        by_edition[member.edition].append(place)
    found: dict[int, Identity] = {}
    for edition, places in by_edition.items():
        names = [members[place].path.as_posix() for place in places]
        identities = identify_names(names, parent=edition.song or parent)
        for place, identity in zip(places, identities, strict=True):
            found[place] = _as_called(identity, pieces[place], members[place])
    return tuple((member.edition, found[place]) for place, member in enumerate(members))


def one_edition(names: Sequence[str], *, parent: str | None) -> tuple[tuple[Edition, Identity], ...]:
    """Say what each file is where all are known to belong together."""
    return tuple((Edition(), identity) for identity in identify_names(names, parent=parent))


def _as_called(identity: Identity, piece: Piece, member: Member) -> Identity:
    """Give a file its own path back, and the role that the word for its version alone said: ``Alt Mix``."""
    path = piece.path.as_posix()
    if identity.role is None and member.path != piece.path:
        (whole,) = identify_names([path])
        if whole.role is Role.MIX:
            return replace(
                identity,
                path=path,
                role=Role.MIX,
                stem="mix",
                is_mix=True,
                confidence=whole.confidence,
                evidence=whole.evidence,
            )
    return replace(identity, path=path)
