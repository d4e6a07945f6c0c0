"""What names say beside words: rate, depth, tempo, key, version, take, number, date, time code; pure.

A tag that could as well be part of a title is left alone: ``Take Five``, ``I Am Here``, ``24K Magic``.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

GONE = "|"
"""Takes the place of every character of a tag, so that the places of the rest stay."""

Found = Mapping[str, str | int | float]

_B = r"(?<![^\W_])"
_E = r"(?![^\W_])"
_D = r"(?<![0-9])(?<![0-9][.,])"
_RATES = {"44": 44100, "88": 88200, "176": 176400, "22": 22050, "11": 11025}
_GERMAN = {"h": "B", "b": "Bb", "es": "Eb", "as": "Ab"}


@dataclass(frozen=True)
class Lead:
    """A number in front of a name: surely a track number when it is ``01`` or a mark follows."""

    number: int
    start: int
    stop: int
    sure: bool


@dataclass(frozen=True)
class Tags:
    """What the tags of one name say, and the name without them.

    Attributes:
        rest: the name with every tag blanked out, as long as before.
        lead: the number in front, still in ``rest``.
        found: the values by the names of ``Identity``'s fields.

    """

    rest: str
    lead: Lead | None
    found: Found = field(default_factory=dict)


def read_tags(name: str) -> Tags:
    """Read and blank out the tags of a name without its suffix."""
    found: dict[str, str | int | float] = {}
    rest = name
    for pattern, read in _PATTERNS:
        for match in pattern.finditer(rest):
            values = read(match)
            if values and not any(key in found for key in values):
                found |= values
                start, stop = match.span()
                rest = rest[:start] + GONE * (stop - start) + rest[stop:]
    return Tags(rest, _lead(rest), found)


def _lead(rest: str) -> Lead | None:
    match = re.match(r"[\s|]*[#(\[]?([0-9]{1,3})[)\]]?(?=([\s_.\-|]|$))", rest)
    if match is None or match[1] in ("606", "707", "808", "909"):
        return None
    sure = match[1].startswith("0") or match[2] != " " or match[0].strip(" |")[:1] in "#(["
    return Lead(int(match[1]), *match.span(1), sure=sure)


def _timecode(match: re.Match[str]) -> Found:
    hours, minutes, seconds, frames = (int(match[group]) for group in (2, 4, 6, 8))
    separators = {match[3], match[5], match[7].replace(";", match[5])}
    if hours > 23 or minutes > 59 or seconds > 59 or frames > 59 or len(separators) != 1:
        return {}
    if not match[1] and separators & {"_", ""}:
        return {}
    drop = ";" if match[7] == ";" else ":"
    return {"timecode": f"{hours:02}:{minutes:02}:{seconds:02}{drop}{frames:02}"}


def _date(match: re.Match[str]) -> Found:
    groups = match.groupdict()
    year = int(groups["year"])
    try:
        day = date(year if year > 99 else year + 2000, int(groups["month"]), int(groups["day"]))
    except ValueError:
        return {}
    return {"date": day.isoformat()}


def _rate(text: str, after: str | None = None) -> int:
    whole = re.split("[.,]", text)[0]
    if after or whole in _RATES:
        return _RATES.get(whole, int(whole) * 1000)
    return int(whole) * 1000


def _format(match: re.Match[str]) -> Found:
    groups = match.groupdict()
    found: dict[str, str | int | float] = {}
    if groups.get("hertz"):
        found["rate"] = int(groups["hertz"])
    if groups.get("rate"):
        found["rate"] = _rate(groups["rate"])
    if groups.get("depth"):
        found["depth"] = int(groups["depth"])
    return found


def _bpm(match: re.Match[str]) -> Found:
    tempo = float((match[1]).replace(",", "."))
    return {"bpm": tempo} if 20.0 <= tempo <= 400.0 else {}


def _key(match: re.Match[str]) -> Found:
    note, sign, mode = match["note"].upper(), match["sign"] or "", match["mode"].casefold()
    accidental = {"#": "#", "♯": "#", "sharp": "#", "b": "b", "♭": "b", "flat": "b"}
    short = accidental.get(sign.casefold().strip(" _-"), "")
    return {"key": f"{note}{short}{'min' if mode[:3] in ('m', 'min') else 'maj'}"}


def _german_key(match: re.Match[str]) -> Found:
    note = (match["note"] + (match["sign"] or "")).casefold()
    if note in _GERMAN:
        name = _GERMAN[note]
    elif note.endswith("is"):
        name = note[0].upper() + "#"
    else:
        name = note[0].upper() + ("b" if note.endswith("es") else "")
    return {"key": f"{name}{'min' if match['mode'].casefold() == 'moll' else 'maj'}"}


def _short_key(match: re.Match[str]) -> Found:
    """Read ``F#m``; a bare ``Am`` only at the end of the name or beside another tag."""
    around = match.string[: match.start()].rstrip(" _-")[-1:], match.string[match.end() :].lstrip(" _-")[:1]
    in_words = re.search(r"[^\W\d_] $", match.string[: match.start()]) and around[1] not in ("", GONE)
    if in_words or (match[0] == "Am" and around[1] not in ("", GONE) and around[0] != GONE):
        return {}
    return {"key": f"{match['note']}{(match['sign'] or '').translate({0x266F: '#', 0x266D: 'b'})}min"}


def _layout(match: re.Match[str]) -> Found:
    return {"layout": ".".join(match[1])}


def _named(key: str, convert: Callable[[str], str | int]) -> Callable[[re.Match[str]], Found]:
    return lambda match: {key: convert(match[1])}


