"""The kinds of values a configuration has: durations, paths, templated destinations, database URLs."""

import os
import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from stembridge.preset_model import check_folder
from stembridge.units import Seconds

_UNITS = {"ms": 0.001, "s": 1.0, "sec": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)")
_SCHEMES = ("sqlite:///", "postgresql://", "postgresql+psycopg://")


def read_duration(value: object) -> object:
    """Turn ``2 s``, ``10 min`` or ``1.5h`` into seconds; a number is seconds already."""
    if not isinstance(value, str):
        return value
    found = _DURATION.fullmatch(value.strip().casefold())
    if found is None or found[2] not in ("", *_UNITS):
        raise ValueError(f"Write a duration like `2 s`, `10 min` or `1 h`, not `{value}`.")
    return float(found[1]) * _UNITS.get(found[2], 1.0)


Duration = Annotated[Seconds, Field(ge=0.0, le=366 * 86400.0), BeforeValidator(read_duration)]


def resolved(text: str, base: Path) -> Path:
    """Make a path absolute: ``~`` is the home folder, anything relative belongs below ``base``.

    Looks at no disk and follows no links.

    Raises:
        ValueError: if the text is blank or the home folder is not known.

    """
    if not text.strip():
        raise ValueError("The path is empty.")
    try:
        expanded = Path(text).expanduser()
    except RuntimeError as error:
        raise ValueError(f"The home folder in `{text}` is not known; write the whole path.") from error
    return Path(os.path.abspath(base / expanded))  # noqa: PTH100 - Path.resolve would follow links


def read_path(value: object, info: ValidationInfo) -> object:
    """Make a path of the configuration absolute; what is no text is left to the type check."""
    return str(resolved(value, _base(info))) if isinstance(value, str) else value


def _base(info: ValidationInfo) -> Path:
    """Return the folder of the configuration; the current one when the record is made in a program."""
    return Path((info.context or {}).get("base", "."))


ConfigPath = Annotated[Path, BeforeValidator(read_path)]


def split_destination(text: str) -> tuple[str, str | None]:
    """Split ``~/Projects/{song}/Audio`` into the folder ``~/Projects`` and the template ``{song}/Audio``."""
    parts = re.split(r"[/\\]" if os.name == "nt" else "/", text)
    first = next((place for place, part in enumerate(parts) if "{" in part), None)
    if first is None:
        return text, None
    fixed = "/".join(parts[:first])
    return fixed or ("/" if first else "."), "/".join(parts[first:])


def read_destination(text: str, info: ValidationInfo) -> str:
    """Make the fixed part of a destination absolute and check the template behind it."""
    fixed, template = split_destination(text)
    folder = resolved(fixed, _base(info)).as_posix()
    return folder if template is None else f"{folder.rstrip('/')}/{check_folder(template)}"


Destination = Annotated[str, AfterValidator(read_destination)]


def check_database(url: str) -> str:
    """Return the URL of a database that jobs can live in."""
    if not url.startswith(_SCHEMES):
        raise ValueError(f"A database URL begins with one of {', '.join(_SCHEMES)}.")
    return url


DatabaseUrl = Annotated[str, AfterValidator(check_database)]


def hide_password(url: str) -> str:
    """Replace the password in a database URL by stars."""
    return re.sub(r"(://[^/@:]*):[^@/]*@", r"\1:***@", url)


def count_workers(value: object) -> object:
    """Turn ``cores`` into the number of this machine's processor cores."""
    if isinstance(value, str) and value != "cores":
        raise ValueError(f"Give a whole number, or `cores`, not `{value}`.")
    return (os.cpu_count() or 1) if value == "cores" else value


WorkerCount = Annotated[int, Field(ge=1, le=256), BeforeValidator(count_workers)]
