"""The presets there are: the shipped ones and the user's own, which may extend them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stembridge.data import data_folder
from stembridge.errors import PresetError
from stembridge.preset_model import FIELDS, Align, Device, Format, Identify, Preset, Separate, Session
from stembridge.yaml_file import Document, Mistake, Value, did_you_mean, read_yaml, refuse
from stembridge.yaml_model import build_record

__all__ = [
    "FIELDS",
    "Align",
    "Device",
    "Format",
    "Identify",
    "Preset",
    "PresetStore",
    "Separate",
    "Session",
    "merge",
]

SUFFIX = ".yaml"


def merge(base: Mapping[str, Value], changes: Mapping[str, Value]) -> dict[str, Value]:
    """Lay ``changes`` over ``base``: keys inside keys are merged, lists and plain values are replaced."""
    merged = dict(base)
    for key, value in changes.items():
        below = merged.get(key)
        both = isinstance(below, dict) and isinstance(value, dict)
        merged[key] = merge(below, value) if both else value  # type: ignore[arg-type]
    return merged


@dataclass(frozen=True)
class PresetStore:
    """Finds and reads presets.

    A preset of the user's may carry the name of a shipped one only if it extends it, so that nobody gets
    something else under a known name without having said so.

    Attributes:
        user_folder: the folder of the user's own presets; it need not exist. None for the shipped ones only.

    """

    user_folder: Path | None = None

    def names(self) -> tuple[str, ...]:
        """Return the names of all presets, sorted; one that has mistakes is among them."""
        return tuple(sorted({*self._shipped(), *self._own()}))

    def source_path(self, name: str) -> Path:
        """Return the file of a preset.

        Raises:
            PresetError: if there is no preset of that name.

        """
        path = self._own().get(name) or self._shipped().get(name)
        if path is None:
            hint = f"Known are {', '.join(self.names())}"
            hint += f"; your own belong in {self.user_folder}." if self.user_folder else "."
            raise PresetError(
                f'There is no preset "{name}"{did_you_mean(name, self.names()) or "."}', hint=hint
            )
        return path

    def load(self, name: str) -> Preset:
        """Read a preset, with what it extends merged in.

        Raises:
            PresetError: if there is no such preset, or it or what it extends has mistakes.

        """
        return self.check(self.source_path(name))

    def check(self, path: Path) -> Preset:
        """Read a preset from any file, with what it extends merged in.

        Raises:
            PresetError: with all the mistakes of the file that has some, each with its line.

        """
        _, preset = self._read(path, ())
        return preset

    def _read(self, path: Path, above: tuple[Path, ...]) -> tuple[dict[str, Value], Preset]:
        document = read_yaml(path)
        if not document.data:
            refuse(PresetError, path, document.mistakes)
        values = merge(self._base(document, above), document.data)
        preset, mistakes = build_record(Preset, document, {**values, "id": path.stem})
        refuse(PresetError, path, (*document.mistakes, *self._misplaced(document), *mistakes))
        assert preset is not None
        return values, preset

    def _base(self, document: Document, above: tuple[Path, ...]) -> dict[str, Value]:
        name = document.data.get("extends")
        if not isinstance(name, str):
            return {}
        base = self._extended(name, document.path)
        line = (*above, document.path)
        if base is None:
            known = did_you_mean(name, self.names()) or f"; known are {', '.join(self.names())}."
            wrong = f'There is no preset "{name}" to extend{known}'
            refuse(PresetError, document.path, [document.mistake(("extends",), wrong)])
        elif base in line:
            circle = " -> ".join(each.stem for each in (*line[line.index(base) :], base))
            wrong = f"Presets extend each other in a circle: {circle}. Let one of them stand on its own."
            refuse(PresetError, document.path, [document.mistake(("extends",), wrong)])
        return self._read(base, line)[0] if base else {}

    def _extended(self, name: str, path: Path) -> Path | None:
        """Find what ``extends: name`` means in the file: for a file of that name, the shipped preset."""
        if name == path.stem and not self._is_shipped(path):
            return self._shipped().get(name)
        return self._own().get(name) or self._shipped().get(name)

    def _misplaced(self, document: Document) -> list[Mistake]:
        """Find what only the preset's place decides: an id that is written, a shipped name that is taken."""
        path, mistakes = document.path, []
        if "id" in document.data:
            mistakes.append(document.mistake(("id",), "The name of a preset is the name of its file."))
        taken = path.stem in self._shipped() and not self._is_shipped(path)
        if taken and document.data.get("extends") != path.stem:
            way = f"write `extends: {path.stem}`, or give the file another name"
            wrong = f'"{path.stem}" is the name of a shipped preset; {way}.'
            mistakes.append(document.mistake(("extends",), wrong))
        return mistakes

    def _is_shipped(self, path: Path) -> bool:
        return self._shipped().get(path.stem) == path

    def _shipped(self) -> dict[str, Path]:
        return _presets_in(data_folder("presets"))

    def _own(self) -> dict[str, Path]:
        return _presets_in(self.user_folder) if self.user_folder and self.user_folder.is_dir() else {}


def _presets_in(folder: Path) -> dict[str, Path]:
    return {path.stem: path for path in sorted(folder.glob(f"*{SUFFIX}")) if not path.name.startswith(".")}
