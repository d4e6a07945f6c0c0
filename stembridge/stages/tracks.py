"""Tracks: the session of a delivery, as a DAW opens it; pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import PurePosixPath

from stembridge.presets import Session as Wanted
from stembridge.session.rpp import Item, Session, Track
from stembridge.session.tempo_map import TempoMap, map_of
from stembridge.stages.conform import Conformed
from stembridge.stages.guidance import Guidance, from_start
from stembridge.stages.marks import marks_of
from stembridge.stages.plan import Plan, StemPlan
from stembridge.units import Hertz, Seconds, samples_to_seconds


def make_session(plan: Plan, conformed: Sequence[Conformed], *, seed: str) -> Session:
    """Lay the outputs out as tracks, each item at its second.

    The session starts with the earliest output. A mixdown is muted: it would double its own stems.

    Args:
        plan: what was to be done.
        conformed: what was written, in track order.
        seed: what the identities of tracks and items are made from.

    """
    stems = [done.plan for done in conformed]
    start = min(_start(stem) for stem in stems)
    guidance = from_start(plan.shown, _exact_start(stems))
    tracks = tuple(_folders(plan, stems, start))
    return Session(
        name=plan.song,
        rate=_rate(stems),
        tracks=tracks,
        markers=marks_of(plan, stems, start, guidance.markers),
        tempo=guidance.tempo,
        start=start,
        seed=seed,
    )


def _folders(plan: Plan, stems: Sequence[StemPlan], start: Seconds) -> Iterator[Track]:
    """Lay out the tracks, each edition in a folder; all but the first are muted, as they would sound together."""
    wanted = plan.preset.session
    editions = list(dict.fromkeys(stem.edition for stem in stems))
    for place, edition in enumerate(editions):
        own = [stem for stem in stems if stem.edition == edition]
        if wanted.folder or edition:
            yield Track(edition or plan.song, is_folder=True, muted=place > 0)
        depth = 1 if wanted.folder or edition else 0
        for stem in own:
            yield _track(stem, wanted, start, depth, muted=stem.identity.is_mix and len(own) > 1)


def make_tempo_maps(plan: Plan, conformed: Sequence[Conformed]) -> dict[PurePosixPath, TempoMap]:
    """Make the tempo map of a delivery, or one for each song where they differ, each from its start on.

    Returns:
        By name inside the delivery, without a suffix; none where the preset wants none or nobody knows the tempo.

    """
    if not plan.preset.session.tempo_map:
        return {}
    stems = [done.plan for done in conformed]
    if len({(each.tempo, each.markers) for each in plan.guidance.values()}) < 2:
        return _tempo_map(PurePosixPath(plan.folder.name), plan.shown, stems)
    made: dict[PurePosixPath, TempoMap] = {}
    for edition, guidance in plan.guidance.items():
        own = [stem for stem in stems if stem.edition == edition]
        folder = PurePosixPath(own[0].file_name).parent
        made |= _tempo_map(folder / folder.name, guidance, own)
    return made


def _tempo_map(
    name: PurePosixPath, guidance: Guidance, stems: Sequence[StemPlan]
) -> dict[PurePosixPath, TempoMap]:
    own = from_start(guidance, _exact_start(stems))
    return {name: map_of(own.tempo, own.markers)} if own.tempo else {}


def _track(stem: StemPlan, wanted: Wanted, start: Seconds, depth: int, *, muted: bool) -> Track:
    name = PurePosixPath(stem.file_name).stem
    role = stem.identity.role.value if stem.identity.role else ""
    item = Item(
        path=stem.file_name,
        position=Seconds(_start(stem) - start),
        length=samples_to_seconds(stem.placement.frames, stem.format.rate),
        name=name,
    )
    return Track(
        name=stem.identity.stem or name,
        colour=wanted.colours.get(stem.identity.stem) or wanted.colours.get(role),
        items=(item,),
        depth=depth,
        channels=stem.format.channels,
        muted=muted,
    )


def _start(stem: StemPlan) -> Seconds:
    return samples_to_seconds(stem.placement.position, stem.format.rate)


def _rate(stems: Sequence[StemPlan]) -> Hertz:
    return Counter(stem.format.rate for stem in stems).most_common(1)[0][0]


def _exact_start(stems: Sequence[StemPlan]) -> Fraction:
    return min(Fraction(stem.placement.position, stem.format.rate) for stem in stems)
