"""Tempo maps in MIDI files, read and written; the only import of mido.

mido reads text as Latin-1, which keeps every byte; the bytes are read again here as UTF-8, as REAPER and most
DAWs write it. (Its own ``charset`` is a global that stays changed after a damaged file.)
"""

from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import mido  # type: ignore[import-untyped]

from stembridge.errors import PlanError
from stembridge.session.tempo_map import (
    MeterChange,
    TempoChange,
    TempoMap,
    TextMarker,
    map_of,
    session_markers,
    tempo_points,
)

__all__ = [
    "MeterChange",
    "TempoChange",
    "TempoMap",
    "TextMarker",
    "map_of",
    "read_tempo_map",
    "session_markers",
    "tempo_points",
    "write_tempo_map",
]

MOST_BYTES = 16 * 1024 * 1024
_FRAMES = (24, 25, 29, 30)
_AGAIN = "Export the tempo map again, as a MIDI file of type 0 or 1."


def read_tempo_map(path: Path) -> TempoMap:
    """Read tempo and meter changes and markers from a MIDI file of type 0 or 1; notes are left out.

    Raises:
        PlanError: if it is not such a file, is damaged, or is larger than 16 MiB.

    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise ValueError("it is larger than 16 MiB")
        midi = mido.MidiFile(file=BytesIO(data), clip=True)
        _check(midi)
    except (OSError, EOFError, ValueError, LookupError, TypeError, mido.KeySignatureError) as error:
        reason = "it ends too early" if isinstance(error, EOFError) else str(error)
        raise PlanError(
            f"The tempo map cannot be read: {reason or 'it is damaged'}.", path=path, hint=_AGAIN, code="midi"
        ) from error
    return _gather(midi.ticks_per_beat, mido.merge_tracks(midi.tracks, skip_checks=True))


def write_tempo_map(tempo_map: TempoMap) -> bytes:
    """Write a map as the bytes of a MIDI file of type 1 with one track; text is UTF-8."""
    track, now = mido.MidiTrack([mido.MetaMessage("track_name", name="Tempo")]), 0
    for tick, message in sorted(_messages(tempo_map), key=lambda entry: entry[0]):
        track.append(message.copy(time=tick - now))
        now = tick
    midi = mido.MidiFile(type=1, ticks_per_beat=tempo_map.division, tracks=[track])
    out = BytesIO()
    midi.save(file=out)
    return out.getvalue()


def _check(midi: Any) -> None:
    division = midi.ticks_per_beat
    if midi.type not in (0, 1):
        raise ValueError(f"a MIDI file of type {midi.type} has no common time")
    if division == 0 or (division < 0 and (-(division >> 8) not in _FRAMES or not division & 0xFF)):
        raise ValueError("its header does not say how long a tick is")


def _gather(division: int, messages: Iterable[Any]) -> TempoMap:
    timed = list(_timed(messages))
    tempos = {tick: TempoChange(tick, one.tempo) for tick, one in timed if _is_tempo(one)}
    meters = {
        tick: MeterChange(tick, one.numerator, one.denominator) for tick, one in timed if _is_meter(one)
    }
    texts = [(tick, _decoded(one.text)) for tick, one in timed if one.type in ("marker", "cue_marker")]
    problems = [
        f"A {one.type.replace('_', ' ')} at tick {tick} makes no sense and was left out."
        for tick, one in timed
        if one.type in ("set_tempo", "time_signature") and not _is_tempo(one) and not _is_meter(one)
    ]
    problems += [problem for _, (_, problem) in texts if problem]
    markers = tuple(TextMarker(tick, text) for tick, (text, _) in texts)
    return TempoMap(division, tuple(tempos.values()), tuple(meters.values()), markers, tuple(problems))


def _timed(messages: Iterable[Any]) -> Iterator[tuple[int, Any]]:
    tick = 0
    for message in messages:
        tick += message.time
        yield tick, message


def _is_tempo(message: Any) -> bool:
    return bool(message.type == "set_tempo" and message.tempo > 0)


def _is_meter(message: Any) -> bool:
    return bool(message.type == "time_signature" and message.numerator > 0 and message.denominator <= 64)


def _decoded(text: str) -> tuple[str, str]:
    """Read text again as UTF-8; what is not is left as Latin-1, and said."""
    try:
        return text.encode("latin-1").decode("utf-8").rstrip("\0"), ""
    except UnicodeDecodeError:
        return text.rstrip("\0"), f"The marker {text!r} is not UTF-8 and was read as Latin-1."


def _messages(tempo_map: TempoMap) -> Iterator[tuple[int, Any]]:
    for meter in tempo_map.meters:
        meta = mido.MetaMessage("time_signature", numerator=meter.numerator, denominator=meter.denominator)
        yield meter.tick, meta
    for tempo in tempo_map.tempos:
        yield tempo.tick, mido.MetaMessage("set_tempo", tempo=tempo.microseconds)
    for marker in tempo_map.markers:
        text = marker.text.encode("utf-8", "replace").decode("latin-1")
        yield marker.tick, mido.MetaMessage("marker", text=text)
