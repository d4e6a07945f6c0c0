"""Figures and formats as people read them; pure.

A figure that is not there is a dash. Minus is the sign that is as wide as a digit.
"""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from stembridge.audio.sound import SoundFormat
from stembridge.units import Seconds

NOTHING = "\N{EN DASH}"
_GLUE = "\N{NO-BREAK SPACE}"
_MINUS = str.maketrans("-", "\N{MINUS SIGN}")
_SILENCE_DB = -200.0
"""Stands for digital silence."""
_COUNTED = frozenset({"blocks", "bytes", "clicks", "dropouts", "files", "runs", "samples"})
_LAYOUTS = {1: "mono", 2: "stereo"}


def decimal(value: float | None, places: int = 1) -> str:
    """Write a figure with a fixed number of decimals, never as ``-0.0``."""
    return NOTHING if value is None else f"{value:z.{places}f}".translate(_MINUS)


def signed(value: float, places: int = 1) -> str:
    """Write a difference, with its sign unless it is zero."""
    rounded = round(value, places)
    return f"{rounded:+,.{places}f}".translate(_MINUS) if rounded else f"{0:.{places}f}"


def measured(value: float | None, unit: str = "") -> str:
    """Write a figure of any size to four digits, and seconds to the millisecond, with its unit."""
    if value is None:
        return NOTHING
    if unit in ("dB", "dBFS") and value <= _SILENCE_DB:
        return "digital silence"
    whole = value == int(value) or (abs(value) >= 1_000 and unit != "s")
    exact = unit == "s" and abs(value) >= 1.0
    text = (f"{value:,.0f}" if whole else f"{value:z,.3f}" if exact else f"{value:z.4g}").translate(_MINUS)
    shown = unit.removesuffix("s") if unit in _COUNTED and abs(value) == 1.0 else unit
    return f"{text}{_GLUE}{shown}" if shown else text


def percent(value: float) -> str:
    """Write a share; only certainty is 100 %."""
    return f"{min(99, round(value * 100)) if value < 1.0 else 100}{_GLUE}%"


def clock(seconds: float) -> str:
    """Write a time to the millisecond: ``3:05.250``, ``1:02:03.000``."""
    sign = "\N{MINUS SIGN}" if seconds < 0 else ""
    total, millis = divmod(round(abs(seconds) * 1000), 1000)
    hours, rest = divmod(total, 3600)
    minutes, whole = divmod(rest, 60)
    head = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"{sign}{head}:{whole:02}.{millis:03}"


def tick(seconds: Seconds) -> str:
    """Write a time that is a whole number of seconds: ``3:05``."""
    return clock(seconds).partition(".")[0]


def rate(hertz: float) -> str:
    """Write a sample rate: ``44.1 kHz``."""
    return f"{hertz / 1000:g} kHz"


def depth(form: SoundFormat) -> str:
    """Write how samples are stored: ``24-bit``, ``32-bit float``, ``lossy``."""
    if form.encoding.value == "lossy":
        return "lossy"
    return f"{form.encoding.bits}-bit" + ("" if form.encoding.is_integer else " float")


def layout(channels: int) -> str:
    """Write a number of channels: ``stereo``, ``6 channels``."""
    return _LAYOUTS.get(channels, f"{channels} channels")


def form(stored: SoundFormat) -> str:
    """Write a format: ``WAV 48 kHz 24-bit stereo``."""
    return " ".join(_parts(stored))


def storage(stored: SoundFormat) -> str:
    """Write a format without its container: ``48 kHz 24-bit stereo``."""
    return " ".join(_parts(stored)[1:])


def difference(before: SoundFormat, after: SoundFormat) -> str:
    """Write what of a format became another: ``44.1 kHz 16-bit``; empty when nothing did."""
    pairs = zip(_parts(before), _parts(after), strict=True)
    return " ".join(one for one, other in pairs if one != other)


def _parts(stored: SoundFormat) -> tuple[str, ...]:
    return stored.container.value.upper(), rate(stored.rate), depth(stored), layout(stored.channels)


def counted(number: int, one: str, many: str = "") -> str:
    """Write a number of things: ``1 file``, ``2 files``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(words: Sequence[str]) -> str:
    """Join words as a sentence does: ``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def date(created: str) -> str:
    """Write an ISO 8601 time for people: ``2026-11-21 03:43 UTC``."""
    when = datetime.fromisoformat(created)
    return f"{when:%Y-%m-%d %H:%M} {when.tzname() or ''}".rstrip()


def link(path: str) -> str:
    """Return a relative address of a file beside the report; nothing in its name can become a scheme."""
    return "./" + quote(path, safe="/", errors="surrogateescape")


def plain(text: str) -> str:
    """Return text on one line, without characters that control a terminal or a mail program."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
