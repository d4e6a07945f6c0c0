"""What a preset can say about the checks of a delivery: one rule a check, each with a severity and its limits.

A rule may be written short: ``lossy: refuse`` is its severity, ``true_peak: -1 dBTP`` is its limit. Figures may
carry their unit, which must be the right one. A check whose limit is ``null`` is not made.
"""

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from stembridge.yaml_model import Typed

_SEVERITIES = {"refuse": "error", "warn": "warning", "note": "info"}
_FIGURE = re.compile(r"([-+\u2212]?\d+(?:\.\d+)?)\s*(.*)")


def _spoken(value: object) -> object:
    return _SEVERITIES.get(value, value) if isinstance(value, str) else value


Grade = Annotated[Literal["error", "warning", "info", "off"], BeforeValidator(_spoken)]
"""How much a finding of a check matters; ``refuse``, ``warn`` and ``note`` are the same in other words."""

Scope = Literal["mix", "stems", "all"]


def figure(unit: str) -> BeforeValidator:
    """Return a reader of figures that may carry a unit, like ``-1 dBTP``."""

    def read(value: object) -> object:
        if not isinstance(value, str):
            return value
        found = _FIGURE.fullmatch(value.strip())
        if found is None or found[2].casefold() not in ("", unit.casefold()):
            raise ValueError(f"Write a figure in {unit}, like `-1 {unit}`, not `{value}`.")
        return float(found[1].replace("\u2212", "-"))

    return BeforeValidator(read)


Dbtp = Annotated[float, figure("dBTP")]
Dbfs = Annotated[float, figure("dBFS")]
Db = Annotated[float, figure("dB")]
Lufs = Annotated[float, figure("LUFS")]
Lu = Annotated[float, figure("LU"), Field(ge=0.0)]
Length = Annotated[float, figure("s"), Field(ge=0.0)]
Milliseconds = Annotated[float, figure("ms"), Field(ge=0.0)]


class Rule(Typed):
    """One check: how much its finding matters.

    Attributes:
        severity: ``error`` rejects the delivery, ``warning`` is a note, ``info`` changes nothing, ``off`` does
            not look.

    """

    short: ClassVar[str] = "limit"
    severity: Grade = "warning"

    @model_validator(mode="before")
    @classmethod
    def _written_short(cls, value: Any) -> Any:
        if isinstance(value, str) and _spoken(value) in ("error", "warning", "info", "off"):
            return {"severity": value}
        if isinstance(value, str | int | float) and cls.short in cls.model_fields:
            return {cls.short: value}
        return value


class NullBelow(Rule):
    """The sum of the stems against the mix: what may be left of it."""

    severity: Grade = "error"
    limit: Dbfs | None = -60.0


class Clipping(Rule):
    """Flat tops: runs of equal extreme samples with a corner at both ends.

    Attributes:
        run: the samples that make a run.
        limit: runs that are let pass.

    """

    run: int = Field(default=3, ge=3)
    limit: int = Field(default=0, ge=0)


class TruePeak(Rule):
    """The highest level between the samples."""

    limit: Dbtp | None = -1.0
    of: Scope = "all"


class Headroom(Rule):
    """The highest sample, for who goes on working with the file; not checked by default."""

    limit: Dbfs | None = None
    of: Scope = "all"


class LoudnessTarget(Rule):
    """The integrated loudness; not checked without a target."""

    short: ClassVar[str] = "target"
    target: Lufs | None = None
    within: Lu = 1.0
    of: Scope = "mix"


class Dc(Rule):
    """The mean of a channel."""

    limit: Dbfs = -50.0


class Edges(Rule):
    """Silence at both ends; not checked by default, because stems often begin late.

    Attributes:
        leading: the most at the start.
        trailing: the most at the end.
        below: what counts as silence.

    """

    leading: Length | None = None
    trailing: Length | None = None
    below: Dbfs = -90.0


class Dropouts(Rule):
    """Digital zeros that cut sound off on both sides, and blocks of a buffer played twice.

    Attributes:
        shortest: shorter gaps are let pass.
        longest: longer ones are rests.
        level: how loud it must be on both sides.

    """

    severity: Grade = "error"
    shortest: Milliseconds = 0.3
    longest: Milliseconds = 250.0
    level: Dbfs = -55.0


