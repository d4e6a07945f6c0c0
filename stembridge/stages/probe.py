"""Probe: what each source is, before anything is decided about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from stembridge.audio.chunks import Metadata, read_metadata_and_problems
from stembridge.audio.digest import sha256_of
from stembridge.audio.files import open_sound
from stembridge.audio.sound import Sound
from stembridge.errors import AudioError, IntakeError
from stembridge.filenames import AUDIO_SUFFIXES
from stembridge.parallel import side_by_side
from stembridge.request import Excerpt
from stembridge.stages.finding import Finding, Severity

SOURCE_GONE = "source-gone"


@dataclass(frozen=True)
class Source:
    """A file on disk and what it is called inside its delivery.

    Attributes:
        path: the file that is read.
        name: what it is called inside its delivery.
        original: the file that it was cut or unpacked out of; None when it is the file itself.
        excerpt: which part of the original it is.

    """

    path: Path
    name: PurePosixPath
    original: Path | None = None
    excerpt: Excerpt | None = None

    @property
    def is_audio(self) -> bool:
        """True when the name says so; anything else is a sidecar that is carried along."""
        return self.path.suffix.lower() in AUDIO_SUFFIXES


@dataclass(frozen=True)
class Facts:
    """What a source is: its format, its metadata, and the hash that proves it stayed the same."""

    source: Source
    sound: Sound
    metadata: Metadata
    problems: tuple[str, ...]
    sha256: str


def probe(source: Source) -> Facts:
    """Read what one file is.

    Raises:
        AudioError: if it is not audio, is truncated, or its header lies.

    """
    try:
        sound = open_sound(source.path)
        metadata, problems = read_metadata_and_problems(source.path)
        return Facts(source, sound, metadata, problems, sha256_of(source.path))
    except FileNotFoundError as error:
        raise IntakeError(
            "The file is no longer there.",
            path=source.path,
            hint="It was moved or deleted after it was taken in; drop it again.",
            code=SOURCE_GONE,
        ) from error
    except PermissionError as error:
        raise IntakeError(
            "The file may not be read.",
            path=source.path,
            hint="Give the user that runs stembridge permission to read it.",
            code="not-readable",
        ) from error


def probe_all(sources: Iterable[Source], *, threads: int = 1) -> tuple[Facts, ...]:
    """Read what every file of a set is, several side by side, and report all that are bad at once.

    Raises:
        AudioError: naming every bad file, if there are any; a set is delivered whole or not at all.

    """
    probed = side_by_side(_probed, sources, threads=threads)
    errors = [each for each in probed if isinstance(each, AudioError)]
    if len(errors) == 1:
        raise errors[0]
    if errors:
        each = "; ".join(f"{error.path and error.path.name}: {error.message}" for error in errors)
        raise AudioError(
            f"{len(errors)} files of the set cannot be used: {each}",
            hint="Replace or remove these files and drop the set again.",
            code="bad-files",
        )
    return tuple(each for each in probed if isinstance(each, Facts))


def probe_readable(sources: Sequence[Source]) -> tuple[tuple[Facts, ...], tuple[Finding, ...]]:
    """Read what the files of a set are, and report those that are bad beside the others.

    Raises:
        AudioError: if a file cannot be read now and may be later.

    """
    probed = [(source, _probed(source)) for source in sources]
    return (
        tuple(found for _, found in probed if isinstance(found, Facts)),
        tuple(unreadable(source, found) for source, found in probed if isinstance(found, AudioError)),
    )


def unreadable(source: Source, error: AudioError) -> Finding:
    """Say that a file cannot be used, and why.

    Raises:
        AudioError: the error itself, if the file may be read later.

    """
    if error.retryable:
        raise error
    return Finding(error.code, Severity.ERROR, error.message, path=source.name, hint=error.hint)


def _probed(source: Source) -> Facts | AudioError:
    try:
        return probe(source)
    except AudioError as error:
        return error
