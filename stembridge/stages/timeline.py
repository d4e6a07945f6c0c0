"""Timeline: how far each output is moved so that a set starts, and maybe ends, together; pure.

All in samples at the output rate, from exact fractions of a second, so nothing drifts between rates.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from stembridge.presets import Align
from stembridge.units import Hertz, Samples


@dataclass(frozen=True)
class Span:
    """A source on the timeline: where it starts, how long it is, and the rate it will have.

    Attributes:
        start: seconds since midnight; None when nothing says where it starts.
        frames: its length after conversion, at ``rate``.
        rate: the output rate.
        head: seconds of silence at its start that may be cut to start with the others.
        tail: seconds of silence at its end that may be cut to end with the others.

    """

    start: Fraction | None
    frames: Samples
    rate: Hertz
    head: Fraction = Fraction(0)
    tail: Fraction = Fraction(0)

    @property
    def seconds(self) -> Fraction:
        """Its length in seconds, exactly."""
        return Fraction(self.frames, self.rate)


@dataclass(frozen=True)
class Placement:
    """How one output is moved in time, in samples at its own rate.

    Attributes:
        lead: frames of silence put in front; negative when frames are cut there.
        frames: the length of the output.
        position: where its first frame stands, in samples since midnight.

    """

    lead: Samples
    frames: Samples
    position: Samples


def place(spans: Sequence[Span], align: Align) -> tuple[Placement, ...]:
    """Place every source as the preset asks.

    ``pad`` starts all at the earliest start, ``trim`` at the latest, ``keep`` leaves each at its own. A source
    without a position is taken to start with the earliest one. With a common length all end with the last one.
    Silence that may be cut makes no start earlier and no end later.
    """
    known = [span.start for span in spans if span.start is not None]
    origin = min(known, default=Fraction(0))
    starts = [origin if span.start is None else span.start for span in spans]
    if align.start == "keep":
        placed = [_placement(span, start, start) for span, start in zip(spans, starts, strict=True)]
    else:
        sounding = [start + span.head for span, start in zip(spans, starts, strict=True)]
        common = max(starts) if align.start == "trim" else min(sounding)
        placed = [_placement(span, start, common) for span, start in zip(spans, starts, strict=True)]
    return tuple(placed) if align.length == "keep" else _common_end(spans, placed)


def _placement(span: Span, start: Fraction, common: Fraction) -> Placement:
    lead = Samples(round((start - common) * span.rate))
    return Placement(lead, Samples(max(0, span.frames + lead)), Samples(round(common * span.rate)))


def _common_end(spans: Sequence[Span], placed: Sequence[Placement]) -> tuple[Placement, ...]:
    pairs = list(zip(spans, placed, strict=True))
    end = max(Fraction(place.position + place.frames, span.rate) - span.tail for span, place in pairs)
    return tuple(
        Placement(place.lead, Samples(round(end * span.rate) - place.position), place.position)
        for span, place in pairs
    )
