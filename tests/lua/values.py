"""What passes between Lua and the stand-in, checked against the types that REAPER declares."""

from collections.abc import Callable
from typing import Any

from lua.model import Item, Project, Source, Take, Track
from lua.signatures import Signature, is_optional

KINDS = {
    "MediaItem": Item,
    "MediaItem_Take": Take,
    "MediaTrack": Track,
    "ReaProject": Project,
    "PCM_source": Source,
}


class ScriptError(Exception):
    """What REAPER would tell the script as a Lua error."""


class Handle:
    """An opaque pointer: the script can keep and compare it, nothing else."""

    __slots__ = ("_target", "kind")

    def __init__(self, kind: str, target: Any) -> None:
        self.kind = kind
        self._target = target

    def __repr__(self) -> str:
        return f"{self.kind}: 0x{id(self._target):x}"

    @staticmethod
    def target(handle: "Handle") -> Any:
        """Return what a handle stands for, dead or alive."""
        return handle._target


class Handles:
    """One handle for each object, always the same."""

    def __init__(self) -> None:
        self._by_object: dict[int, tuple[Any, Handle]] = {}

    def of(self, target: Any) -> Handle:
        """Return the handle of an object of the model."""
        kind = next(kind for kind, model in KINDS.items() if isinstance(target, model))
        return self._by_object.setdefault(id(target), (target, Handle(kind, target)))[1]


def text_of(value: bytes) -> str:
    """Return a Lua string as text; bytes that are not UTF-8 survive."""
    return value.decode("utf-8", "surrogateescape")


def bytes_of(value: str) -> bytes:
    """Return text as a Lua string."""
    return value.encode("utf-8", "surrogateescape")


def check_arguments(signature: Signature, given: tuple[Any, ...]) -> list[Any]:
    """Return the arguments as the model wants them.

    Raises:
        ScriptError: as REAPER does for an argument that is missing or of another type.

    """
    if len(given) < signature.required:
        raise ScriptError(
            f"bad argument #{len(given) + 1} to '{signature.name}' (value expected, got no value)"
        )
    padded = [*given, *[None] * len(signature.parameters)][: len(signature.parameters)]
    return [
        _argument(signature.name, place, kind, value)
        for place, (kind, value) in enumerate(zip(signature.parameters, padded, strict=True), start=1)
    ]


def _argument(name: str, place: int, kind: str, value: Any) -> Any:
    if value is None and is_optional(kind):
        return None
    convert = _CONVERTERS.get(kind.rstrip("?"), _handle_of(kind))
    try:
        return convert(value)
    except (TypeError, ValueError) as error:
        raise ScriptError(f"bad argument #{place} to '{name}' ({error})") from error


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise TypeError(f"integer expected, got {value!r}")
    return int(value)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"number expected, got {value!r}")
    return float(value)


def _string(value: Any) -> str:
    if not isinstance(value, bytes):
        raise TypeError(f"string expected, got {value!r}")
    return text_of(value)


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"boolean expected, got {value!r}")
    return value


def _function(value: Any) -> Any:
    if not callable(value):
        raise TypeError(f"function expected, got {value!r}")
    return value


def _userdata(value: Any) -> Any:
    if not isinstance(value, Handle):
        raise TypeError(f"userdata expected, got {value!r}")
    return Handle.target(value)


def _handle_of(kind: str) -> Callable[[Any], Any]:
    names = kind.split("|")

    def convert(value: Any) -> Any:
        if "nil" in names and (value is None or (value == 0 and not isinstance(value, bool))):
            return None
        if kind.endswith("_Param"):
            return _string(value)
        if not isinstance(value, Handle) or value.kind != names[0]:
            raise TypeError(f"{names[0]} expected, got {value!r}")
        target = Handle.target(value)
        if target.dead:
            raise TypeError(f"{names[0]} expected, got one that was deleted")
        return target

    return convert


_CONVERTERS: dict[str, Callable[[Any], Any]] = {
    "integer": _integer,
    "number": _number,
    "string": _string,
    "boolean": _boolean,
    "function": _function,
    "userdata": _userdata,
}


def check_returns(signature: Signature, result: Any, handles: Handles) -> tuple[Any, ...]:
    """Return the values for Lua, as many as declared and of the declared types."""
    values = result if isinstance(result, tuple) else (result,)
    if not signature.returns:
        values = ()
    assert len(values) == len(signature.returns), f"{signature.name} returned {result!r}"
    return tuple(
        _returned(kind, value, handles) for kind, value in zip(signature.returns, values, strict=True)
    )


def _returned(kind: str, value: Any, handles: Handles) -> Any:
    if value is None:
        return None
    match kind.rstrip("?"):
        case "integer":
            return int(value)
        case "number":
            return float(value)
        case "string":
            return bytes_of(value)
        case "boolean":
            return bool(value)
    return handles.of(value)
