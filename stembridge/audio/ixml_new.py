"""An iXML document of our own: what a stem is called, how it is stored, and where it starts; pure.

Source: iXML specification 2.10, ``SPEED`` and ``TRACK_LIST``. DAWs name tracks and channels by it.
"""

import html
from collections.abc import Iterator

from stembridge.audio.ixml_elements import FORBIDDEN
from stembridge.units import Hertz, Samples


def new_ixml(name: str, *, channels: int, rate: Hertz, bits: int, position: Samples) -> str:
    """Return a document for a file that had none.

    Args:
        name: what each of its channels is called; those of several get their number.
        channels: how many there are.
        rate: frames a second.
        bits: bits a sample.
        position: where the first frame is, in samples since midnight.

    """
    lines = (*_speed(rate, bits, position), *_tracks(name, channels))
    body = "\n".join(("<BWFXML>", "<IXML_VERSION>2.10</IXML_VERSION>", *lines, "</BWFXML>"))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _speed(rate: Hertz, bits: int, position: Samples) -> Iterator[str]:
    yield "<SPEED>"
    yield _element("FILE_SAMPLE_RATE", rate)
    yield _element("AUDIO_BIT_DEPTH", bits)
    yield _element("TIMESTAMP_SAMPLE_RATE", rate)
    yield _element("TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI", position >> 32)
    yield _element("TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO", position & 0xFFFFFFFF)
    yield "</SPEED>"


def _tracks(name: str, channels: int) -> Iterator[str]:
    yield "<TRACK_LIST>"
    yield _element("TRACK_COUNT", channels)
    for number in range(1, channels + 1):
        yield "<TRACK>"
        yield _element("CHANNEL_INDEX", number)
        yield _element("INTERLEAVE_INDEX", number)
        yield _element("NAME", f"{name} {number}" if channels > 1 else name)
        yield "</TRACK>"
    yield "</TRACK_LIST>"


def _element(tag: str, text: object) -> str:
    return f"<{tag}>{html.escape(FORBIDDEN.sub('', str(text)), quote=False)}</{tag}>"
