"""What a preset can say: the record that stages read, and the rules its values must meet."""

import hashlib
import json
import re
from collections.abc import Mapping
from string import Formatter
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from stembridge.check_model import Check, Db, Dbfs, Dbtp, Length, Lufs
from stembridge.yaml_file import Value, did_you_mean
from stembridge.yaml_model import Typed

FIELDS: frozenset[str] = frozenset(
    (
        *("song", "stem", "role", "bpm", "key", "index", "version"),
        *("vendor", "date", "timecode", "rate", "depth", "container", "source"),
    )
)
"""The fields a name template may use; ``session/naming.py`` gives them their values."""

_SPEC = re.compile(r"0?[1-9]?d?")


def check_template(template: str) -> str:
    """Return the template of a name.

    Raises:
        ValueError: if it has unknown fields or unbalanced braces.

    """
    try:
        parts = list(Formatter().parse(template))
    except ValueError as error:
        raise ValueError(
            f"The braces do not match ({error}); write {{field}}, or {{{{ for a brace."
        ) from error
    for _, name, spec, conversion in parts:
        if name is not None:
            _check_field(name, spec or "", conversion)
    return template


def _check_field(name: str, spec: str, conversion: str | None) -> None:
    if name not in FIELDS:
        known = did_you_mean(name, FIELDS) or f"; known are {', '.join(sorted(FIELDS))}."
        raise ValueError(f"There is no field {{{name}}}{known}")
    if conversion or not _SPEC.fullmatch(spec):
        raise ValueError(f"After {{{name}: only a number of digits may stand, as in {{index:02}}.")


def check_file_name(template: str) -> str:
    """Return the template of one file's name, which has no folders in it."""
    if "/" in template or "\\" in template:
        raise ValueError("A file name has no folders in it; the `folder` key has them.")
    return check_template(template)


def check_folder(template: str) -> str:
    """Return the template of a folder below the destination; an empty one is the destination itself."""
    parts = re.split(r"[/\\]", template)
    if template and (".." in parts or parts[0] == "" or ":" in parts[0]):
        raise ValueError("The folder must stay below the destination: no `..`, no `/` in front, no drive.")
    return check_template(template)


FileName = Annotated[str, Field(min_length=1), AfterValidator(check_file_name)]
FolderName = Annotated[str, AfterValidator(check_folder)]


def check_pattern(pattern: str) -> str:
    """Return the name of a marker file, which may hold ``*`` and ``?`` but no folders."""
    if not pattern.strip() or "/" in pattern or "\\" in pattern:
        raise ValueError("Give the name of a file, like `delivery.done` or `*.md5`, without folders.")
    return pattern


MarkerName = Annotated[str, AfterValidator(check_pattern)]


def check_line(text: str) -> str:
    """Return text that is one line and not blank."""
    if len(text.splitlines()) != 1 or not text.strip():
        raise ValueError("Describe it in one line.")
    return text


Device = Literal["auto", "cuda", "mps", "cpu"]


class Identify(Typed):
    """How stembridge finds out what is in a file, and how sure it must be before it renames."""

    names: bool = True
    audio: bool = False
    least_confidence: float = Field(default=0.8, ge=0.0, le=1.0)


class Align(Typed):
    """Where files start and end.

    Attributes:
        start: ``keep`` each at its own position, ``pad`` all back to the earliest start with silence, or
            ``trim`` all to the latest start.
        length: ``keep`` each file's own end, or give all one ``common`` end, padded with silence.
        frame_rate: frames a second of time code in names; None where names have none.
        reference: ``mix`` to place stems by their sound in the mix, or, where there is none, against each other;
            None to go by time stamps alone.
        limit: the largest shift to consider; None for any.
        least_confidence: how sure a place must be for a stem to be moved there.
        polarity: turn stems over that are inverted in the mix.
        drift: correct the speed of stems whose clock drifts against that of the mix.
        fraction: move stems that lie between the samples of the mix by that part of a sample.

    """

    start: Literal["keep", "pad", "trim"] = "keep"
    length: Literal["keep", "common"] = "keep"
    frame_rate: float | None = Field(default=None, ge=1.0, le=120.0)
    reference: Literal["mix"] | None = None
    limit: Length | None = None
    least_confidence: float = Field(default=0.95, ge=0.5, le=1.0)
    polarity: bool = False
    drift: bool = False
    fraction: bool = False


class Format(Typed):
    """How the delivered files are stored; ``source`` keeps what each file has.

    Attributes:
        rate: frames a second.
        depth: bits a sample, or ``float`` for 32-bit float.
        container: the kind of file.
        dual_mono: ``fold`` stereo files whose channels are one to mono, or ``keep`` them.
        dual_mono_below: the largest difference of two channels that are one; dither of 16 bits leaves -81 dBFS.
        pairs: ``join`` mono files that are left and right of one stem (``.L``, ``_R``, ``-Left``), or ``keep`` them.

    """

    rate: Annotated[int, Field(ge=8_000, le=768_000)] | Literal["source"] = "source"
    depth: Literal[16, 24, 32, "float", "source"] = "source"
    container: Literal["wav", "flac", "aiff"] = "wav"
    dual_mono: Literal["keep", "fold"] = "keep"
    dual_mono_below: Dbfs = -80.0
    pairs: Literal["keep", "join"] = "keep"

    @field_validator("container")
    @classmethod
    def _holds_the_depth(cls, container: str, info: ValidationInfo) -> str:
        if container == "flac" and info.data.get("depth") in (32, "float"):
            raise ValueError("A FLAC file holds 16 or 24 bits; choose wav, or another depth.")
        return container


