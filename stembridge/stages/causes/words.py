"""Causes in words: one sentence each, with its figure, and what to ask for; pure."""

from collections.abc import Callable, Mapping, Sequence

from stembridge.stages.causes.explanation import Explanation, Kind
from stembridge.stages.null import Null
from stembridge.units import Hertz

HEARD_DB = 0.05
STARTS = 0.5
"""A stem whose clock drifts starts out of place from this part of a sample on."""
MOSTLY = (0.1, 0.9)
"""What is missing lies mostly between these shares of its energy, from the lowest octave up."""

Say = Callable[[Explanation, Sequence[str]], str]


def sentence(cause: Explanation, names: Sequence[str], null: Null, rate: Hertz) -> str:
    """Say what an explanation is.

    Args:
        cause: the explanation.
        names: what the stems are called.
        null: what is left, for where in the spectrum it lies.
        rate: frames a second.

    """
    if cause.kind is Kind.MISSING:
        low, high = mostly(null)
        return f"A stem is missing (energy mostly {low:g}-{high:g} Hz)."
    if cause.kind is Kind.SILENT:
        return _silent([names[index] for index in cause.stems], mostly(null))
    if cause.kind in (Kind.LATE, Kind.SET_LATE):
        return _late(cause, "The whole set" if cause.kind is Kind.SET_LATE else names[cause.stems[0]], rate)
    if cause.kind is Kind.CLOCK:
        return _clock(cause, names[cause.stems[0]], rate)
    return SAYINGS[cause.kind](cause, [names[index] for index in cause.stems])


def request(cause: Explanation, names: Sequence[str]) -> str:
    """Say what to ask the sender for."""
    return REQUESTS[cause.kind].format(stem=_listed([names[index] for index in cause.stems]) or "the set")


def mostly(null: Null) -> tuple[float, float]:
    """Return the edges of the octaves that hold most of what is left, in Hz, rounded to two digits."""
    shares = [10.0 ** (band.null_dbfs / 10.0) for band in null.bands]
    total, passed, inside = sum(shares), 0.0, []
    for band, share in zip(null.bands, shares, strict=True):
        before, passed = passed, passed + share
        if passed > MOSTLY[0] * total and before < MOSTLY[1] * total:
            inside.append(band.hz)
    return _two_digits(inside[0] / 2**0.5), _two_digits(inside[-1] * 2**0.5)


def _late(cause: Explanation, what: str, rate: Hertz) -> str:
    return f"{what} is {_shift(cause.late, rate)}{_besides(cause)}."


def _clock(cause: Explanation, what: str, rate: Hertz) -> str:
    ppm, by_end = cause.value or 0.0, dict(cause.more)["by_end"]
    pace = "fast" if ppm > 0.0 else "slow"
    told = f"The clock of {what} runs {abs(ppm):.2f} ppm {pace}: by its end it is {_shift(by_end, rate)}"
    if abs(cause.late) >= STARTS:
        told += f", and it starts {_shift(cause.late, rate)}"
    return f"{told}{_besides(cause)}."


def _shift(late: float, rate: Hertz) -> str:
    samples = abs(late)
    count = f"{samples:,.0f}" if abs(samples - round(samples)) < HEARD_DB else f"{samples:,.2f}"
    unit, side = "sample" if count == "1" else "samples", "late" if late > 0.0 else "early"
    return f"{count} {unit} {side} ({1000.0 * samples / rate:.2f} ms)"


def _besides(cause: Explanation) -> str:
    more = dict(cause.more)
    turned = ", and inverted" if more.get("polarity", 1.0) < 0.0 else ""
    gain = more.get("gain_db", 0.0)
    return turned + (f", and its gain is {_signed(gain)} dB" if abs(gain) > HEARD_DB else "")


def _polarity(cause: Explanation, names: Sequence[str]) -> str:
    gain = cause.value or 0.0
    too = f", and its gain is {_signed(gain)} dB" if abs(gain) > HEARD_DB else ""
    return f"{names[0]} is inverted{too}."


def _gains(cause: Explanation, names: Sequence[str]) -> str:
    each = (f"{name} {_signed(gain)} dB" for name, (_, gain) in zip(names, cause.more, strict=True))
    return f"The gains of several stems are not those of the mix: {', '.join(each)}."


def _return(_: Explanation, names: Sequence[str]) -> str:
    return f"An effects return is missing: a reverb or delay of {_listed(names) or 'the whole mix'}."


def _silent(names: Sequence[str], octaves: tuple[float, float]) -> str:
    low, high = octaves
    verb = "is" if len(names) == 1 else "are"
    return f"{_listed(names)} {verb} silent, and the mix has what no stem has (energy mostly {low:g}-{high:g} Hz)."


