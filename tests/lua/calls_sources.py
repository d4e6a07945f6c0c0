"""Media sources and their peaks."""

# ruff: noqa: N802 (the names are REAPER's)

from pathlib import Path
from typing import Any

import soundfile
from lua.model import Source
from lua.world import World

START, GO_ON, FINISH = 0, 1, 2


def open_source(path: str) -> Source | None:
    """Return the source for a file, or None when it cannot be read."""
    if not Path(path).is_file():
        return None
    try:
        info = soundfile.info(path)
    except soundfile.LibsndfileError:
        return None
    kind = "FLAC" if path.lower().endswith(".flac") else "WAVE"
    return Source(path, kind, info.frames / info.samplerate, info.samplerate, info.channels)


class SourceCalls:
    """Calls about sources."""

    world: World

    def PCM_Source_CreateFromFile(self, filename: str) -> Source | None:
        return open_source(filename)

    def PCM_Source_Destroy(self, src: Source) -> None:
        if src.owned:
            raise self.world.fault("a source of a take was destroyed")
        src.dead = True

    def GetMediaSourceFileName(self, source: Source) -> str:
        return source.path

    def GetMediaSourceType(self, source: Source) -> str:
        return source.type

    def GetMediaSourceLength(self, source: Source) -> tuple[float, bool]:
        return source.length, source.in_quarters

    def GetMediaSourceSampleRate(self, source: Source) -> int:
        return source.rate

    def GetMediaSourceNumChannels(self, source: Source) -> int:
        return source.channels

    def GetMediaSourceParent(self, src: Source) -> Source | None:
        return src.parent

    def PCM_Source_GetSectionInfo(self, src: Source) -> Any:
        if src.type != "SECTION":
            return False, 0.0, 0.0, False
        return True, src.offset, src.length, src.reversed

    def PCM_Source_BuildPeaks(self, src: Source, mode: int) -> int:
        calls = src.peak_calls
        if mode != START and (not calls or FINISH in calls):
            raise self.world.fault("peaks went on without a start, or after their end")
        if mode == FINISH and src.peaks_left:
            raise self.world.fault("peaks were finished before they were done")
        calls.append(mode)
        if mode == GO_ON and src.peaks_left:
            src.peaks_left -= 1
        return 50 if src.peaks_left else 0
