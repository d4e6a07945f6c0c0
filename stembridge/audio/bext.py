"""The broadcast extension chunk, EBU Tech 3285 version 0 to 2, and EBU R 98 coding history.

Bytes of a field that says the same as before are kept, so text in an old encoding, bytes behind a field's
end and reserved bytes survive a change elsewhere in the chunk.
"""

import math
import struct
from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime
from typing import Any

from stembridge.audio.chunks_text import decode_field, decode_text, encode_field, encode_text
from stembridge.audio.metadata import Bext, Loudness
from stembridge.units import Hertz, Samples

_LAYOUT = struct.Struct("<256s32s32s10s8sQH64s5h180s")
_TEXT_SIZES = (256, 32, 32, 10, 8)
_NOT_SET = 0x7FFF
_LARGEST = 9999
HISTORY_LIMIT = 2**20
"""Bytes of coding history that are read."""

LONGEST_TIME = Samples(2**64 - 1)
"""The largest time reference that the chunk can hold."""


def read_bext(payload: bytes) -> tuple[Bext, tuple[str, ...]]:
    """Read a bext chunk; a short one is read as if zeros followed.

    Returns:
        The record, and sentences about what is wrong with the chunk.

    """
    problems = []
    if len(payload) < _LAYOUT.size:
        problems.append(
            f"The bext chunk has {len(payload)} of {_LAYOUT.size} bytes; the rest is read as empty."
        )
    if len(payload) > _LAYOUT.size + HISTORY_LIMIT:
        problems.append(f"The coding history is longer than {HISTORY_LIMIT} bytes; the rest is left out.")
    fields = _fields(payload)
    texts = [decode_field(raw) for raw in fields[:5]]
    version = fields[6]
    bext = Bext(
        version=version,
        description=texts[0],
        originator=texts[1],
        originator_reference=texts[2],
        origination_date=texts[3],
        origination_time=texts[4],
        time_reference=Samples(fields[5]),
        umid=fields[7],
        loudness=Loudness(*map(_from_hundredths, fields[8:13])) if version >= 2 else Loudness(),
        coding_history=decode_text(payload[_LAYOUT.size : _LAYOUT.size + HISTORY_LIMIT]),
    )
    return bext, tuple(problems)


def bext_payload(bext: Bext, as_read: bytes = b"") -> bytes:
    """Serialise a record.

    Text that does not fit its field is cut between characters. Loudness is written from version 2 on;
    before, its place is reserved.

    Args:
        bext: the record.
        as_read: the chunk it was read from, whose bytes are kept for every field that is unchanged.

    """
    old = _fields(as_read)
    texts = (
        bext.description,
        bext.originator,
        bext.originator_reference,
        bext.origination_date,
        bext.origination_time,
    )
    loudness: Sequence[int] = old[8:13]
    if bext.version >= 2:
        loudness = _loudness_fields(bext.loudness, old[8:13], old_is_loudness=old[6] >= 2)
    head = _LAYOUT.pack(
        *(
            raw if decode_field(raw) == text else encode_field(text, size)
            for text, raw, size in zip(texts, old[:5], _TEXT_SIZES, strict=True)
        ),
        bext.time_reference,
        bext.version,
        bext.umid,
        *loudness,
        old[13],
    )
    return head + _history_bytes(bext.coding_history, as_read[_LAYOUT.size :])


def new_bext(
    description: str,
    time_reference: Samples,
    made: datetime | None = None,
    *,
    originator: str = "stembridge",
    originator_reference: str = "",
    coding_history: str = "",
) -> Bext:
    """Make the record for a file that had none.

    Args:
        description: what the file holds, at most 256 bytes.
        time_reference: its first sample, counted from midnight.
        made: when it was made; without it date and time stay empty. Never the clock: a job repeated gives the
            same bytes.
        originator: who made it.
        originator_reference: the maker's own reference (EBU R 99).
        coding_history: lines of EBU R 98.

    """
    return Bext(
        description=description,
        originator=originator,
        originator_reference=originator_reference,
        origination_date=made.date().isoformat() if made else "",
        origination_time=made.time().isoformat("seconds") if made else "",
        time_reference=time_reference,
        coding_history=coding_history,
    )


def coding_history_line(rate: Hertz, bits: int, channels: int, text: str) -> str:
    """Write one line of EBU R 98 for PCM, without its line end.

    R 98 knows modes for one and two channels only, so more leave it out. Commas separate fields and become
    semicolons in ``text``.
    """
    mode = {1: ",M=mono", 2: ",M=stereo"}.get(channels, "")
    note = text.encode("ascii", "replace").decode().replace(",", ";")
    return f"A=PCM,F={rate},W={bits}{mode},T={note}"


def as_stored(loudness: Loudness) -> Loudness:
    """Round to hundredths, as the chunk does; what it cannot hold (silence, 100 and more) becomes not set."""
    return Loudness(*(_from_hundredths(_to_hundredths(value)) for value in astuple(loudness)))


def _fields(payload: bytes) -> tuple[Any, ...]:
    return _LAYOUT.unpack(payload[: _LAYOUT.size].ljust(_LAYOUT.size, b"\0"))


def _from_hundredths(field: int) -> float | None:
    return field / 100 if abs(field) <= _LARGEST else None


def _to_hundredths(value: float | None) -> int:
    if value is None or not math.isfinite(value):
        return _NOT_SET
    hundredths = round(value * 100)
    return hundredths if abs(hundredths) <= _LARGEST else _NOT_SET


def _loudness_fields(loudness: Loudness, old: Sequence[int], *, old_is_loudness: bool) -> list[int]:
    return [
        raw if old_is_loudness and _from_hundredths(raw) == value else _to_hundredths(value)
        for value, raw in zip(astuple(loudness), old, strict=True)
    ]


def _history_bytes(history: str, old: bytes) -> bytes:
    """Serialise the history; lines added to one that was read leave the old lines' bytes alone."""
    said = decode_text(old)
    if history == said:
        return old
    if history.startswith(said):
        return old.partition(b"\0")[0] + encode_text(history[len(said) :])
    return encode_text(history)
