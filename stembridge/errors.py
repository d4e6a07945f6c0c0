"""What can go wrong: one root, one class per stage, and always what, which file, what to do next.

The first line of a class's docstring is the default message of the error.
"""

from pathlib import Path
from typing import ClassVar


class StembridgeError(Exception):
    """The work could not be done.

    Attributes:
        code: a short, stable word for programs (manifests, OSC, ``--json``).
        message: what went wrong, one sentence for people.
        path: the file or folder it is about, if any.
        hint: what to do next.
        retryable: true when trying again later, unchanged, may work.

    """

    default_code: ClassVar[str] = "error"
    default_retryable: ClassVar[bool] = False

    def __init__(
        self,
        message: str = "",
        *,
        path: Path | None = None,
        hint: str = "",
        code: str = "",
        retryable: bool | None = None,
    ) -> None:
        self.message = message or (type(self).__doc__ or "").partition("\n")[0]
        self.path = path
        self.hint = hint
        self.code = code or self.default_code
        self.retryable = self.default_retryable if retryable is None else retryable
        super().__init__(self.message)

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        then = f" {self.hint}" if self.hint else ""
        return f"{where}{self.message}{then}"


class ConfigError(StembridgeError):
    """The configuration has mistakes."""

    default_code = "config"


class ServiceError(StembridgeError):
    """The system did not take the service."""

    default_code = "service"


class PresetError(StembridgeError):
    """The preset has mistakes."""

    default_code = "preset"


class IntakeError(StembridgeError):
    """The delivery could not be taken in."""

    default_code = "intake"


class AudioError(StembridgeError):
    """The file is not audio that can be read."""

    default_code = "audio"


class PlanError(StembridgeError):
    """The work cannot be planned as the preset asks."""

    default_code = "plan"


class IdentifyError(StembridgeError):
    """The stems could not be told apart."""

    default_code = "identify"


class AlignmentError(StembridgeError):
    """The start of the stem could not be found."""

    default_code = "align"


class SeparationError(StembridgeError):
    """The separation failed."""

    default_code = "separate"


class ConformError(StembridgeError):
    """The file could not be converted."""

    default_code = "conform"


class CheckError(StembridgeError):
    """The delivery did not pass its checks."""

    default_code = "check"


class DeliveryError(StembridgeError):
    """The delivery could not be written."""

    default_code = "deliver"


class JobError(StembridgeError):
    """The job is not known or not in the right state."""

    default_code = "job"


class NotReadyError(StembridgeError):
    """The work has to wait: a share is away, a set is incomplete, a model is missing.

    Not a failure: the job is ``waiting`` and goes on by itself when the cause is gone.
    """

    default_code = "waiting"
    default_retryable = True


class Cancelled(StembridgeError):  # noqa: N818 - an outcome that somebody asked for, not an error
    """The job was cancelled."""

    default_code = "cancelled"
