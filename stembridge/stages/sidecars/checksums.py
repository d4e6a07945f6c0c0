"""Checksums: every file that a list of the delivery names is there, and is what the list says."""

import hashlib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from stembridge.audio.digest import sha256_of
from stembridge.stages.finding import Finding, Severity
from stembridge.stages.probe import Source
from stembridge.stages.sidecars.checksum_lists import Listed, is_checksum_list, read_checksums
from stembridge.stages.sidecars.texts import read_text
from stembridge.stages.staging import EXTRAS, MANIFEST

CODE = "checksum"
_AGAIN = "Copy the delivery again from where it came, or ask the sender for it; do not use this copy."


@dataclass(frozen=True)
class _List:
    """A checksum list and what it says."""

    source: Source
    entries: tuple[Listed, ...]


def checksum_findings(audio: Sequence[Source], sidecars: Sequence[Source]) -> tuple[Finding, ...]:
    """Compare the files of a delivery with its checksum lists.

    A file is looked for beside the list, then below the top of the delivery, then, for lists with paths of another
    machine, as the one file whose path ends the same. A list that was carried along by stembridge itself is left out.

    Args:
        audio: the sound files.
        sidecars: the other files, the lists among them.

    Returns:
        An error for every file that is missing or differs, what is not known, and what was found right.

    Raises:
        OSError: if a file cannot be read.

    """
    files = [*audio, *sidecars]
    findings: list[Finding] = []
    covered: set[PurePosixPath] = set()
    made = {one.name.parent for one in sidecars if one.name.name == MANIFEST}
    lists = [one for one in sidecars if is_checksum_list(one.name) and not _is_carried(one.name, made)]
    for source in lists:
        text = read_text(source.path)
        entries, odd = read_checksums(text or "", source.name)
        if not entries:
            findings.append(_not_understood(source))
            continue
        if odd:
            findings.append(_odd_lines(source, odd))
        findings += _verified(_List(source, entries), files, covered)
    if covered:
        findings += _not_listed(audio, covered)
    return tuple(findings)


def _is_carried(name: PurePosixPath, made: set[PurePosixPath]) -> bool:
    """Tell whether a list lies in a delivery that stembridge made: it speaks of the files before."""
    return name.parent.name == EXTRAS and name.parent.parent in made


def _verified(listed: _List, files: Sequence[Source], covered: set[PurePosixPath]) -> Iterator[Finding]:
    wrong = 0
    for entry in listed.entries:
        file = _find(entry.name, listed.source.name.parent, files)
        problem = _missing(entry, listed.source) if file is None else _compared(entry, file, listed.source)
        if file is not None:
            covered.add(file.name)
        if problem is not None:
            wrong += 1
            yield problem
    if not wrong:
        yield _all_right(listed)


def _find(name: str, folder: PurePosixPath, files: Sequence[Source]) -> Source | None:
    wanted = _key(PurePosixPath(name.replace("\\", "/")))
    known = {_key(file.name): file for file in files}
    beside = known.get((*_key(folder), *wanted)) or known.get(wanted)
    if beside is not None:
        return beside
    alike = [file for key, file in known.items() if _ends_alike(key, wanted)]
    return alike[0] if len(alike) == 1 else None


def _key(path: PurePosixPath) -> tuple[str, ...]:
    """Return what a path has in common with the same one as another system writes it."""
    return tuple(unicodedata.normalize("NFC", part).casefold() for part in path.parts if part != ".")


def _ends_alike(key: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    shorter = min(len(key), len(wanted))
    return key[-shorter:] == wanted[-shorter:]


def _compared(entry: Listed, file: Source, source: Source) -> Finding | None:
    if _digest(file, entry.algorithm) == entry.digest:
        return None
    return Finding(
        CODE,
        Severity.ERROR,
        f"It is not the file that was sent: its {_shown(entry.algorithm)} is not the one in {source.name}.",
        path=file.name,
        hint=_AGAIN,
    )


def _digest(file: Source, algorithm: str) -> str:
    if algorithm == "sha256":
        return sha256_of(file.path)
    with file.path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()


def _missing(entry: Listed, source: Source) -> Finding:
    return Finding(
        CODE,
        Severity.ERROR,
        f"{source.name} lists a file that is not in the delivery: {entry.name}.",
        path=source.name,
        hint="Ask the sender for it.",
    )


def _all_right(listed: _List) -> Finding:
    count = len(listed.entries)
    kinds = " and ".join(sorted({_shown(entry.algorithm) for entry in listed.entries}))
    are = "file is what its list says" if count == 1 else "files are what their list says"
    return Finding(
        "checksums-right",
        Severity.INFO,
        f"{count} {are} ({kinds}).",
        path=listed.source.name,
        measured=count,
        limit=count,
        unit="files",
    )


def _not_listed(audio: Sequence[Source], covered: set[PurePosixPath]) -> Iterator[Finding]:
    for file in audio:
        if file.name not in covered:
            yield Finding(
                "checksum-unlisted",
                Severity.INFO,
                "No checksum list has it, so nothing says whether it arrived whole.",
                path=file.name,
            )


def _not_understood(source: Source) -> Finding:
    return Finding(
        "checksum-list",
        Severity.WARNING,
        "It is called a checksum list, but no line of it is a checksum.",
        path=source.name,
        hint="Ask the sender for a list as md5sum or sha256sum write it.",
    )


def _odd_lines(source: Source, odd: int) -> Finding:
    return Finding(
        "checksum-list",
        Severity.WARNING,
        f"{odd} of its lines {'is no checksum and was' if odd == 1 else 'are no checksums and were'} passed over.",
        path=source.name,
        hint="Look whether a file's line is damaged.",
    )


def _shown(algorithm: str) -> str:
    return algorithm.upper() if algorithm == "md5" else f"SHA-{algorithm.removeprefix('sha')}"