def _short(_: Explanation, names: Sequence[str]) -> str:
    verb = "ends" if len(names) == 1 else "end"
    return f"{_listed(names)} {verb} before the mix does, and nothing is left before that."


def _broken(_: Explanation, names: Sequence[str]) -> str:
    verb = "drops" if len(names) == 1 else "drop"
    return f"Something is left only where {_listed(names)} {verb} out or {'clicks' if len(names) == 1 else 'click'}."


def _dynamics(cause: Explanation, _: Sequence[str]) -> str:
    return (
        "The mix went through a compressor or limiter that the stems did not go through;"
        f" it moves the level by {abs(cause.value or 0.0):.1f} dB."
    )


SAYINGS: Mapping[Kind, Say] = {
    Kind.GAIN: lambda cause, names: f"The gain of {names[0]} is {_signed(cause.value or 0.0)} dB.",
    Kind.POLARITY: _polarity,
    Kind.EXTRA: lambda _, names: f"{names[0]} is not in the mix.",
    Kind.SET_GAIN: lambda cause, _: f"The gain of the whole set is {_signed(cause.value or 0.0)} dB.",
    Kind.SET_POLARITY: lambda *_: "The whole set is inverted against the mix.",
    Kind.GAINS: _gains,
    Kind.FOREIGN: lambda _, names: (
        f"{names[0]} is not in the mix, and what is there in its place is not in the set: it is from another"
        " song or take, or far out of place."
    ),
    Kind.STEM_FILTER: lambda _, names: f"{names[0]} has other processing in the mix than in the set.",
    Kind.RETURN: _return,
    Kind.EQUALISER: lambda *_: "The mix went through an equaliser that the stems did not go through.",
    Kind.DYNAMICS: _dynamics,
    Kind.AUTOMATION: lambda cause, _: (
        "The level of the mix moves against that of the stems, by"
        f" {abs(cause.value or 0.0):.1f} dB: a fade or automation on the mix bus."
    ),
    Kind.CODEC: lambda *_: "The mix is stored lossy, and what is left is the noise of its codec.",
    Kind.SHORT: _short,
    Kind.BROKEN: _broken,
    Kind.CODED: lambda _, names: (
        f"What is left is the noise of the lossy codec that {_listed(names)} went through."
    ),
    Kind.ONE_SIDED: lambda _, names: f"The two sides of {names[0]} are not those that it has in the mix.",
    Kind.OFFSET: lambda _, names: f"What is left is the DC offset of {_listed(names)}.",
}

_NEW_STEM = "Ask for {stem} as it is in the mix, exported again."
_BUS = "Ask for a mix without processing on its bus, or for stems that went through the same."
REQUESTS: Mapping[Kind, str] = {
    Kind.GAIN: _NEW_STEM,
    Kind.POLARITY: "Ask for {stem} with the polarity it has in the mix.",
    Kind.LATE: "Ask for {stem} again, exported from the same start as the mix.",
    Kind.CLOCK: "Ask for {stem} exported from the session of the mix, on its clock.",
    Kind.EXTRA: "Ask whether {stem} belongs to this mix, or leave it out.",
    Kind.SET_GAIN: "Ask for the mix or the stems at one level; nothing else is wrong.",
    Kind.SET_POLARITY: "Ask for the mix or the stems with one polarity; nothing else is wrong.",
    Kind.SET_LATE: "Ask for stems that start where the mix starts; nothing else is wrong.",
    Kind.GAINS: "Ask for all stems from the session of the mix, with the faders where they were.",
    Kind.MISSING: "Ask for the stem that is not there.",
    Kind.FOREIGN: "Ask for {stem} from the session of the mix.",
    Kind.STEM_FILTER: _NEW_STEM,
    Kind.RETURN: "Ask for the effects return as a stem of its own, or printed into its stems.",
    Kind.EQUALISER: _BUS,
    Kind.DYNAMICS: _BUS,
    Kind.AUTOMATION: _BUS,
    Kind.CODEC: "Ask for the mix as WAV or FLAC, from the original session.",
    Kind.SHORT: "Ask for {stem} up to the end of the mix.",
    Kind.BROKEN: "Ask for a new export of {stem}.",
    Kind.SILENT: "Ask for {stem} again: it was muted, or the wrong track was exported.",
    Kind.CODED: "Ask for {stem} as WAV or FLAC that was never an MP3 or AAC.",
    Kind.OFFSET: "Ask for {stem} without its DC offset.",
    Kind.ONE_SIDED: "Ask for {stem} with both sides, as it is in the mix.",
}


def _signed(value: float) -> str:
    return f"{value:+.1f}" if abs(value) >= HEARD_DB else f"{value:+.2f}"


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _two_digits(value: float) -> float:
    return float(f"{value:.2g}")
