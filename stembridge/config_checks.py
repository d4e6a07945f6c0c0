"""What must hold between the parts of a configuration: folders that do not feed each other, known presets.

It looks at the file, not at the finished record, so that these mistakes are told together with all others.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from pathlib import Path

from stembridge.config_model import Config
from stembridge.config_values import resolved, split_destination
from stembridge.errors import PresetError
from stembridge.presets import PresetStore
from stembridge.yaml_file import Document, KeyPath, Mistake, Value, did_you_mean

Place = tuple[KeyPath, Path]


def find_mistakes(
    values: Mapping[str, Value], document: Document, store: PresetStore | None
) -> tuple[Mistake, ...]:
    """Find what cannot work, though each value alone may be right.

    Args:
        values: what the file says, with the default places; it need not be valid.
        document: the file.
        store: where presets are; None for the shipped ones and those in the folder that ``values`` name.

    """
    base = document.path.parent
    own = _path(values.get("presets"), base)
    inboxes = list(_places(values, ("path",), base))
    outputs = [*_places(values, ("to",), base), *_places_of_own(values, base)]
    return (
        *_crossed_folders(inboxes, document),
        *_looped_outputs(inboxes, outputs, document),
        *_unusable_presets(values, document, store or PresetStore(own)),
    )


def find_warnings(config: Config, document: Document) -> tuple[Mistake, ...]:
    """Find what may be meant but should be looked at: a hot folder that is not there now."""
    return tuple(
        document.mistake(
            ("hot_folders", index, "path"),
            f"{hot.path} is not there; it is waited for, like a share that is away.",
        )
        for index, hot in enumerate(config.hot_folders)
        if not hot.path.is_dir()
    )


def _hot_folders(values: Mapping[str, Value]) -> Iterator[tuple[int, dict[str, Value]]]:
    listed = values.get("hot_folders")
    entries = listed if isinstance(listed, list) else []
    yield from ((index, entry) for index, entry in enumerate(entries) if isinstance(entry, dict))


def _places(values: Mapping[str, Value], names: Iterable[str], base: Path) -> Iterator[Place]:
    for index, entry in _hot_folders(values):
        for name in names:
            path = _path(entry.get(name), base)
            if path:
                yield ("hot_folders", index, name), path


def _places_of_own(values: Mapping[str, Value], base: Path) -> Iterator[Place]:
    for name in ("data", "spool", "models"):
        path = _path(values.get(name), base)
        if path:
            yield (name,), path


def _path(value: Value, base: Path) -> Path | None:
    """Resolve a path, without the template that may end it; None for what is no path."""
    try:
        return resolved(split_destination(value)[0], base) if isinstance(value, str) else None
    except ValueError:
        return None


def _crossed_folders(inboxes: list[Place], document: Document) -> Iterator[Mistake]:
    for (first, first_path), (key, path) in combinations(inboxes, 2):
        one, other, name = real(first_path), real(path), f"hot_folders[{first[1]}].path"
        if one == other:
            yield document.mistake(key, f"This is the same folder as {name}; take one of them out.")
        elif is_within(one, other) or is_within(other, one):
            yield document.mistake(
                key, f"This folder and {name} lie inside each other; put them side by side."
            )


def _looped_outputs(inboxes: list[Place], outputs: list[Place], document: Document) -> Iterator[Mistake]:
    """Find what stembridge would write into a hot folder, and then take for a delivery."""
    for key, path in outputs:
        inside = next((inbox for inbox, folder in inboxes if is_within(real(path), real(folder))), None)
        if inside:
            yield document.mistake(
                key,
                f"{path} lies in the hot folder hot_folders[{inside[1]}], so what is written there "
                "would be taken in again; put it beside the hot folder.",
            )


def _unusable_presets(
    values: Mapping[str, Value], document: Document, store: PresetStore
) -> Iterator[Mistake]:
    names = store.names()
    for index, entry in _hot_folders(values):
        wanted = entry.get("preset")
        problem = _preset_problem(wanted, names, store) if isinstance(wanted, str) else ""
        if problem:
            yield document.mistake(("hot_folders", index, "preset"), problem)


def _preset_problem(wanted: str, names: tuple[str, ...], store: PresetStore) -> str:
    if wanted not in names:
        known = did_you_mean(wanted, names) or f"; known are {', '.join(names)}."
        return f'There is no preset "{wanted}"{known}'
    try:
        store.load(wanted)
    except PresetError as error:
        return f"The preset cannot be used: {error.message}"
    return ""


def real(path: Path) -> Path:
    """Follow links as far as the path exists, and drop letter case where the system ignores it."""
    try:
        followed = path.resolve()
    except (OSError, RuntimeError):
        followed = path
    return Path(str(followed).casefold()) if sys.platform in ("win32", "darwin") else followed


def is_within(path: Path, folder: Path) -> bool:
    """Tell whether a path is a folder or lies in it."""
    return path == folder or folder in path.parents
