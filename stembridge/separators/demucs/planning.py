"""Which members of a model go over a mix, from where, and what part of which stem is theirs."""

from collections.abc import Sequence

from stembridge.separators.demucs.loading import Member
from stembridge.separators.demucs.network import Network
from stembridge.separators.demucs.overlap import Pass
from stembridge.units import Samples


def wanted_members(members: Sequence[Member], columns: Sequence[int]) -> list[int]:
    """Return the members that have a share in a wanted source."""
    return [index for index, each in enumerate(members) if any(each.weights[source] for source in columns)]


def plan_passes(
    members: Sequence[Member],
    networks: Sequence[Network],
    firsts: Sequence[Sequence[int]],
    columns: Sequence[int],
    *,
    length: Samples,
    overlap: float,
) -> tuple[Pass, ...]:
    """Return the passes to make.

    Args:
        members: all of the model's.
        networks: theirs.
        firsts: where each member starts, once for each of its shifts.
        columns: the source that each wanted stem is.
        length: the frames of the mix at the model's rate.
        overlap: the part of a segment that the next one covers again.

    """
    totals = [sum(each.weights[source] for each in members) for source in columns]
    passes = []
    for index in wanted_members(members, columns):
        weights = members[index].weights
        used = [(column, source) for column, source in enumerate(columns) if weights[source]]
        shares = [weights[source] / totals[column] / len(firsts[index]) for column, source in used]
        passes += [
            Pass(
                network=networks[index],
                sources=tuple(source for _, source in used),
                columns=tuple(column for column, _ in used),
                shares=tuple(shares),
                first=first,
                length=length,
                overlap=overlap,
            )
            for first in firsts[index]
        ]
    return tuple(passes)
