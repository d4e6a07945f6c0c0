"""Tracks: the session of a delivery, as a DAW opens it; pure."""

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

from stembridge.presets import Session as Wanted
from stembridge.session.rpp import Item, Marker, Session, Track
from stembridge.stages.conform import Conformed
from stembridge.stages.plan import Plan, StemPlan
from stembridge.stages.stamp import described
from stembridge.units import Hertz, Samples, Seconds, samples_to_seconds


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
    wanted = plan.preset.session
    depth = 1 if wanted.folder else 0
    tracks = tuple(
        _track(stem, wanted, start, depth, muted=stem.identity.is_mix and len(stems) > 1) for stem in stems
    )
    if wanted.folder:
        tracks = (Track(plan.song, is_folder=True), *tracks)
    return Session(
        name=plan.song,
        rate=_rate(stems),
        tracks=tracks,
        markers=_markers(stems, start),
        start=start,
        seed=seed,
    )


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


def _markers(stems: Sequence[StemPlan], start: Seconds) -> tuple[Marker, ...]:
    """Collect the cues of all outputs; one that several share stands once."""
    found: dict[tuple[float, str], Marker] = {}
    for stem in stems:
        for cue in described(stem)[0].cues:
            position = samples_to_seconds(Samples(stem.placement.position + cue.position), stem.format.rate)
            length = None if cue.length is None else samples_to_seconds(cue.length, stem.format.rate)
            at = Seconds(position - start)
            found.setdefault((round(at, 6), cue.label), Marker(at, cue.label or cue.note, length=length))
    return tuple(sorted(found.values(), key=lambda marker: marker.position))
