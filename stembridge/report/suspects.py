"""What is wrong with each stem of a set that does not sum to its mix, in a few words; pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from stembridge.report import words
from stembridge.report.page import Flag, Note
from stembridge.stages.causes.explanation import Explanation, Kind

if TYPE_CHECKING:
    from stembridge.stages.null_files import Nulled

CODES = ("does-not-null", "did-not-null")
HEARD_DB = 0.05
SAYINGS: Mapping[Kind, str] = {
    Kind.POLARITY: "inverted",
    Kind.EXTRA: "not in the mix",
    Kind.FOREIGN: "not in the mix",
    Kind.STEM_FILTER: "other processing in the mix",
    Kind.RETURN: "its effects return is missing",
    Kind.SHORT: "ends before the mix",
    Kind.BROKEN: "breaks the sum",
    Kind.SILENT: "silent, the mix has more",
    Kind.CODED: "its codec is left",
    Kind.OFFSET: "its DC offset is left",
    Kind.ONE_SIDED: "other sides in the mix",
}


def flags_of(name: str, notes: Sequence[Note], nulls: Sequence["Nulled"]) -> tuple[Flag, ...]:
    """Say in a few words what was found about a file, and about its part in its set.

    Args:
        name: what the file is called inside its delivery.
        notes: all findings.
        nulls: what the stems of each set leave of their mix.

    """
    blamed = [(note, told) for null in nulls if (told := _blame(name, null)) for note in _about(null, notes)]
    said = {note.number for note, _ in blamed}
    own = [
        Flag(note, note.finding.code.replace("-", " "))
        for note in notes
        if note.finding.path == name and note.number not in said
    ]
    return tuple(
        sorted((*own, *(Flag(note, told) for note, told in blamed)), key=lambda flag: flag.note.number)
    )


def _about(null: "Nulled", notes: Sequence[Note]) -> Iterator[Note]:
    for note in notes:
        if note.finding.code in CODES and null.message and null.message in note.finding.message:
            yield note


def _blame(name: str, null: "Nulled") -> str:
    """Say what is wrong with one stem; nothing when it is under no suspicion."""
    found = null.diagnosis
    told = [
        _word(cause, cause.stems.index(null.stems.index(name)))
        for cause in found.causes
        if name in null.stems and null.stems.index(name) in cause.stems
    ]
    doubt = "" if found.sure else "perhaps "
    return doubt + ", ".join(told) if told else ""


def _word(cause: Explanation, place: int) -> str:
    """Say what is wrong with the stem that is at a place of a cause's list."""
    value = cause.value or 0.0
    if cause.kind in (Kind.LATE, Kind.CLOCK):
        more = dict(cause.more)
        turned = ", inverted" if more.get("polarity", 1.0) < 0.0 else ""
        moved = _shift(value) if cause.kind is Kind.LATE else _pace(value)
        return f"{moved}{turned}{_gain(more.get('gain_db', 0.0), ', ')}"
    if cause.kind is Kind.GAINS:
        return _gain(cause.more[place][1]) or "its gain"
    if cause.kind is Kind.GAIN:
        return _gain(value) or "its gain"
    said = SAYINGS.get(cause.kind, cause.kind.value.replace("-", " "))
    return said + (_gain(value, ", ") if cause.kind is Kind.POLARITY else "")


def _shift(samples: float) -> str:
    size = abs(samples)
    count = f"{size:,.0f}" if abs(size - round(size)) < HEARD_DB else f"{size:,.2f}"
    return f"{count} {'sample' if count == '1' else 'samples'} {'late' if samples > 0.0 else 'early'}"


def _pace(ppm: float) -> str:
    return f"clock {abs(ppm):.2f} ppm {'fast' if ppm > 0.0 else 'slow'}"


def _gain(gain_db: float, before: str = "") -> str:
    return f"{before}gain {words.signed(gain_db)} dB" if abs(gain_db) > HEARD_DB else ""
