"""Align without a mix: stems that share sound say where they belong to each other; pure.

Stems start where their time stamps say, or together. Some share sound: bleed between microphones, a part that was
printed twice, music under dialogue. Those are placed against each other as stems are in a mix, and the place that
most of them agree on counts. What shares nothing with the others stays, and that is said; so does what is a few
milliseconds off, for that is the way of sound from one microphone to the next.
"""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from stembridge.audio.sound import Block
from stembridge.stages.align import Advance, is_silent
from stembridge.stages.joint import Remainder
from stembridge.stages.lonely import find_alone
from stembridge.stages.moved import Moved
from stembridge.stages.offset import Offset, not_found
from stembridge.stages.search import Haystack
from stembridge.stages.signals import Folded, Signal
from stembridge.units import Hertz, Samples

AIR_S = 0.03
"""Ten metres of air: what is nearer than this may be as it was recorded."""
MOST_COMPARED = 16
"""Up to this many stems that share sound are compared with each other, pair by pair."""

Pairs = Mapping[tuple[int, int], Offset]
"""The place of the second stem against the first."""


@dataclass(frozen=True, eq=False)
class Together:
    """The sum of signals.

    Attributes:
        signals: with equally many channels.

    """

    signals: tuple[Signal, ...]

    @cached_property
    def frames(self) -> int:
        """The length of the longest."""
        return max(signal.frames for signal in self.signals)

    @property
    def channels(self) -> int:
        """Their channels."""
        return self.signals[0].channels

    def read(self, start: int, stop: int) -> Block:
        """Read frames ``start`` to ``stop``; silence where none sounds."""
        total: Block = np.sum([signal.read(start, stop) for signal in self.signals], axis=0)
        return total


def align_among(
    stems: Sequence[Signal],
    starts: Sequence[Samples],
    rate: Hertz,
    *,
    limit: Samples | None = None,
    advance: Advance = lambda _done: None,
) -> tuple[Offset, ...]:
    """Find where stems belong to each other.

    Args:
        stems: at the same rate, of any lengths.
        starts: where each starts as far as is known, by its time stamp or by the start they share.
        rate: frames a second of all.
        limit: the largest shift to consider, either way.
        advance: told how much is done.

    Returns:
        The offset of each on the line that ``starts`` are on. What shares nothing keeps its start and is not
        accepted.

    """
    channels = max((stem.channels for stem in stems), default=1)
    placed = [Moved(Folded(stem, channels), float(start)) for stem, start in zip(stems, starts, strict=True)]
    heard = [index for index, stem in enumerate(stems) if not is_silent(stem)]
    sharing = _sharing(placed, heard, rate, limit, advance)
    pairs = _compare(placed, sharing[:MOST_COMPARED], rate, limit)
    found = _settle(pairs, len(heard), rate)
    advance(1.0)
    return tuple(
        _offset(start, found.get(index), is_heard=index in heard) for index, start in enumerate(starts)
    )


def _sharing(
    placed: Sequence[Signal], heard: Sequence[int], rate: Hertz, limit: Samples | None, advance: Advance
) -> list[int]:
    """Find the stems that have a place in the sum of the others."""
    if len(heard) < 2:
        return []
    whole = Together(tuple(placed[index] for index in heard))
    sharing = []
    for done, index in enumerate(heard, start=1):
        rest = Remainder(whole, (placed[index],), (1.0,))
        if not is_silent(rest) and find_alone(Haystack.of(rest, rate), placed[index], limit).accepted:
            sharing.append(index)
        advance(0.5 * done / len(heard))
    return sharing


def _compare(
    placed: Sequence[Signal], sharing: Sequence[int], rate: Hertz, limit: Samples | None
) -> dict[tuple[int, int], Offset]:
    found = {}
    for one in sharing[:-1]:
        haystack = Haystack.of(placed[one], rate)
        for other in (index for index in sharing if index > one):
            found[one, other] = find_alone(haystack, placed[other], limit)
    return {pair: offset for pair, offset in found.items() if offset.accepted}


def _settle(pairs: Pairs, heard: int, rate: Hertz) -> dict[int, Offset]:
    """Turn places against each other into places on the line that most stems are on already."""
    settled = {}
    for chain in _chains(pairs):
        usual, agreeing = Counter(each.samples for each in chain.values()).most_common(1)[0]
        is_decided = agreeing > 1 or len(chain) == heard
        for index, offset in chain.items():
            moved = offset.offset - usual
            settled[index] = _judged(replace(offset, offset=moved), rate, is_decided=is_decided)
    return settled


def _chains(pairs: Pairs) -> list[dict[int, Offset]]:
    """Follow the places from stem to stem; in each chain the first stem stands at zero."""
    chains: list[dict[int, Offset]] = []
    for start in sorted({index for pair in pairs for index in pair}):
        if any(start in chain for chain in chains):
            continue
        chain = {start: replace(not_found(""), accepted=True, confidence=1.0, ratio=0.0, deviation=0.0)}
        waiting = deque([start])
        while waiting:
            here = waiting.popleft()
            for there, link in _links(pairs, here):
                if there not in chain:
                    chain[there] = _further(chain[here], link)
                    waiting.append(there)
        chains.append(chain)
    return chains


def _links(pairs: Pairs, here: int) -> list[tuple[int, Offset]]:
    onward = [(other, link) for (one, other), link in pairs.items() if one == here]
    back = [
        (one, replace(link, offset=-link.offset, drift_ppm=-link.drift_ppm))
        for (one, other), link in pairs.items()
        if other == here
    ]
    return sorted(onward + back, key=lambda each: each[1].ratio)


def _further(here: Offset, link: Offset) -> Offset:
    """Go on from a stem to one that has a place against it; a chain is as sure as its weakest link."""
    there = here.offset + link.offset
    return replace(
        link,
        offset=there,
        samples=Samples(round(there)),
        polarity=here.polarity * link.polarity,
        drift_ppm=here.drift_ppm + link.drift_ppm,
        confidence=min(here.confidence, link.confidence),
        ratio=max(here.ratio, link.ratio),
        deviation=float(np.hypot(here.deviation, link.deviation)),
    )


def _judged(offset: Offset, rate: Hertz, *, is_decided: bool) -> Offset:
    away = abs(offset.offset)
    if not is_decided and away >= 0.5:
        reason = "It shares sound with another stem, and nothing says which of the two is late."
    elif not is_decided:
        reason = "It shares sound with another stem that starts elsewhere, and nothing says which is late."
    elif 0.5 <= away < AIR_S * rate:
        way = 1000 * away / rate
        reason = f"It is {way:.1f} ms off, which may be the way of the sound to another microphone."
    else:
        return offset
    return replace(offset, accepted=False, reason=reason)


def _offset(start: Samples, found: Offset | None, *, is_heard: bool) -> Offset:
    """Put an offset on the line of the starts; what was not found, or not accepted, keeps its start."""
    if found is None:
        reason = "It shares no sound with the other stems." if is_heard else "It is silent."
        return replace(not_found(reason), offset=float(start), samples=start, candidates=(float(start),))
    there = start + found.offset
    if not found.accepted:
        return replace(found, offset=float(start), samples=start, candidates=(float(start), there))
    return replace(found, offset=there, samples=Samples(round(there)), candidates=(there,))
