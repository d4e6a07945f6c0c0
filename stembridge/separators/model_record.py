"""What the model store remembers of its files, and which pickles the user trusts: ``models.json`` in its folder."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal

from filelock import FileLock

from stembridge.durable import write_durably
from stembridge.errors import SeparationError

Source = Literal["hub", "publisher", "imported"]

RECORD_NAME = "models.json"


@dataclass(frozen=True)
class Remembered:
    """A file of the store: its SHA-256, its bytes, and where it came from."""

    sha256: str
    size: int
    source: Source


@dataclass(frozen=True)
class Record:
    """What is remembered.

    Attributes:
        files: by their names.
        trusted: the SHA-256 of the pickles that the user imported with ``--trust``.

    """

    files: dict[str, Remembered] = field(default_factory=dict)
    trusted: frozenset[str] = frozenset()

    def with_file(self, name: str, file: Remembered, *, trust: bool = False) -> "Record":
        """Return the record with a file added."""
        trusted = self.trusted | {file.sha256} if trust else self.trusted
        return replace(self, files=self.files | {name: file}, trusted=trusted)

    def without(self, names: set[str]) -> "Record":
        """Return the record without some files, and without the trust in them."""
        gone = {self.files[each].sha256 for each in names if each in self.files}
        left = {name: file for name, file in self.files.items() if name not in names}
        return Record(left, self.trusted - gone)


def read_record(folder: Path) -> Record:
    """Read the record of a store; an empty one when there is none.

    Raises:
        SeparationError: ``model-record`` if the file is not a record.

    """
    path = folder / RECORD_NAME
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        files = {name: Remembered(**each) for name, each in value["files"].items()}
        return Record(files, frozenset(value["trusted"]))
    except FileNotFoundError:
        return Record()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SeparationError(
            "The record of the model store cannot be read.",
            path=path,
            code="model-record",
            hint="Delete it and import the model files of this folder again: `stembridge models import FILE...`.",
        ) from error


def change_record(folder: Path, change: Callable[[Record], Record]) -> None:
    """Change the record of a store; processes that change it at the same time take turns."""
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".models.lock"):
        record = change(read_record(folder))
        value = {
            "files": {name: asdict(file) for name, file in sorted(record.files.items())},
            "trusted": sorted(record.trusted),
        }
        write_durably(folder / RECORD_NAME, json.dumps(value, indent=1).encode())
