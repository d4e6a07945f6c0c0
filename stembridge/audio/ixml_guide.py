"""Tempo and markers in an iXML document: ``SYNC_POINT_LIST`` (iXML 2.1) and the tempo of ``ASWG`` (G006); pure.

A document that has a list of its own keeps it: nothing is said twice, so a file that is written again stays as it is.
"""

import html
import re
from collections.abc import Iterator, Sequence

from stembridge.audio.ixml_elements import FORBIDDEN, IxmlError, elements
from stembridge.audio.metadata import Cue

_NEW = '<?xml version="1.0" encoding="UTF-8"?>\n<BWFXML>\n<IXML_VERSION>2.10</IXML_VERSION>\n</BWFXML>\n'
_END = re.compile(r"</\s*BWFXML\s*>")


def ixml_with_guide(
    document: str | None, cues: Sequence[Cue], *, bpm: float | None = None, meter: str = ""
) -> str | None:
    """Say where the markers are and how fast the music is, where the document does not say so already.

    Args:
        document: the document; None to begin one, if there is anything to say.
        cues: markers, in samples from the first frame of the file.
        bpm: quarter notes a minute at the first frame; None when not known.
        meter: like ``4/4``; empty when not known.

    """
    if not cues and bpm is None:
        return document
    text = document or _NEW
    try:
        tags = {part for element in elements(text) for part in element.path.split("/")}
    except IxmlError:
        return document
    ends = list(_END.finditer(text))
    more = [*_sync_points(cues, tags), *_tempo(bpm, meter, tags)]
    if not ends or not more:
        return document
    at = ends[-1].start()
    return "".join([text[:at], *(f"{line}\n" for line in more), text[at:]])


def _sync_points(cues: Sequence[Cue], tags: set[str]) -> Iterator[str]:
    if not cues or "SYNC_POINT_LIST" in tags:
        return
    yield "<SYNC_POINT_LIST>"
    yield _element("SYNC_POINT_COUNT", len(cues))
    for cue in cues:
        yield "<SYNC_POINT>"
        yield _element("SYNC_POINT_TYPE", "RELATIVE")
        yield _element("SYNC_POINT_FUNCTION", "MARKER_GENERIC")
        yield _element("SYNC_POINT_COMMENT", cue.label)
        yield _element("SYNC_POINT_LOW", cue.position & 0xFFFFFFFF)
        yield _element("SYNC_POINT_HIGH", cue.position >> 32)
        yield _element("SYNC_POINT_EVENT_DURATION", cue.length or 0)
        yield "</SYNC_POINT>"
    yield "</SYNC_POINT_LIST>"


def _tempo(bpm: float | None, meter: str, tags: set[str]) -> Iterator[str]:
    if bpm is None or "ASWG" in tags:
        return
    yield "<ASWG>"
    yield _element("tempo", f"{bpm:.3f}".rstrip("0").rstrip("."))
    if meter:
        yield _element("timeSig", meter)
    yield "</ASWG>"


def _element(tag: str, text: object) -> str:
    return f"<{tag}>{html.escape(FORBIDDEN.sub('', str(text)), quote=False)}</{tag}>"
