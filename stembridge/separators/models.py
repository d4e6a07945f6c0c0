"""The model store: which models there are, which of them are here, and how they get here.

A private folder with the files of the members, perhaps ``.yaml`` files of the user's own bags, and the record of
every file's SHA-256. Nothing here imports torch: ``demucs.load_model`` makes a model of what is found here.
"""

import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from filelock import FileLock

from stembridge.errors import NotReadyError, SeparationError
from stembridge.separators.model_catalogue import (
    HUB,
    KNOWN,
    LEGACY,
    PUBLISHED,
    SAFETENSORS_SHA256,
    hub_path,
    legacy_path,
)
from stembridge.separators.model_fetch import Download, NotThere, download
from stembridge.separators.model_files import ModelFiles, find_bag, find_members, hash_file
from stembridge.separators.model_import import import_file
from stembridge.separators.model_record import RECORD_NAME, Remembered, Source, change_record, read_record
from stembridge.yaml_file import did_you_mean

State = Literal["good", "changed", "missing", "unknown"]


@dataclass(frozen=True)
class Listed:
    """A model in a list.

    Attributes:
        name: what it is called.
        stems: what it makes; empty for one of the user's own, which says so only when it is loaded.
        megabytes: about how much is downloaded; None where that is not known.
        about: one line for people.
        here: whether all of its files are in the store.

    """

    name: str
    stems: tuple[str, ...]
    megabytes: int | None
    about: str
    here: bool


@dataclass(frozen=True)
class Verdict:
    """What ``verify`` found of a file."""

    name: str
    state: State


