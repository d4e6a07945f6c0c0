"""The metadata that travels with sound: bext, iXML, cues and LIST/INFO.

Sources: EBU Tech 3285 (bext v0-v2), iXML 2.1, the RIFF MCI data standards (cue, LIST adtl, LIST INFO),
EBU Tech 3306 (RF64).
"""

from dataclasses import dataclass

from stembridge.units import Samples


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
    time_reference: Samples = Samples(0)
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

    """

    bext: Bext | None = None
    ixml: str | None = None
    cues: tuple[Cue, ...] = ()
    info: tuple[tuple[str, str], ...] = ()
