"""Pairs: two mono files, left and right of one stem, that become one stereo file; pure.

They are joined sample by sample, so they must have one rate, depth, length and start. What differs is told, not mended.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from stembridge.audio.sound import Encoding
from stembridge.stages.editions import Edition
from stembridge.stages.finding import Finding, Severity
from stembridge.stages.identify import Identity
from stembridge.stages.probe import Facts

SIDES = ("L", "R")


@dataclass(frozen=True)
class Half:
    """A file that may be one side of a stem.

    Attributes:
        facts: what it is.
        identity: what its name says.
        edition: the song and version it is of.
        start: where it starts, in seconds since midnight; None when nothing says so.

    """

    facts: Facts
    identity: Identity
    edition: Edition
    start: Fraction | None


@dataclass(frozen=True)
class Pair:
    """Two sides of one stem.

    Attributes:
        left: the left side.
        right: the right side.
        identity: what both are together.

    """

    left: Half
    right: Half
    identity: Identity


def find_pairs(halves: Sequence[Half]) -> tuple[tuple[Pair, ...], tuple[Finding, ...]]:
    """Find the files that belong together as left and right.

    Returns:
        The pairs that can be joined, and why others cannot.

    """
    sides: defaultdict[tuple[object, ...], dict[str, list[Half]]] = defaultdict(dict)
    for half in halves:
        channel = half.identity.channel
        if channel in SIDES and half.facts.sound.format.channels == 1:
            key = (half.edition, half.facts.source.name.parent, half.identity.role, _call(half))
            sides[key].setdefault(channel, []).append(half)
    pairs: list[Pair] = []
    findings: list[Finding] = []
    for found in sides.values():
        if [len(found.get(side, ())) for side in SIDES] != [1, 1]:
            findings += _alone(found)
            continue
        left, right = found["L"][0], found["R"][0]
        differing = _difference(left, right)
        if differing is None:
            pairs.append(Pair(left, right, _together(left)))
        else:
            findings.append(differing)
    return tuple(pairs), tuple(findings)


def _alone(found: Mapping[str, Sequence[Half]]) -> Iterator[Finding]:
    """Say that the other side of a stem is not there."""
    if len(found) == 1:
        ((side, halves),) = found.items()
        is_called, lacks = ("left", "right") if side == SIDES[0] else ("right", "left")
        for half in halves:
            yield Finding(
                "pair",
                Severity.WARNING,
                f"By its name it is the {is_called} side of a stem, and there is no {lacks} one.",
                path=half.facts.source.name,
                hint="Ask the sender for both sides from one export.",
            )


def _call(half: Half) -> str:
    return half.identity.stem.removesuffix(f"_{half.identity.channel}")


def _together(left: Half) -> Identity:
    return replace(left.identity, stem=_call(left), channel=None)


def _difference(left: Half, right: Half) -> Finding | None:
    one, other = left.facts.sound, right.facts.sound
    if one.frames != other.frames:
        return _unequal("length", left, right, float(other.frames), float(one.frames), "samples")
    if one.format.rate != other.format.rate:
        return _unequal("rate", left, right, float(other.format.rate), float(one.format.rate), "Hz")
    if one.format.encoding != other.format.encoding or one.format.encoding is Encoding.LOSSY:
        return _unequal("kind of samples", left, right)
    if left.start != right.start:
        return _unequal("start", left, right, float(right.start or 0), float(left.start or 0), "s")
    return None


def _unequal(
    what: str,
    left: Half,
    right: Half,
    measured: float | None = None,
    limit: float | None = None,
    unit: str = "",
) -> Finding:
    return Finding(
        "pair",
        Severity.WARNING,
        f"Its {what} is not that of {left.facts.source.name}; left and right stay two files.",
        path=right.facts.source.name,
        measured=measured,
        limit=limit,
        unit=unit,
        hint="Ask the sender for both sides from one export.",
    )
