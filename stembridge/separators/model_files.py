"""The files that a model is made of: found in a folder, hashed, and trusted or not."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from stembridge.errors import SeparationError
from stembridge.separators.model_catalogue import KNOWN, PUBLISHED, Bag
from stembridge.yaml_file import Value, read_yaml, refuse

Trust = Literal["published", "imported", "none"]
"""Why a pickle may be loaded: it is one of the published ones, the user said so; or it may not be."""


@dataclass(frozen=True)
class ModelFiles:
    """A model as files.

    Attributes:
        name: what it is called.
        bag: how its members are put together.
        files: the file of each member, by its signature.
        hashes: the SHA-256 that a file has to have, by its name; one that is not in it may have any.
        trusted: the SHA-256 of the pickles that the user imported with ``--trust``.

    """

    name: str
    bag: Bag
    files: Mapping[str, Path]
    hashes: Mapping[str, str] = field(default_factory=dict)
    trusted: frozenset[str] = frozenset()

    def check(self, path: Path, digest: str) -> None:
        """Hold a file's SHA-256 against the store's record, and against the part of it in the file's name.

        Raises:
            SeparationError: ``model-damaged`` if it is another.

        """
        if digest.startswith(self.hashes.get(path.name, "")) and digest.startswith(name_hash(path)):
            return
        raise SeparationError(
            "The model file is not what it was: its SHA-256 is another.",
            path=path,
            code="model-damaged",
            hint=f"Remove it with `stembridge models remove {self.name}`, and fetch or import it again.",
        )

    def hash(self) -> str:
        """Return one SHA-256 for the whole model, from the record where there is one."""
        digests = {
            signature: self.hashes.get(path.name) or hash_file(path) for signature, path in self.files.items()
        }
        return combined_hash(self.bag, digests)


def trust_of(digest: str, trusted: Iterable[str]) -> Trust:
    """Say whether a pickle with this SHA-256 may be loaded, and why."""
    if digest in trusted:
        return "imported"
    return "published" if digest[:8] in PUBLISHED.values() else "none"


def signature_of(path: Path) -> str:
    """Return the signature of a member from the name of its file."""
    return path.stem.removesuffix(f"-{name_hash(path)}")


def name_hash(path: Path) -> str:
    """Return the start of its SHA-256 that Demucs writes into a ``.th`` file's name, or nothing."""
    _, dash, start = path.stem.rpartition("-")
    return start if dash and path.suffix == ".th" else ""


def hash_file(path: Path, told: Callable[[int], None] | None = None) -> str:
    """Return the SHA-256 of a file, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while part := stream.read(1 << 20):
            digest.update(part)
            if told:
                told(len(part))
    return digest.hexdigest()


def combined_hash(bag: Bag, digests: Mapping[str, str]) -> str:
    """Return one SHA-256 for a model, from those of its members and from how they are put together."""
    members = [digests[each] for each in bag.signatures]
    value = json.dumps({"members": members, "weights": bag.weights, "segment": bag.segment})
    return hashlib.sha256(value.encode()).hexdigest()


def find_members(folder: Path) -> dict[str, Path]:
    """Return the files of members in a folder, by signature; safetensors go before a ``.th`` of the same one."""
    found = {signature_of(path): path for path in sorted(folder.glob("*.th"))}
    return found | {path.stem: path for path in sorted(folder.glob("*.safetensors"))}


def find_bag(name: str, folder: Path, members: Iterable[str]) -> Bag | None:
    """Return how a model is put together: by its own yaml file, as published, or as a single member; or None."""
    path = folder / f"{name}.yaml"
    if path.is_file():
        return read_bag(path)
    if name in KNOWN:
        return KNOWN[name].bag
    return Bag((name,)) if name in members or name in PUBLISHED else None


def read_bag(path: Path) -> Bag:
    """Read a bag from a Demucs yaml file: ``models``, and perhaps ``weights`` and ``segment``.

    Raises:
        SeparationError: ``model-bag`` if the file says something else.

    """
    document = read_yaml(path)
    refuse(SeparationError, path, document.mistakes)
    data = document.data
    try:
        signatures = tuple(_text(each) for each in _list(data["models"]))
        weights = [tuple(_number(one) for one in _list(each)) for each in _list(data.get("weights") or [])]
        segment = None if data.get("segment") is None else _number(data["segment"])
        if not signatures or (weights and len(weights) != len(signatures)):
            raise ValueError(f"{len(signatures)} models, {len(weights)} rows of weights")
    except (KeyError, ValueError) as error:
        raise SeparationError(
            f"The file does not describe a bag of models ({error}).",
            path=path,
            code="model-bag",
            hint="It has to have `models: [signature, ...]`, and may have `weights` (a row for each) and `segment`.",
        ) from error
    return Bag(signatures, tuple(weights) or None, segment)


def _list(value: Value) -> list[Value]:
    if not isinstance(value, list):
        raise ValueError(f"{value!r} is not a list")
    return value


def _text(value: Value) -> str:
    if not isinstance(value, str | int):
        raise ValueError(f"{value!r} is not a signature")
    return str(value)


def _number(value: Value) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{value!r} is not a number")
    return float(value)
