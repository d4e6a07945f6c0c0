"""The calls of REAPER's Lua interface, read from ``reaper_api.txt``."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

API_FILE = Path(__file__).parent / "reaper_api.txt"
_LINE = re.compile(r"(?P<returns>.+) = (?P<name>\w+)\((?P<parameters>.*)\)")


@dataclass(frozen=True)
class Signature:
    """One call: the types of its arguments and of its return values, as REAPER names them."""

    name: str
    parameters: tuple[str, ...]
    returns: tuple[str, ...]

    @cached_property
    def required(self) -> int:
        """How many arguments cannot be left out."""
        needed = [i for i, kind in enumerate(self.parameters, start=1) if not is_optional(kind)]
        return max(needed, default=0)


def is_optional(kind: str) -> bool:
    """Say whether an argument of this type may be left out."""
    return kind.endswith("?")


def read_signatures(path: Path = API_FILE) -> dict[str, Signature]:
    """Return every call by name."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        match = _LINE.fullmatch(line)
        if match and not line.startswith("#"):
            signature = _signature(match)
            found[signature.name] = signature
    return found


def _signature(match: re.Match[str]) -> Signature:
    parameters = tuple(part.split(":")[1].strip() for part in match["parameters"].split(", ") if part)
    returns = () if match["returns"] == "-" else tuple(r.split()[0] for r in match["returns"].split(", "))
    return Signature(match["name"], parameters, returns)