class ModelStore:
    """A folder of model files."""

    def __init__(self, folder: Path, *, hub: str = HUB, publisher: str = LEGACY) -> None:
        """Use a folder, which is made when something goes into it; the servers are those of Demucs."""
        self.folder = folder
        self._hub, self._publisher = hub, publisher

    def listed(self) -> tuple[Listed, ...]:
        """Return the models of Demucs and the user's own, the latter last."""
        members = find_members(self.folder)
        known = [
            Listed(name, each.stems, each.megabytes, each.about, set(each.bag.signatures) <= members.keys())
            for name, each in KNOWN.items()
        ]
        in_bags = {signature for each in KNOWN.values() for signature in each.bag.signatures}
        bags = {path.stem for path in self.folder.glob("*.yaml")} - KNOWN.keys()
        for name in bags:
            in_bags.update(self._find(name).bag.signatures)
        own = sorted(bags | (members.keys() - in_bags))
        return (*known, *(Listed(each, (), None, "Your own.", self._is_here(each)) for each in own))

    def find(self, name: str, folder: Path | None = None) -> ModelFiles:
        """Return the files of a model.

        Args:
            name: of the catalogue, of a ``.yaml`` bag, or of a single member.
            folder: the user's own model folder; None for the store.

        Raises:
            NotReadyError: ``model-missing`` if a model of Demucs is not in the store.
            SeparationError: ``model-unknown`` if there is no such model, ``model-files`` if one of the user's own
                lacks files.

        """
        files = self._find(name, folder)
        lacking = [each for each in files.bag.signatures if each not in files.files]
        if lacking and (folder or any(each not in PUBLISHED for each in lacking)):
            raise SeparationError(
                f"The model {name} lacks its files for {', '.join(lacking)}.",
                path=folder or self.folder,
                code="model-files",
                hint="Put them there as SIGNATURE.safetensors or SIGNATURE.th.",
            )
        if lacking:
            raise NotReadyError(
                f"The model {name} is not on this machine.",
                code="model-missing",
                hint=f"Run `stembridge models fetch {name}`; without network, `stembridge models import FILE...`.",
            )
        return files

    def fetch(self, name: str, progress: Callable[[float], None]) -> ModelFiles:
        """Download what a model lacks; two processes that fetch the same one take turns.

        Args:
            name: of the catalogue.
            progress: told how much of it is there, 0 to 1; what it raises ends the download, to be resumed.

        Raises:
            SeparationError: ``model-unknown``, ``no-network``, ``disk-full`` or ``model-damaged``.

        """
        files = self._find(name)
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / f".{name}.lock"):
            files = self._find(name)
            lacking = [each for each in dict.fromkeys(files.bag.signatures) if each not in files.files]
            self._check_room(name, lacking)
            for index, signature in enumerate(lacking):

                def told(have: int, total: int, index: int = index) -> None:
                    progress((index + (have / total if total else 0.0)) / len(lacking))

                self._fetch_member(name, signature, told)
        progress(1.0)
        return self.find(name)

    def import_files(self, paths: Sequence[Path], *, trust: bool = False) -> tuple[str, ...]:
        """Copy files into the store and return the names that they have there; see ``import_file``.

        Files that are fine are imported before the first bad one ends it.
        """
        return tuple(import_file(path, self.folder, trust=trust) for path in paths)

    def verify(self) -> tuple[Verdict, ...]:
        """Hash every file of the store and hold it against the record."""
        record, there = read_record(self.folder), {path.name: path for path in self._files()}
        verdicts = []
        for name in sorted(record.files.keys() | there.keys()):
            state: State = "good"
            if name not in there:
                state = "missing"
            elif name not in record.files:
                state = "unknown"
            elif hash_file(there[name]) != record.files[name].sha256:
                state = "changed"
            verdicts.append(Verdict(name, state))
        return tuple(verdicts)

    def remove(self, name: str) -> tuple[str, ...]:
        """Delete the files of a model that no other model in the store needs; return their names.

        Raises:
            SeparationError: ``model-unknown`` if there is no such model.

        """
        files = self._find(name)
        needed = {
            signature
            for each in self.listed()
            if each.here and each.name != name
            for signature in self._find(each.name).bag.signatures
            if each.name != signature
        }
        gone = [path for signature, path in files.files.items() if signature not in needed]
        gone += [path for path in [self.folder / f"{name}.yaml"] if path.exists()]
        gone += [path for each in files.bag.signatures for path in self.folder.glob(f"{each}*.part")]
        for path in gone:
            path.unlink()
        change_record(self.folder, lambda record: record.without({path.name for path in gone}))
        return tuple(path.name for path in gone)

    def _find(self, name: str, folder: Path | None = None) -> ModelFiles:
        """Return the files of a model that are there."""
        place, record = folder or self.folder, read_record(self.folder)
        members = find_members(place)
        bag = find_bag(name, place, members)
        if bag is None:
            raise SeparationError(
                f"There is no model {name!r}{did_you_mean(name, KNOWN)}.",
                path=folder,
                code="model-unknown",
                hint="See `stembridge models list`; your own come with `stembridge models import FILE...`.",
            )
        files = {each: members[each] for each in bag.signatures if each in members}
        hashes = {} if folder else {each: file.sha256 for each, file in record.files.items()}
        return ModelFiles(name, bag, files, hashes, record.trusted)

    def _is_here(self, name: str) -> bool:
        files = self._find(name)
        return set(files.bag.signatures) <= files.files.keys()

    def _files(self) -> Iterable[Path]:
        return (path for path in self.folder.glob("[!.]*") if path.is_file() and path.name != RECORD_NAME)

    def _check_room(self, name: str, lacking: Sequence[str]) -> None:
        known = KNOWN.get(name)
        needed = (
            1_000_000 * (known.megabytes or 0) * len(lacking) // len(known.bag.signatures) if known else 0
        )
        free = shutil.disk_usage(self.folder).free
        if free < needed:
            raise SeparationError(
                f"The model {name} takes about {needed / 1e6:.0f} MB and there are {free / 1e6:.0f} MB free.",
                path=self.folder,
                code="disk-full",
                hint="Make room on this disk.",
                retryable=True,
            )

    def _fetch_member(self, name: str, signature: str, told: Callable[[int, int], None]) -> None:
        """Get a member: safetensors from the hub, or else the publisher's own ``.th``."""
        if signature not in PUBLISHED:
            raise SeparationError(
                f"The member {signature} of {name} is one of your own, and cannot be fetched.",
                code="model-files",
                hint="Import its file: `stembridge models import FILE...`.",
            )
        legacy = legacy_path(signature)
        places: list[tuple[Source, str, str, str]] = [
            ("hub", f"{self._hub}/{hub_path(name, signature)}", f"{signature}.safetensors", ""),
            ("publisher", f"{self._publisher}/{legacy}", Path(legacy).name, PUBLISHED[signature]),
        ]
        places[0] = (*places[0][:3], SAFETENSORS_SHA256.get(signature, ""))
        for source, url, file_name, sha256 in places:
            target = self.folder / file_name
            try:
                digest = download(Download(url, target, sha256), told)
            except NotThere:
                continue
            file = Remembered(digest, target.stat().st_size, source)
            change_record(self.folder, lambda record: record.with_file(file_name, file))  # noqa: B023 - run at once
            return
        raise SeparationError(
            f"Neither server has the member {signature} of {name}.",
            code="model-gone",
            hint="Get its file elsewhere, and import it: `stembridge models import FILE...`.",
        )
