"""The manifest of a delivery: written, read and checked against its JSON Schema.

``manifest.schema.json`` beside this file is the contract with other programs (JSON Schema, draft 2020-12).
"""

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, NoReturn

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from stembridge.errors import DeliveryError
from stembridge.session.manifest_records import (
    SCHEMA_VERSION,
    CarriedEntry,
    ExcerptEntry,
    FindingEntry,
    LoudnessEntry,
    Manifest,
    NullBandEntry,
    NullEntry,
    OutputEntry,
    RunEntry,
    SeparationEntry,
    SourceEntry,
)

__all__ = [
    "SCHEMA_VERSION",
    "CarriedEntry",
    "ExcerptEntry",
    "FindingEntry",
    "LoudnessEntry",
    "Manifest",
    "NullBandEntry",
    "NullEntry",
    "OutputEntry",
    "RunEntry",
    "SeparationEntry",
    "SourceEntry",
    "encode",
    "load_schema",
    "read_manifest",
    "schema_path",
    "validate",
]

_DAMAGED = "The delivery is not complete, or the file was changed by hand; make the delivery again."


def encode(manifest: Manifest) -> bytes:
    """Encode a manifest as JSON: sorted keys, two spaces, UTF-8, a newline at the end.

    The same work gives the same bytes, except under the key ``run``. Figures that are not finite become null.

    Raises:
        DeliveryError: if a value does not fit the schema; nothing wrong is ever written.

    """
    data = _plain(manifest)
    validate(data)
    text = json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    # A name on disk that is not Unicode holds lone surrogates; their escape is what JSON has for them.
    return (text + "\n").encode("utf-8", "backslashreplace")


def read_manifest(path: Path) -> dict[str, Any]:
    """Read a manifest, as JSON types.

    Raises:
        DeliveryError: if it cannot be read, is not JSON, or does not fit the schema.

    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse_constant)
        validate(data)
    except (OSError, ValueError, RecursionError) as error:
        raise DeliveryError(
            f"The manifest cannot be read: {error}.", path=path, hint=_DAMAGED, code="manifest"
        ) from error
    except DeliveryError as error:
        raise DeliveryError(error.message, path=path, hint=error.hint, code="manifest") from error
    assert isinstance(data, dict)
    return data


def validate(data: object) -> None:
    """Check JSON types against the schema.

    Raises:
        DeliveryError: naming the place and the reason of the mistake that matters most.

    """
    found = data.get("schema") if isinstance(data, dict) else None
    if isinstance(found, int) and found > SCHEMA_VERSION:
        raise DeliveryError(
            f"The manifest has schema version {found}; this program knows {SCHEMA_VERSION}.",
            hint="Update stembridge.",
            code="manifest",
        )
    mistake = best_match(Draft202012Validator(load_schema()).iter_errors(data))
    if mistake is not None:
        raise DeliveryError(
            f"The manifest does not fit its schema at {_place(mistake)}: {mistake.message[:300]}.",
            hint=_DAMAGED,
            code="manifest",
        ) from mistake


def schema_path() -> Path:
    """Return where the JSON Schema is."""
    return Path(__file__).with_name("manifest.schema.json")


def load_schema() -> dict[str, Any]:
    """Read the JSON Schema."""
    schema: dict[str, Any] = json.loads(schema_path().read_text(encoding="utf-8"))
    return schema


def _plain(value: Any) -> Any:
    """Return JSON types: records as objects, figures that are not finite as null."""
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(below) for key, below in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(below) for below in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return str(value) if isinstance(value, str) else value


def _place(mistake: ValidationError) -> str:
    return mistake.json_path.removeprefix("$.").removeprefix("$") or "the top"


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number of JSON")
