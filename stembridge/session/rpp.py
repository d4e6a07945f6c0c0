"""REAPER sessions (``.rpp``) and track templates (``.RTrackTemplate``) as text; pure.

Source: the text that REAPER 5 to 7 itself saves, and the ReaTeam "State Chunk Definitions". REAPER gives what
is not written its defaults, so only what a session says is written. The same session gives the same text.
"""

from collections.abc import Iterable
from pathlib import PurePosixPath

from stembridge.errors import DeliveryError
from stembridge.session.project import Item, Marker, Session, TempoPoint, Track
from stembridge.session.rpp_text import colour, guid, number, quoted, quoted_path
from stembridge.session.rpp_timeline import marker_lines, tempo_lines

__all__ = ["Item", "Marker", "Session", "TempoPoint", "Track", "write_session", "write_track_template"]

_KINDS = {
    **dict.fromkeys((".wav", ".wave", ".bwf", ".rf64", ".w64", ".aif", ".aiff", ".aifc", ".caf"), "WAVE"),
    ".flac": "FLAC",
    ".mp3": "MP3",
    ".ogg": "VORBIS",
    ".oga": "VORBIS",
    ".opus": "OPUS",
}


def write_session(session: Session) -> str:
    """Write a session as the text of a ``.rpp``, to be stored as UTF-8 beside the files it names.

    Positions have 14 decimals, as REAPER's own: the sample nearest to one is the sample that was meant, for
    24 hours at 192 kHz and far beyond.

    Raises:
        DeliveryError: if it has a path, a colour, a number or a kind of file that REAPER cannot store.

    """
    seed = session.seed or session.name
    body = [*_head(session), *tempo_lines(session.tempo, seed), *marker_lines(session.markers, seed)]
    for place, track in enumerate(session.tracks):
        body += _track(track, session, place)
    return "\n".join([*_chunk('REAPER_PROJECT 0.1 "6.47/stembridge" 0', body), ""])


def write_track_template(session: Session, *, media: str | None = None) -> str:
    """Write the tracks of a session as the text of a ``.RTrackTemplate``.

    A template is loaded into a project somewhere else, where relative paths mean nothing.

    Args:
        session: the tracks to write.
        media: the absolute folder of the files, with ``/``; without it the tracks have no items.

    Raises:
        DeliveryError: as ``write_session``.

    """
    lines: list[str] = []
    for place, track in enumerate(session.tracks):
        lines += _track(track, session, place, media=media, bare=media is None)
    return "\n".join([*lines, ""])


def _chunk(head: str, body: Iterable[str]) -> list[str]:
    return [f"<{head}", *(f"  {line}" for line in body), ">"]


def _head(session: Session) -> list[str]:
    return [
        f"TITLE {quoted(session.name)}",
        f"PROJOFFS {number(session.start)} 0 0",
        'RECORD_PATH "Media" ""',
        f"SAMPLERATE {session.rate} 1 0",
        f"MASTER_NCH {max([2, *(_even(track.channels) for track in session.tracks)])} 2",
    ]


def _track(
    track: Track, session: Session, place: int, *, media: str | None = None, bare: bool = False
) -> list[str]:
    seed = (session.seed or session.name, "track", place)
    body = [f"NAME {quoted(track.name)}"]
    if track.colour is not None:
        body.append(f"PEAKCOL {colour(track.colour)}")
    body += [
        f"MUTESOLO {int(track.muted)} 0 0",
        f"ISBUS {_folder_state(session.tracks, place)}",
        f"NCHAN {_even(track.channels)}",
        f"TRACKID {guid(*seed)}",
        "MAINSEND 1 0",
    ]
    for index, item in enumerate(() if bare else track.items):
        body += _item(item, seed=(*seed, "item", index), media=media)
    return _chunk(f"TRACK {guid(*seed)}", body)


def _even(channels: int) -> int:
    return max(2, channels + channels % 2)


def _folder_state(tracks: tuple[Track, ...], place: int) -> str:
    """Say by how much the next track is deeper: ``1 1`` opens a folder, ``2 -n`` closes n of them."""
    following = tracks[place + 1].depth if place + 1 < len(tracks) else 0
    step = following - tracks[place].depth
    return "1 1" if step > 0 else f"2 {step}" if step < 0 else "0 0"


def _item(item: Item, *, seed: tuple[object, ...], media: str | None) -> list[str]:
    body = [
        f"POSITION {number(item.position)}",
        "SNAPOFFS 0",
        f"LENGTH {number(item.length)}",
        "LOOP 0",
        "ALLTAKES 0",
        f"FADEIN 1 {number(item.fade_in)} 0 1 0 0",
        f"FADEOUT 1 {number(item.fade_out)} 0 1 0 0",
        f"MUTE {int(item.muted)} 0",
        "SEL 0",
        f"IGUID {guid(*seed)}",
        f"NAME {quoted(item.name)}",
        f"VOLPAN {number(item.volume)} 0 {item.polarity} -1",
        f"SOFFS {number(item.source_offset)}",
        f"PLAYRATE {number(item.play_rate)} {int(item.preserve_pitch)} {number(item.pitch)} -1 0 0.0025",
        f"CHANMODE {item.channel_mode}",
        f"GUID {guid(*seed, 'take')}",
        *_source(item.path, media),
    ]
    return _chunk("ITEM", body)


def _source(path: str, media: str | None) -> list[str]:
    kind = _KINDS.get(PurePosixPath(path).suffix.lower())
    if kind is None:
        raise DeliveryError(
            f"{path!r} is not a kind of file that a session can hold.",
            hint="Deliver WAV, AIFF or FLAC.",
            code="session",
        )
    place = path if media is None else f"{media.rstrip('/')}/{path}"
    return _chunk(f"SOURCE {kind}", [f"FILE {quoted_path(place)}"])