class Clicks(Rule):
    """Steps of a sample or two, far beyond what the sound around them does.

    Attributes:
        ratio: how many times larger than its surroundings (fourth difference).
        level: the smallest step that counts.
        most_a_second: more than that is how the sound is made (a sawtooth, a crackle), not a fault.

    """

    ratio: float = Field(default=12.0, gt=1.0)
    level: Dbfs = -46.0
    most_a_second: float = Field(default=1.0, gt=0.0)


class DualMono(Rule):
    """Two channels that are one: what is left when one is taken from the other at its own gain."""

    limit: Db = -60.0


class OutOfPhase(Rule):
    """The correlation of the two channels."""

    limit: float = Field(default=-0.5, ge=-1.0, le=1.0)


class DeadSide(Rule):
    """One channel far below the other."""

    limit: Db = -60.0


class FakeDepth(Rule):
    """Samples that stand on a coarser grid than their depth: 16 bits in 24, also after a gain.

    Attributes:
        limit: the share of the samples on the grid, from which it is said.

    """

    severity: Grade = "error"
    limit: float = Field(default=0.8, gt=0.3, le=1.0)


class Upsampled(Rule):
    """A wall at the Nyquist frequency of a lower rate: how far the level falls there."""

    limit: Db = 25.0


class Lossy(Rule):
    """The frame grid or the quantiser of a lossy codec: how far it stands out, in standard deviations.

    Attributes:
        limit: from which the origin is called likely.
        confirm: what the file without its best place must show at the same grid.

    """

    severity: Grade = "error"
    limit: float = Field(default=8.5, ge=5.0)
    confirm: float = Field(default=3.5, ge=3.0)


class Hum(Rule):
    """A steady tone at the mains frequency with its harmonics.

    Attributes:
        limit: how loud it may be.
        above: how far over its surroundings it must stand to be a tone.

    """

    limit: Dbfs = -75.0
    above: Db = 12.0


class NoiseFloor(Rule):
    """The level of the quietest passages that are not digital silence; not checked by default."""

    limit: Dbfs | None = None


class Leader(Rule):
    """The 2-pop: one frame of 1 kHz, two seconds before the picture; and the sync plop, another one at the very end.

    Attributes:
        pop: ``required``, ``forbidden``, or ``any`` to only report one.
        plop: ``required``, or ``any``.

    """

    short: ClassVar[str] = "pop"
    pop: Literal["any", "required", "forbidden"] = "any"
    plop: Literal["any", "required"] = "any"


class Header(Rule):
    """Chunks and stamps that are damaged, in the wrong place, or disagree."""


class Names(Rule):
    """File names against the house pattern, a template like ``{song}_{stem}``; None for any name."""

    short: ClassVar[str] = "pattern"
    pattern: str | None = None


class Stems(Rule):
    """The stems that belong to the set; an empty list is any set.

    Attributes:
        wanted: roles or stem names, each of which must be there; ``fx / foley`` is either of two.
        extra: true if others may be there too.

    """

    wanted: Annotated[tuple[str, ...], Field(strict=False)] = ()
    extra: bool = True


class Refused(Rule):
    """A check without limits whose finding rejects."""

    severity: Grade = "error"


class Check(Typed):
    """What is checked, how strictly.

    Attributes:
        report_only: true to conform a delivery even if the verdict is that it is rejected.

    """

    report_only: bool = False
    null_below: NullBelow = NullBelow()
    clipping: Clipping = Clipping()
    true_peak: TruePeak = TruePeak()
    headroom: Headroom = Headroom()
    loudness: LoudnessTarget = LoudnessTarget()
    dc: Dc = Dc()
    silent: Rule = Rule()
    edges: Edges = Edges()
    dropouts: Dropouts = Dropouts()
    clicks: Clicks = Clicks()
    dual_mono: DualMono = DualMono()
    out_of_phase: OutOfPhase = OutOfPhase()
    dead_side: DeadSide = DeadSide()
    fake_depth: FakeDepth = FakeDepth()
    upsampled: Upsampled = Upsampled()
    lossy: Lossy = Lossy()
    hum: Hum = Hum()
    noise_floor: NoiseFloor = NoiseFloor()
    leader: Leader = Leader()
    header: Header = Header()
    names: Names = Names()
    stems: Stems = Stems()
    same_rate: Refused = Refused()
    same_depth: Rule = Rule()
    same_start: Rule = Rule()
    same_length: Rule = Rule()
    identical: Refused = Refused()
