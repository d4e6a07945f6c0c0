"""The metadata that travels with sound: bext, iXML, cues, LIST/INFO and chunks carried unread."""

from dataclasses import dataclass, field

from stembridge.units import Samples

Chunk = tuple[bytes, bytes]
"""A four-byte id and its payload, without size and without padding."""


@dataclass(frozen=True)
class Loudness:
    """The loudness fields of bext version 2, in LUFS, LU and dBTP; None where a field is not set."""

    integrated: float | None = None
    loudness_range: float | None = None
    max_true_peak: float | None = None
    max_momentary: float | None = None
    max_short_term: float | None = None


@dataclass(frozen=True)
class Bext:
    """The broadcast extension chunk. ``time_reference`` counts samples since midnight."""

    version: int = 2
    description: str = ""
    originator: str = ""
    originator_reference: str = ""
    origination_date: str = ""
    origination_time: str = ""
    time_reference: Samples = field(default=Samples(0))
    umid: bytes = bytes(64)
    loudness: Loudness = Loudness()
    coding_history: str = ""


@dataclass(frozen=True)
class Cue:
    """A cue point, or a region when it has a length."""

    position: Samples
    label: str = ""
    note: str = ""
    length: Samples | None = None


@dataclass(frozen=True)
class Metadata:
    """Everything a file says about itself beside its samples.

    Attributes:
        bext: the broadcast extension, if any.
        ixml: the iXML document as text, if any.
        cues: cue points and regions, in file order.
        info: LIST/INFO pairs (four-character key, text), in file order.
        other: chunks that are carried as they are, because nothing in them depends on position or rate.
        as_read: the RIFF chunks that the fields above were read from. A writer takes the old bytes of what
            was not changed from here, so text in an old encoding survives. Never compared.

    """

    bext: Bext | None = None
    ixml: str | None = None
    cues: tuple[Cue, ...] = ()
    info: tuple[tuple[str, str], ...] = ()
    other: tuple[Chunk, ...] = ()
    as_read: tuple[Chunk, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True)
class WavChunks:
    """The chunks to write around the ``data`` chunk of a WAV, in order.

    Attributes:
        before: between ``fmt`` and ``data``.
        after: after ``data``.
        problems: what the format cannot hold, as sentences for the report.

    """

    before: tuple[Chunk, ...] = ()
    after: tuple[Chunk, ...] = ()
    problems: tuple[str, ...] = ()
