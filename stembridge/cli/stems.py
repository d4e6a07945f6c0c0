"""The stems that are named on a command line: every audio file of files, folders and zips."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stembridge.audio.sound import Sound


def open_stems(paths: tuple[Path, ...], scratch: Path, *, besides: Path | None) -> "list[tuple[str, Sound]]":
    """Open every audio file that was named, in folders and zips too.

    Args:
        paths: what was named.
        scratch: an empty folder that zips are unpacked into.
        besides: the mix, which is none of the stems.

    Returns:
        What each is called, and its sound; what lies in a zip is called after both.

    Raises:
        AlignmentError: if there is none.

    """
    from stembridge.audio.files import open_sound
    from stembridge.errors import AlignmentError
    from stembridge.intake.paths import requests_for
    from stembridge.stages.sources import gather

    stems = []
    for number, request in enumerate(requests_for(paths, preset="", destination=Path.cwd())):
        unpacked = scratch / str(number)
        unpacked.mkdir()
        for source in gather(request, unpack_into=unpacked).audio:
            if source.path == besides:
                continue
            inside = source.path.is_relative_to(unpacked)
            label = str(request.sources[0] / source.name) if inside else str(source.path)
            stems.append((label, open_sound(source.path)))
    if not stems:
        raise AlignmentError("There is no stem among these files.", hint="Name the stems, or their folder.")
    return stems
