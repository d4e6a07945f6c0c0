"""Sources: the files of a delivery, with an archive unpacked and sidecars told from audio."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from stembridge.errors import IntakeError, StembridgeError
from stembridge.request import Request
from stembridge.stages.excerpt import cut_excerpt
from stembridge.stages.probe import SOURCE_GONE, Source
from stembridge.stages.unpack import unpack


@dataclass(frozen=True)
class Sources:
    """The files of one delivery.

    Attributes:
        audio: what will be conformed; a file that came alone is taken for audio whatever it is called.
        sidecars: what is carried along unchanged.

    """

    audio: tuple[Source, ...]
    sidecars: tuple[Source, ...]


def gather(request: Request, *, unpack_into: Path) -> Sources:
    """Find the files of a delivery. A zip that was dropped is unpacked; one inside a folder is carried along.

    Of a request for an excerpt, the excerpt is cut out, and is the one source.

    Raises:
        IntakeError: if a file is gone, an archive is refused, or there is no audio.

    """
    _refuse_absent(request)
    if request.excerpt is not None:
        original = request.sources[0]
        cut = cut_excerpt(original, request.excerpt, unpack_into / f"{original.stem}.wav")
        source = Source(cut, PurePosixPath(cut.name), original, request.excerpt)
        return Sources((source,), ())
    sources = [source for path in request.sources for source in _expand(path, request, unpack_into)]
    if len(sources) == 1:
        return Sources(tuple(sources), ())
    audio = tuple(source for source in sources if source.is_audio)
    if not audio:
        raise IntakeError(
            "There is no audio in it.",
            path=request.root or request.sources[0],
            hint="stembridge reads WAV, RF64, W64, AIFF, CAF, FLAC, MP3 and Ogg.",
            code="no-audio",
        )
    return Sources(audio, tuple(source for source in sources if not source.is_audio))


def _expand(path: Path, request: Request, unpack_into: Path) -> list[Source]:
    if path.suffix.lower() == ".zip" and request.root in (None, path):
        return [Source(file, _relative(file, unpack_into), path) for file in unpack(path, unpack_into)]
    return [Source(path, _relative(path, request.root))]


def _relative(path: Path, root: Path | None) -> PurePosixPath:
    if root is None or path == root or not path.is_relative_to(root):
        return PurePosixPath(path.name)
    return PurePosixPath(path.relative_to(root).as_posix())


@contextmanager
def named_as_dropped(request: Request, unpacked: Path) -> Iterator[None]:
    """Let errors about what was unpacked, or cut out, name the file that people know and its place in it.

    Args:
        request: what was asked for.
        unpacked: the folder that ``gather`` unpacked into, which is gone when the error is read.

    """
    try:
        yield
    except StembridgeError as error:
        if error.path is not None and error.path.is_relative_to(unpacked):
            inside = "" if request.excerpt else error.path.relative_to(unpacked)
            error.path = request.sources[0] / inside
        raise


def _refuse_absent(request: Request) -> None:
    for path in request.sources:
        if not path.exists():
            raise IntakeError(
                "The file is no longer there.",
                path=path,
                hint="It was moved or deleted after it was taken in; drop it again.",
                code=SOURCE_GONE,
            )