_KHZ = r"(?P<rate>44(?:[.,]1)?|88(?:[.,]2)?|176(?:[.,]4)?|48|96|192|352(?:[.,]8)?|384)"
_LOW_KHZ = r"(?P<rate>8|11(?:[.,]025)?|16|22(?:[.,]05)?|24|32)"
_DEPTH = r"(?P<depth>16|20|24|32|64)[ _-]?(?:bits?|b|float|fp|f)?(?:[ _-]?(?:float|fp|f))?"


def _patterns() -> Iterator[tuple[str, Callable[[re.Match[str]], Found]]]:
    two = r"([0-9]{2})"
    yield rf"{_B}(?i:(TC)[ _.-]*)?{two}([-_.:]){two}([-_.:]){two}([-_.:;]){two}{_E}", _timecode
    yield rf"{_B}(?i:(TC)[ _.-]*){two}(){two}(){two}(){two}{_E}", _timecode
    year, month, day = r"(?P<year>(?:19|20)[0-9]{2})", r"(?P<month>[0-9]{2})", r"(?P<day>[0-9]{2})"
    yield rf"{_B}{year}([-_.]?){month}\2{day}{_E}", _date
    yield rf"{_B}{day}([-.]){month}\2{year}{_E}", _date
    yield rf"{_B}(?P<year>2[0-9]|3[0-9]){month}{day}{_E}", _date
    yield rf"(?i:{_D}{_KHZ}[ _-]?k(?:hz)?[12]?(?:[ _.\-]?{_DEPTH})?{_E})", _format
    yield rf"(?i:{_D}{_LOW_KHZ}[ _-]?khz(?:[ _.\-]?{_DEPTH})?{_E})", _format
    yield rf"(?i:{_D}(?P<hertz>44100|48000|88200|96000|176400|192000)(?:[ _-]?hz)?{_E})", _format
    yield rf"(?i:{_D}(?P<hertz>8000|16000|22050|32000|[0-9]{{5,6}})[ _-]?hz{_E})", _format
    yield rf"{_B}(?P<rate>44|48|88|96)(?P<depth>16|24|32){_E}", _format
    yield (
        rf"(?i:{_B}(?P<rate>44(?:\.1)?|48|88(?:\.2)?|96|192)[-_x](?P<depth>16|24|32)(?:bits?|b|f)?{_E})",
        _format,
    )
    yield rf"(?i:{_B}(?P<depth>16|24|32)[-_x](?P<rate>44(?:\.1)?|48|88(?:\.2)?|96|192){_E})", _format
    yield rf"(?i:{_D}(?P<depth>8|16|20|24|32|64)[ _-]?(?:bits?|b)(?:[ _-]?(?:float|fp|f))?{_E})", _format
    yield rf"(?i:{_D}(?P<depth>32|64)[ _-]?(?:float|fp|f){_E})", _format
    yield rf"(?i:{_D}([0-9]{{2,3}}(?:[.,][0-9]{{1,3}})?)[ _-]?bpm(?![^\W\d_]))", _bpm
    yield rf"(?i:{_B}bpm[ _=-]?([0-9]{{2,3}}(?:[.,][0-9]{{1,3}})?)(?![0-9]))", _bpm
    yield rf"{_B}(?P<note>[A-Ha-h])(?P<sign>is|es|s)?[ _-]?(?P<mode>(?i:dur|moll)){_E}", _german_key
    sign, mode = r"(?P<sign>#|♯|b|♭|[ _-]?(?i:sharp|flat))?", r"(?P<mode>(?i:major|minor|maj|min))"
    yield rf"{_B}(?P<note>[A-Ga-g]){sign}[_-]?{mode}{_E}", _key
    yield rf"{_B}(?P<note>[A-G]){sign} {mode}(?=\s*(?:$|[_\-)\]|]))", _key
    yield rf"{_B}(?P<note>[A-G])(?P<sign>#|♯|b|♭)?m{_E}", _short_key
    yield rf"{_B}([A-G][#♯])(?![^\W_]|[#♯])", _named("key", lambda text: text.replace("♯", "#"))
    version = r"(?:(?i:v)\.?|(?i:version|vers|ver|rev)[ ._-]?)"
    yield (
        rf"(?:{_B}|(?<=[a-z])(?=V)){version}([0-9]{{1,3}}(?:\.[0-9]{{1,3}})?[a-z]?){_E}",
        _named("version", lambda text: f"v{text}"),
    )
    yield (
        rf"(?:{_B}|(?<=[a-z])(?=T))(?i:take|tke|tk|prise|toma)[ ._-]?([0-9]{{1,3}}){_E}",
        _named("take", int),
    )
    yield (
        rf"{_B}(2\.0|5\.1\.[24]|5\.[01]|6\.1|7\.1\.[246]|7\.[01]|9\.1\.[46]|9\.1){_E}",
        _named("layout", str),
    )
    counted = "".join(f"(?<!{word}[_ ])" for word in ("track", "trk", "audio", "ch"))
    yield rf"(?i:(?<=[_ ]){counted}(51|71)(?=_|$))", _layout
    tracks = "track|trk|tr|audio|channel|chan|ch|stem|file|spur|kanal|piste|pista"
    yield rf"(?:{_B}|(?<=[a-z])(?=[A-Z]))(?i:{tracks})[ _.-]?([0-9]{{1,3}}){_E}", _named("index", int)


_PATTERNS = tuple((re.compile(pattern), read) for pattern, read in _patterns())
