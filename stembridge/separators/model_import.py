"""Model files that the user brings: looked at without running them, then copied into the store."""

import json
import shutil
import struct
from pathlib import Path

from stembridge.durable import sync_file, sync_folder
from stembridge.errors import SeparationError
from stembridge.separators.model_catalogue import PUBLISHED, SAFETENSORS_SHA256
from stembridge.separators.model_files import hash_file, name_hash, read_bag, trust_of
from stembridge.separators.model_record import Record, Remembered, change_record, read_record

LARGEST_HEADER = 100_000_000
_ZIP = b"PK\x03\x04"


def import_file(path: Path, folder: Path, *, trust: bool) -> str:
    """Copy a file into the store and return the name that it has there.

    Args:
        path: a ``.safetensors``, a ``.th`` or the ``.yaml`` of a bag.
        folder: the store.
        trust: load it even if it is a pickle that Demucs did not publish.

    Raises:
        SeparationError: ``model-untrusted``, ``model-kind``, ``model-damaged`` or ``model-exists``.

    """
    try:
        _check_kind(path)
        digest = hash_file(path)
    except OSError as error:
        raise SeparationError(
            f"The file cannot be read: {error.strerror or error}.", path=path, code="model-unreadable"
        ) from error
    _check_trust(path, digest, read_record(folder), trust=trust)
    name = _usual_name(path, digest)
    _copy(path, folder / name, digest)
    file = Remembered(digest, path.stat().st_size, "imported")
    pickle = path.suffix == ".th"
    change_record(folder, lambda record: record.with_file(name, file, trust=trust and pickle))
    return name


def _check_kind(path: Path) -> None:
    """Refuse what is not a model file by its first bytes."""
    if path.suffix == ".yaml":
        read_bag(path)
    elif path.suffix == ".safetensors":
        _check_header(path)
    elif path.suffix != ".th" or not _is_zip(path):
        raise _not_a_model(path, "a .safetensors, a .th or the .yaml of a bag is wanted")


def _is_zip(path: Path) -> bool:
    """Return whether a file starts as torch's do since 2020; the older format has no place for checks."""
    with path.open("rb") as stream:
        return stream.read(len(_ZIP)) == _ZIP


def _check_header(path: Path) -> None:
    try:
        with path.open("rb") as stream:
            (size,) = struct.unpack("<Q", stream.read(8))
            if size > LARGEST_HEADER:
                raise ValueError(f"a header of {size} bytes")
            klass = json.loads(stream.read(size))["__metadata__"]["klass"]
        if not klass.startswith("demucs."):
            raise ValueError(f"a model of {klass}")
    except (ValueError, KeyError, TypeError, AttributeError, struct.error) as error:
        raise _not_a_model(path, f"{type(error).__name__}: {error}") from error


def _not_a_model(path: Path, why: str) -> SeparationError:
    return SeparationError(
        f"The file is not a Demucs model, or it is damaged ({why}).",
        path=path,
        code="model-kind",
        hint="Check where it comes from, and that it was copied whole.",
    )


def _check_trust(path: Path, digest: str, record: Record, *, trust: bool) -> None:
    if not digest.startswith(name_hash(path)):
        raise SeparationError(
            f"The file's SHA-256 starts with {digest[:8]}, and its name says {name_hash(path)}.",
            path=path,
            code="model-damaged",
            hint="Copy it again.",
        )
    if path.suffix == ".th" and not trust and trust_of(digest, record.trusted) == "none":
        raise SeparationError(
            "The model file is a pickle, which can run code, and it is not one of the published ones.",
            path=path,
            code="model-untrusted",
            hint=f"If you trust where it comes from: `stembridge models import --trust {path}`.",
        )


def _usual_name(path: Path, digest: str) -> str:
    """Return the name that a published file has, whatever it is called; others keep theirs."""
    for signature, start in PUBLISHED.items():
        if path.suffix == ".th" and digest.startswith(start):
            return f"{signature}-{start}.th"
    for signature, whole in SAFETENSORS_SHA256.items():
        if digest == whole:
            return f"{signature}.safetensors"
    return path.name


def _copy(path: Path, target: Path, digest: str) -> None:
    if target.exists():
        if hash_file(target) == digest:
            return
        raise SeparationError(
            "The store has another file of this name.",
            path=target,
            code="model-exists",
            hint="Remove it first with `stembridge models remove`, or rename the new one.",
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.importing")
    try:
        shutil.copyfile(path, part)
        if hash_file(part) != digest:
            raise _not_a_model(path, "it changed while it was read")
        sync_file(part)
        part.replace(target)
    except OSError as error:
        raise SeparationError(
            f"The file cannot be copied into the store: {error.strerror or error}.",
            path=target,
            code="disk-full",
            hint="Make room on this disk, or use another folder for the models.",
        ) from error
    finally:
        part.unlink(missing_ok=True)
    sync_folder(target.parent)
