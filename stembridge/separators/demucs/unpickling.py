"""A model file to the package that it holds, without running what a stranger put into it.

A ``.th`` is a pickle. It is read by torch's restricted unpickler, which knows tensors, plain values and the few
classes below and nothing else; only one that the user imported with ``--trust`` is read without that restriction,
and only when it needs to be. A safetensors file has no code, but ``demucs.hf`` would call whatever class its
metadata names: here that class has to be one of Demucs' own.
"""

import importlib
import importlib.util
import io
import json
import pickle
import struct
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from demucs.demucs import Demucs
from demucs.hdemucs import HDemucs
from demucs.htdemucs import HTDemucs
from safetensors import SafetensorError

from stembridge.errors import SeparationError
from stembridge.separators.model_files import Trust

NETWORKS: tuple[type[torch.nn.Module], ...] = (HTDemucs, HDemucs, Demucs)

Package = dict[str, Any]
"""What a model file holds: ``klass``, ``args``, ``kwargs`` and ``state``."""


def unpack(content: bytes, path: Path, trust: Trust) -> Package:
    """Return what a model file holds.

    Args:
        content: of the file.
        path: of the file, for its suffix and for errors.
        trust: why a pickle may be loaded.

    Raises:
        SeparationError: ``model-untrusted`` for a pickle that nobody vouches for, ``model-kind`` for a file that
            is not a Demucs model, ``diffq-missing`` for a quantised one without that package.

    """
    if path.suffix == ".safetensors":
        package = _guarded(lambda: _from_safetensors(content), path)
    elif trust == "none":
        raise SeparationError(
            "The model file is a pickle, which can run code, and it is not one of the published ones.",
            path=path,
            code="model-untrusted",
            hint=f"If you trust where it comes from: `stembridge models import --trust {path}`.",
        )
    else:
        package = _guarded(lambda: _from_pickle(content, path, trust), path)
    _check(package, path)
    return package


def _guarded(read: Callable[[], Package], path: Path) -> Package:
    try:
        return read()
    except (
        SafetensorError, pickle.UnpicklingError, RuntimeError, ValueError, KeyError, TypeError, AttributeError,
        EOFError, ImportError, OSError, struct.error,
    ) as error:  # fmt: skip
        raise _not_a_model(path, f"{type(error).__name__}") from error


def _not_a_model(path: Path, why: str) -> SeparationError:
    return SeparationError(
        f"The file is not a Demucs model, or it is damaged ({why}).",
        path=path,
        code="model-kind",
        hint="Check where it comes from; `stembridge models verify` checks the store.",
    )


def _from_pickle(content: bytes, path: Path, trust: Trust) -> Package:
    try:
        with torch.serialization.safe_globals([*NETWORKS, Fraction, *_quantisers()]):
            package: Package = torch.load(io.BytesIO(content), "cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        if trust != "imported":
            raise SeparationError(
                "The model file asks for more than weights, so it is not loaded as a published one.",
                path=path,
                code="model-untrusted",
                hint=f"If you trust where it comes from: `stembridge models import --trust {path}`.",
            ) from error
        package = torch.load(io.BytesIO(content), "cpu", weights_only=False)
    return package


def _quantisers() -> list[Any]:
    if importlib.util.find_spec("diffq") is None:
        return []
    diffq = importlib.import_module("diffq")
    return [diffq.DiffQuantizer, diffq.UniformQuantizer]


def _from_safetensors(content: bytes) -> Package:
    tensors = safetensors.torch.load(content)
    (size,) = struct.unpack("<Q", content[:8])
    metadata = json.loads(content[8 : 8 + size])["__metadata__"]
    names = {f"{each.__module__}.{each.__name__}": each for each in NETWORKS}
    structure = metadata.get("structure")
    return {
        "klass": names[metadata["klass"]],
        "args": _decoded(json.loads(metadata["args"])),
        "kwargs": _decoded(json.loads(metadata["kwargs"])),
        "state": tensors if structure is None else _nested(json.loads(structure), tensors),
    }


def _decoded(value: Any) -> Any:
    """Undo the JSON that ``demucs`` writes arguments in: it has fractions."""
    if isinstance(value, dict):
        if value.get("_type") == "fraction":
            return Fraction(value["numerator"], value["denominator"])
        return {key: _decoded(each) for key, each in value.items()}
    return [_decoded(each) for each in value] if isinstance(value, list) else value


def _nested(node: Any, tensors: Mapping[str, torch.Tensor]) -> Any:
    """Rebuild the nested state of a quantised model from flat tensors and their structure."""
    if not isinstance(node, dict):
        return node
    kind, value = next(iter(node.items()))
    if kind == "_tensor":
        return tensors[value]
    if kind == "_class":
        return next(each for each in _quantisers() if f"{each.__module__}.{each.__name__}" == value)
    if kind == "_dict":
        return {key: _nested(each, tensors) for key, each in value}
    return {"_list": list, "_tuple": tuple}[kind](_nested(each, tensors) for each in value)


def _check(package: Any, path: Path) -> None:
    if not isinstance(package, dict) or not {"klass", "args", "kwargs", "state"} <= package.keys():
        raise _not_a_model(path, "it holds something else")
    if package["klass"] not in NETWORKS:
        raise _not_a_model(path, f"it is a {getattr(package['klass'], '__name__', 'stranger')}")
    if package["state"].get("__quantized") and not _quantisers():
        raise SeparationError(
            "The model is quantised, and reading it takes the package diffq, which is not installed.",
            path=path,
            code="diffq-missing",
            hint="Install diffq beside stembridge, or use the model that is not quantised (`mdx` for `mdx_q`).",
        )
