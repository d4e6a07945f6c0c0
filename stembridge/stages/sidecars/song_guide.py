"""Song guide: which tempo map and which cue sheets of a delivery are for which of its songs and versions; pure.

A sidecar that is called after a song, or lies in its folder, is for that song alone: ``Alpha.mid``, ``Beta/tempo.mid``,
``Alpha_30s.csv``. One that names none is for all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from stembridge.session.tempo import TempoMap, tempo_points
from stembridge.stages.edition_names import read_version
from stembridge.stages.editions import Edition
from stembridge.stages.finding import Finding, Severity
from stembridge.stages.name_words import split_words
from stembridge.stages.sidecars.guide import CARRIED, CueSheet, Guide, NamedMap


@dataclass(frozen=True)
class SongGuide:
    """What the sidecars say about the time of one song or version.

    Attributes:
        tempo: its tempo map; None where there is none.
        sheets: its cue sheets.
        findings: what a person should know.

    """

    tempo: TempoMap | None = None
    sheets: tuple[CueSheet, ...] = ()
    findings: tuple[Finding, ...] = ()


def guides_of(guide: Guide, editions: Mapping[Edition, float]) -> dict[Edition, SongGuide]:
    """Say what is told of each song and version.

    Args:
        guide: the sidecars.
        editions: the songs and versions of the delivery, with their lengths in seconds.

    """
    told = {}
    for edition in editions:
        tempo, findings = _choose(_closest(guide.maps, edition, editions))
        sheets = (sheet for sheet in guide.sheets if _fit(sheet.name, edition, editions) is not None)
        told[edition] = SongGuide(tempo, tuple(sheets), findings)
    return told


def _fit(name: PurePosixPath, edition: Edition, editions: Mapping[Edition, float]) -> int | None:
    """Return how closely a sidecar is called after an edition, from 0; None where it is for others."""
    fits = {each: _called_after(name, each, duration) for each, duration in editions.items()}
    return fits[edition] if fits[edition] == max(fits.values()) else None


def _called_after(name: PurePosixPath, edition: Edition, duration: float) -> int:
    """Return 0 for a name that says nothing of an edition, more for its song, most for its song and version."""
    words = [word.folded for word in split_words(name.with_suffix("").as_posix())]
    song = [word.folded for word in split_words(edition.song)]
    places = range(len(words) - len(song) + 1)
    if not any(words[place : place + len(song)] == song for place in places):
        return 0
    said = read_version(name.stem, duration).version
    return 2 * len(song) + (bool(said) and said == edition.version)


def _closest(maps: Sequence[NamedMap], edition: Edition, editions: Mapping[Edition, float]) -> list[NamedMap]:
    """Return the maps that say something and are called after an edition most closely."""
    fits = [(one, _fit(one.name, edition, editions)) for one in maps if _weight(one)]
    best = max((fit for _, fit in fits if fit is not None), default=0)
    return [one for one, fit in fits if fit == best]


def _choose(maps: Sequence[NamedMap]) -> tuple[TempoMap | None, tuple[Finding, ...]]:
    """Take the map that is called so, else the one that says most; say where others differ."""
    if not maps:
        return None, ()
    chosen = max(maps, key=lambda one: ("tempo" in one.name.stem.lower(), _weight(one)))
    points = tempo_points(chosen.tempo)
    others = [
        one.name
        for one in maps
        if (one.tempo.tempos or one.tempo.meters) and tempo_points(one.tempo) != points
    ]
    if any(other.parent != chosen.name.parent for other in others):
        message = "It is one of several maps that differ, in folders of their own; none was taken."
        return None, tuple(_differs(each, message) for each in (chosen.name, *others))
    return chosen.tempo, tuple(
        _differs(other, f"Its tempo is not that of {chosen.name}, which was taken.") for other in others
    )


def _differs(name: PurePosixPath, message: str) -> Finding:
    hint = f"Call each map after its song, or ask the sender which is right. {CARRIED}"
    return Finding("tempo-differs", Severity.WARNING, message, path=name, hint=hint)


def _weight(one: NamedMap) -> int:
    return len(one.tempo.tempos) + len(one.tempo.meters) + len(one.tempo.markers)