class Gain(Typed):
    """One gain for all files of a set, found by its mix, or by the sum of its stems where it has none.

    Attributes:
        loudness: the integrated loudness it should have.
        true_peak: the true peak it should have; beside a loudness, the one it must not go over.
        within: how near is near enough to keep the samples as they are.

    """

    loudness: Lufs | None = None
    true_peak: Dbtp | None = None
    within: Db = 0.05


def check_colour(colour: str) -> str:
    """Return a colour written as ``#rrggbb``."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise ValueError('Write a colour as "#rrggbb", with its quotes: a bare # begins a comment.')
    return colour


Colour = Annotated[str, AfterValidator(check_colour)]


class Session(Typed):
    """What a DAW gets beside the files.

    Attributes:
        rpp: write a REAPER session.
        folder: put its tracks in a folder track.
        tempo_map: write a MIDI file of tempo, meter and markers, where a tempo map or the names say how fast it is.
        colours: a colour like ``#e0b040`` for a stem or a role.

    """

    rpp: bool = True
    folder: bool = True
    tempo_map: bool = True
    colours: dict[str, Colour] = Field(default_factory=dict)


class Separate(Typed):
    """Which model takes a mix apart, into what.

    Attributes:
        model: the name of the model.
        stems: the stems to deliver, in this order.
        residual: the stem that takes the rounding, so that all sum to the source.
        shifts: how many shifted passes are averaged; 0 is one plain, repeatable pass.
        overlap: how much of a window its neighbour repeats, 0 up to but not 1.
        device: where it runs; anything but ``auto`` is refused when it is not there.
        channels: what becomes of more than two channels: ``split`` in pairs, or ``refuse``.

    """

    model: str = Field(default="htdemucs", min_length=1)
    stems: tuple[Annotated[str, Field(min_length=1)], ...] = Field(min_length=1)
    residual: str = Field(default="other", min_length=1)
    shifts: int = Field(default=0, ge=0, le=20)
    overlap: float = Field(default=0.25, ge=0.0, lt=1.0)
    device: Device = "auto"
    channels: Literal["split", "refuse"] = "split"

    @field_validator("stems")
    @classmethod
    def _each_once(cls, stems: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(stems)) != len(stems):
            raise ValueError("A stem is there twice.")
        return stems


class Preset(Typed):
    """One way of working: what a folder or a menu entry means.

    Attributes:
        id: the name of the preset, which is its file's name.
        description: one line for people.
        extends: the preset whose values it starts from; already merged in.
        identify: how stembridge finds out what is in a file.
        align: where files start and end.
        format: how the delivered files are stored.
        name: the template of a file's name, without its suffix.
        folder: the template of the delivery's own folder below the destination.
        session: what a DAW gets beside the files.
        complete_when: the marker or manifest file whose arrival completes a delivery.
        separate: which model takes the sources apart; None when they are stems already.
        check: what is checked before anything is conformed; None to check nothing.
        gain: the level that the whole set is brought to; None for its own.

    """

    id: str
    description: Annotated[str, AfterValidator(check_line)]
    extends: str | None = None
    identify: Identify = Identify()
    align: Align = Align()
    format: Format = Format()
    name: FileName = "{song}_{stem}_{rate}k{depth}b"
    folder: FolderName = "{song}"
    session: Session = Session()
    complete_when: MarkerName | None = None
    separate: Separate | None = None
    check: Check | None = None
    gain: Gain | None = None

    @field_validator("gain")
    @classmethod
    def _has_a_target(cls, gain: Gain | None, info: ValidationInfo) -> Gain | None:
        if gain is not None and gain.loudness is None and gain.true_peak is None:
            raise ValueError("Give it a target: `loudness: -23 LUFS`, `true_peak: -1 dBTP`, or both.")
        if gain is not None and info.data.get("separate") is not None:
            raise ValueError(
                "Separated stems keep the level of their source; leave `gain` or `separate` away."
            )
        return gain

    def to_json(self) -> dict[str, Value]:
        """Return all values, defaults included, as plain JSON."""
        plain: dict[str, Value] = self.model_dump(mode="json")
        return plain

    def digest(self) -> str:
        """Return the SHA-256 of the values that shape a delivery, as hex: all but the words about it."""
        shaping: Mapping[str, Value] = {
            key: value for key, value in self.to_json().items() if key not in ("id", "description", "extends")
        }
        canonical = json.dumps(shaping, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(canonical.encode("ascii")).hexdigest()
