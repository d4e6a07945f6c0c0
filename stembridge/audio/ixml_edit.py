"""What a conversion changes in an iXML document: rates, depths, time stamps, sync points and the BEXT mirror.

Every function takes a document and returns it with the text of the elements concerned replaced. A document
that cannot be parsed is returned as it is: reading it has already said so.
"""

from collections.abc import Callable
from dataclasses import fields

from stembridge.audio.ixml_elements import Element, IxmlError, edited, elements
from stembridge.audio.metadata import Loudness
from stembridge.units import Hertz, Samples, samples_to_rate

_FILE_RATE = "SPEED/FILE_SAMPLE_RATE"
_STAMP_RATE = "SPEED/TIMESTAMP_SAMPLE_RATE"
_STAMP = ("SPEED/TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO", "SPEED/TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI")
_REFERENCE = ("BEXT/BWF_TIME_REFERENCE_LOW", "BEXT/BWF_TIME_REFERENCE_HIGH")
_SYNC = "SYNC_POINT_LIST/SYNC_POINT/"
_SYNC_POINT = (_SYNC + "SYNC_POINT_LOW", _SYNC + "SYNC_POINT_HIGH")
_SYNC_LENGTH = _SYNC + "SYNC_POINT_EVENT_DURATION"
_LOUDNESS = {
    "integrated": "BEXT/BWF_LOUDNESS_VALUE",
    "loudness_range": "BEXT/BWF_LOUDNESS_RANGE",
    "max_true_peak": "BEXT/BWF_MAX_TRUE_PEAK_LEVEL",
    "max_momentary": "BEXT/BWF_MAX_MOMENTARY_LOUDNESS",
    "max_short_term": "BEXT/BWF_MAX_SHORT_TERM_LOUDNESS",
}

Move = Callable[[int], int]
_Edits = dict[Element, str]


def ixml_at_rate(document: str, source: Hertz, target: Hertz) -> str:
    """Say the new file rate, and rescale what counts samples at it.

    A time stamp that counts at a rate of its own (``TIMESTAMP_SAMPLE_RATE`` other than ``source``: a
    pull-up or pull-down) still says the same instant and stays. ``DIGITIZER_SAMPLE_RATE`` is history and
    stays.
    """

    def move(position: int) -> int:
        return samples_to_rate(Samples(position), source, target)

    def edit(found: tuple[Element, ...]) -> _Edits:
        edits = _all_to(found, _FILE_RATE, str(target))
        if _number_at(found, _STAMP_RATE) in (None, source):
            edits |= _all_to(found, _STAMP_RATE, str(target)) | _moved(found, _STAMP, move)
        edits |= _moved(found, _REFERENCE, move) | _moved(found, _SYNC_POINT, move)
        return edits | _moved(found, (_SYNC_LENGTH, ""), move)

    return _apply(document, edit)


def ixml_at_depth(document: str, bits: int) -> str:
    """Say the new bit depth."""
    return _apply(document, lambda found: _all_to(found, "SPEED/AUDIO_BIT_DEPTH", str(bits)))


def ixml_shifted(document: str, by: Samples) -> str:
    """Move time stamps back and relative sync points forward, for ``by`` frames more in front."""

    def edit(found: tuple[Element, ...]) -> _Edits:
        stamp_rate, rate = _number_at(found, _STAMP_RATE), _number_at(found, _FILE_RATE)
        scaled = samples_to_rate(by, Hertz(rate), Hertz(stamp_rate)) if rate and stamp_rate else by
        absolute = {
            e.parent for e in found if e.path == _SYNC + "SYNC_POINT_TYPE" and e.text.upper() == "ABSOLUTE"
        }
        relative = tuple(element for element in found if element.parent not in absolute)
        edits = _moved(found, _STAMP, lambda position: position - scaled)
        edits |= _moved(found, _REFERENCE, lambda position: position - by)
        return edits | _moved(relative, _SYNC_POINT, lambda position: position + by)

    return _apply(document, edit)


def ixml_at_position(document: str, position: Samples, rate: Hertz) -> str:
    """Say when the first sample is, as ``position`` samples at ``rate`` since midnight."""

    def edit(found: tuple[Element, ...]) -> _Edits:
        stamp_rate = _number_at(found, _STAMP_RATE)
        stamp = samples_to_rate(position, rate, Hertz(stamp_rate)) if stamp_rate else position
        return _moved(found, _STAMP, lambda _: stamp) | _moved(found, _REFERENCE, lambda _: position)

    return _apply(document, edit)


def ixml_with_history(document: str, history: str) -> str:
    """Say the coding history of the bext chunk in the BEXT part, if that has one."""
    return _apply(document, lambda found: _all_to(found, "BEXT/BWF_CODING_HISTORY", history))


def ixml_with_loudness(document: str, loudness: Loudness, version: int) -> str:
    """Say the loudness and version of the bext chunk in the BEXT part, where that has them.

    Loudness is written as the document has it: decimals where there is a point, else hundredths; nothing
    where a field is not set.
    """

    def edit(found: tuple[Element, ...]) -> _Edits:
        values = {_LOUDNESS[each.name]: getattr(loudness, each.name) for each in fields(loudness)}
        edits = {
            element: _like(element.text, values[element.path]) for element in found if element.path in values
        }
        return edits | _all_to(found, "BEXT/BWF_VERSION", str(version))

    return _apply(document, edit)


def _apply(document: str, edit: Callable[[tuple[Element, ...]], _Edits]) -> str:
    try:
        found = elements(document)
    except IxmlError:
        return document
    return edited(document, edit(found))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 20 else None


def _number_at(found: tuple[Element, ...], path: str) -> int | None:
    return next((_number(element.text) for element in found if element.path == path), None)


def _all_to(found: tuple[Element, ...], path: str, text: str) -> _Edits:
    return {element: text for element in found if element.path == path and element.text != text}


def _moved(found: tuple[Element, ...], pair: tuple[str, str], move: Move) -> _Edits:
    """Move every 64-bit number that is written as a low and a high half; never below zero."""
    high_of = {element.parent: element for element in found if element.path == pair[1]}
    edits: _Edits = {}
    for low in found:
        value = _number(low.text) if low.path == pair[0] else None
        if value is None:
            continue
        high = high_of.get(low.parent)
        moved = max(0, move(((_number(high.text) or 0) << 32 if high else 0) + value))
        edits[low] = str(moved & 0xFFFFFFFF) if high else str(moved)
        if high:
            edits[high] = str(moved >> 32)
    return edits


def _like(text: str, value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.2f}" if "." in text else str(round(value * 100))
