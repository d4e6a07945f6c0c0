"""From a YAML document to a frozen pydantic record, with pydantic's findings told in the file's own terms."""

import json
from collections.abc import Iterable, Mapping
from textwrap import shorten
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from stembridge.yaml_file import Document, KeyPath, Mistake, Value, did_you_mean

Record = TypeVar("Record", bound=BaseModel)

_WANTED: Mapping[str, str] = {
    "bool_type": "true or false",
    "dict_type": "keys and values",
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "list_type": "a list",
    "tuple_type": "a list",
    "model_type": "keys and values",
    "string_type": "text (put it in quotes if it is meant as text)",
    "path_type": "a path",
}

_CHOICES = ("literal_error", "enum")
_NEEDED = "This key is needed."


class Typed(BaseModel):
    """The base of every record that people type: closed, strict and frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def build_record(
    model: type[Record],
    document: Document,
    data: Mapping[str, Value],
    context: Mapping[str, object] | None = None,
) -> tuple[Record | None, tuple[Mistake, ...]]:
    """Validate ``data`` (from ``document``, or merged with it) and give the record, or all the mistakes."""
    try:
        return model.model_validate_json(json.dumps(data), context=dict(context or {})), ()
    except ValidationError as error:
        return None, tuple(_told(model, document, error.errors(include_url=False)))


def _told(model: type[BaseModel], document: Document, errors: Iterable[ErrorDetails]) -> Iterable[Mistake]:
    by_key: dict[KeyPath, list[ErrorDetails]] = {}
    for error in errors:
        if error["type"] != "default_factory_not_called":
            by_key.setdefault(_key(document, error), []).append(error)
    told = {key: _message(model, key, group) for key, group in by_key.items()}
    for key, message in told.items():
        if message != _NEEDED or not _is_misspelt(key, told):
            yield document.mistake(key, message)


def _is_misspelt(key: KeyPath, told: Mapping[KeyPath, str]) -> bool:
    """Tell whether a missing key is there under another name, so that one mistake is told once."""
    meant = f'did you mean "{key[-1]}"?'
    return any(other[:-1] == key[:-1] and message.endswith(meant) for other, message in told.items())


def _key(document: Document, error: ErrorDetails) -> KeyPath:
    """Drop what pydantic adds to a path (the branch of a union) and the file does not have."""
    near = document.nearest(error["loc"])
    missing = error["type"] == "missing"
    return (*near, error["loc"][-1]) if missing else near or error["loc"]


def _message(model: type[BaseModel], key: KeyPath, errors: list[ErrorDetails]) -> str:
    first = errors[0]
    if first["type"] == "extra_forbidden":
        return f"There is no such key{did_you_mean(str(key[-1]), _keys_at(model, key[:-1])) or '.'}"
    if first["type"] == "missing":
        return _NEEDED
    if all(each["type"] in (*_WANTED, *_CHOICES) for each in errors):
        wanted = " or ".join(_wanted(each) for each in errors)
        found = json.dumps(first["input"], ensure_ascii=False, default=str)
        return f"Expected {wanted}, not {shorten(found, 60)}{_meant(errors)}"
    return _plainly(next(each for each in errors if each["type"] not in _WANTED))


def _plainly(error: ErrorDetails) -> str:
    if error["type"] in ("too_short", "string_too_short"):
        return "This must not be empty."
    told = error["msg"].removeprefix("Value error, ").replace("Input should be", "The value must be")
    return told if told.endswith((".", "?")) else f"{told}."


def _wanted(error: ErrorDetails) -> str:
    return str(error["ctx"]["expected"]) if error["type"] in _CHOICES else _WANTED[error["type"]]


def _meant(errors: list[ErrorDetails]) -> str:
    words = " ".join(_wanted(each) for each in errors if each["type"] in _CHOICES)
    return did_you_mean(str(errors[0]["input"]), words.split("'")[1::2]) or "."


def _keys_at(model: type[BaseModel], key: KeyPath) -> tuple[str, ...]:
    for part in key:
        if isinstance(part, str):
            model = _model_in(_fields(model)[part]) or model
    return tuple(_fields(model))


def _fields(model: type[BaseModel]) -> Mapping[str, Any]:
    """Return the type of each key, as the file names it."""
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Find the record in ``Record | None``, ``tuple[Record, ...]`` and the like."""
    if get_origin(annotation) in (Union, UnionType, tuple, list):
        return next(filter(None, map(_model_in, get_args(annotation))), None)
    is_model = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    return annotation if is_model else None
