"""Spool requests: the JSON that a script in a DAW writes, checked whole before anything is believed.

More than is known is let through, so that a newer script may say more; less, or a version that is not known, is not.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from stembridge.errors import IntakeError

SCRIPT_VERSION = 1
LONGEST_BYTES = 1 << 18

Text = Annotated[str, Field(max_length=1024)]
PathText = Annotated[str, Field(min_length=1, max_length=4096)]
Number = Annotated[float, Field(allow_inf_nan=False, ge=-1e6, le=1e6)]
Length = Annotated[float, Field(allow_inf_nan=False, ge=0.0, le=1e6)]
Id = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ProjectPart(_Part):
    """The project that the item is in; ``path`` is empty while it was never saved."""

    path: Annotated[str, Field(max_length=4096)] = ""
    record_path: PathText
    name: Text = ""
    rate: Length | None = None


class SectionPart(_Part):
    """A part of a file that is a source of its own, in seconds of the file."""

    offset: Number = 0.0
    length: Length
    reversed: bool = False


class SourcePart(_Part):
    """The file behind the item."""

    path: PathText
    section: SectionPart | None = None


class ItemPart(_Part):
    """The item: what of its source it plays, where and how. Other values are the script's own business."""

    position: Number
    length: Annotated[float, Field(allow_inf_nan=False, gt=0.0, le=1e6)]
    start_offset: Number = 0.0
    play_rate: Annotated[float, Field(allow_inf_nan=False, ge=0.01, le=100.0)] = 1.0
    loop: bool = False
    channel_mode: Annotated[int, Field(ge=0, le=1000)] = 0
    name: Text = ""


class _Request(_Part):
    version: Literal[1]
    id: Id
    preset: Annotated[str, Field(min_length=1, max_length=200)]
    script_version: Annotated[str, Field(max_length=32)] = ""
    project: ProjectPart
    destination: PathText | None = None


class SeparateRequest(_Request):
    """Separate what an item plays."""

    kind: Literal["separate"]
    item: ItemPart
    source: SourcePart
    stems: (
        Annotated[tuple[Annotated[str, Field(min_length=1, max_length=100)], ...], Field(max_length=64)]
        | None
    ) = None
    handles: Annotated[float, Field(allow_inf_nan=False, ge=0.0, le=600.0)] = 1.0


class ConformRequest(_Request):
    """Conform a folder, or a file."""

    kind: Literal["conform"]
    path: PathText


SpoolRequest = SeparateRequest | ConformRequest


class _Envelope(_Part):
    request: Annotated[SpoolRequest, Field(discriminator="kind")]


class SpoolCommand(_Part):
    """Cancel or retry a job."""

    version: Literal[1]
    command: Literal["cancel", "retry"]
    id: Annotated[str, Field(min_length=1, max_length=64)]


def read_request(value: object, *, name: str) -> SpoolRequest:
    """Check a request.

    Args:
        value: the JSON that was read.
        name: the id in the name of its file.

    Raises:
        IntakeError: with the code ``version`` or ``malformed``, naming all that is wrong.

    """
    _check_version(value)
    try:
        request = _Envelope.model_validate({"request": value}).request
    except ValidationError as error:
        raise _malformed(error) from error
    if request.id != name:
        raise IntakeError("The id in the request is not that of its file.", code="malformed", hint=_AGAIN)
    return request


def read_command(value: object) -> SpoolCommand:
    """Check a command; see ``read_request``."""
    _check_version(value)
    try:
        return SpoolCommand.model_validate(value)
    except ValidationError as error:
        raise _malformed(error) from error


_AGAIN = "Run `stembridge reaper install`, then try again in REAPER."


def _check_version(value: object) -> None:
    found = value.get("version") if isinstance(value, dict) else None
    if found != SCRIPT_VERSION:
        raise IntakeError(
            f"The REAPER scripts are of another version (their request says {found!r:.40}).",
            hint=_AGAIN,
            code="version",
        )


def _malformed(error: ValidationError) -> IntakeError:
    found = error.errors(include_url=False, include_input=False, include_context=False)
    problems = [
        f"{'.'.join(str(part) for part in one['loc'][2:]) or 'kind'}: {one['msg']}" for one in found[:5]
    ]
    return IntakeError(f"The request cannot be used: {'; '.join(problems)}.", hint=_AGAIN, code="malformed")
