"""Null of files: what the stems on disk leave of their mix, why, and how each of them is in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stembridge.audio.chunks import read_metadata
from stembridge.audio.sound import Encoding, Sound
from stembridge.errors import CheckError
from stembridge.request import Progress, no_progress
from stembridge.session.manifest_records import NullBandEntry, NullEntry
from stembridge.stages.align import is_silent
from stembridge.stages.cause import Diagnosis, diagnose
from stembridge.stages.causes.explanation import ONE_FIGURE, Explanation
from stembridge.stages.causes.words import request, sentence
from stembridge.stages.file_signal import open_signals
from stembridge.stages.identify import identify_names
from stembridge.stages.moved import Moved
from stembridge.stages.null import Null, measure_null
from stembridge.stages.signals import Sided, Signal
from stembridge.units import Decibels, Hertz, Seconds

MOST_STEPS = 500
MOSTLY_DB = 10.0
"""Causes that take away less than this are not all."""

SIDES = {"L": 0, "R": 1}
"""The channels that a name can give a mono file."""


@dataclass(frozen=True)
class Nulled:
    """A set of files against its mix.

    Attributes:
        mix: what the mix is called.
        stems: what the stems are called.
        rate: the mix's rate, at which all was compared.
        limit_dbfs: what may be left in any second.
        null: what is left.
        diagnosis: why.

    """

    mix: str
    stems: tuple[str, ...]
    rate: Hertz
    limit_dbfs: float
    null: Null
    diagnosis: Diagnosis

    @property
    def nulls(self) -> bool:
        """True when every second is below the limit."""
        return self.null.worst_dbfs <= self.limit_dbfs

    @property
    def message(self) -> str:
        """Say why it does not null, or what else it may be; nothing where it nulls."""
        found = self.diagnosis
        told = [self._sentence(cause) for cause in found.causes]
        if found.causes and not found.sure and found.runner_up is not None:
            either, other = (one.rstrip(".") for one in (told[0], self._sentence(found.runner_up)))
            return f"Not sure: {either}; or: {other}."
        return " ".join([*told, *self._rest()])

    @property
    def hint(self) -> str:
        """Say what to ask the sender for."""
        return request(self.diagnosis.causes[0], self.stems) if self.diagnosis.causes else ""

    def entry(self) -> NullEntry:
        """Return what goes on record: the curve over time in some hundred steps."""
        null = self.null
        step = max(1, -(-len(null.seconds) // MOST_STEPS))
        return NullEntry(
            mix=self.mix,
            null_dbfs=_rounded(null.null_dbfs),
            relative_db=None if null.relative_db is None else _rounded(null.relative_db),
            worst_dbfs=_rounded(null.worst_dbfs),
            worst_at=null.worst_at,
            limit_dbfs=Decibels(self.limit_dbfs),
            cause=self.message,
            bands=tuple(
                NullBandEntry(
                    band.hz,
                    _rounded(band.null_dbfs),
                    None if band.relative_db is None else _rounded(band.relative_db),
                )
                for band in null.bands
            ),
            step_s=Seconds(float(step)),
            levels=tuple(
                _rounded(max(null.seconds[start : start + step]))
                for start in range(0, len(null.seconds), step)
            ),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the documented shape."""
        found = self.diagnosis
        causes = [self._told(cause) for cause in found.causes]
        levels = zip(self.stems, found.levels, strict=True)
        return {
            "mix": self.mix,
            "rate": self.rate,
            **self.null.to_json(),
            "limit_dbfs": self.limit_dbfs,
            "nulls": self.nulls,
            "cause": causes[0] if causes else None,
            "more_causes": causes[1:],
            "runner_up": self._told(found.runner_up) if found.runner_up else None,
            "sure": found.sure,
            "left_dbfs": round(found.left.null_dbfs, 2),
            "stems": [
                {
                    "path": path,
                    "gain_db": None if level.gain_db is None else round(level.gain_db, 3),
                    "polarity": level.polarity,
                    "silent": level.gain_db is None,
                }
                for path, level in levels
            ],
        }

    def _rest(self) -> list[str]:
        """Say what is left with all causes put right, where that is not little."""
        found = self.diagnosis
        is_all = not found.causes or any(cause.kind not in ONE_FIGURE for cause in found.causes)
        if is_all or found.left.null_dbfs <= max(self.limit_dbfs, self.null.null_dbfs - MOSTLY_DB):
            return []
        return [
            f"With that put right {found.left.null_dbfs:.0f} dBFS are left, which nothing explains for sure."
        ]

    def _sentence(self, cause: Explanation) -> str:
        return sentence(cause, self.stems, self.null, self.rate)

    def _told(self, cause: Explanation) -> dict[str, Any]:
        return {
            "kind": cause.kind.value,
            "stems": [self.stems[index] for index in cause.stems],
            "value": None if cause.value is None else round(cause.value, 3),
            "left_db": round(cause.left_db, 2),
            "message": self._sentence(cause),
            "hint": request(cause, self.stems),
        }


def null_files(
    mix: tuple[str, Sound],
    stems: Sequence[tuple[str, Sound]],
    *,
    limit_dbfs: float,
    progress: Progress = no_progress,
) -> Nulled:
    """Measure what stems leave of their mix, and find out why.

    Args:
        mix: what the mix is called, and its file.
        stems: the same of the stems, of any rates and lengths. Where all files have time stamps these place them;
            else all start together.
        limit_dbfs: what may be left in any second.
        progress: told ``null`` and how much of it is done.

    Raises:
        CheckError: if the mix is silent.
        AudioError: if a file cannot be decoded to its end.

    """
    sounds = [mix[1], *(sound for _, sound in stems)]
    rate = mix[1].format.rate
    reference, *opened = open_signals(sounds, rate)
    signals = _sided(opened, [name for name, _ in stems], reference.channels)
    if is_silent(reference):
        message, hint = (
            "The mix is silent: there is nothing to null against.",
            "Choose another file as the mix.",
        )
        raise CheckError(message, path=mix[1].path, hint=hint, code="silent")
    placed = _placed(signals, sounds, rate)
    null = measure_null(reference, placed, rate, progress=progress)
    lossy = mix[1].format.encoding is Encoding.LOSSY
    found = diagnose(reference, placed, rate, null, limit_dbfs=limit_dbfs, is_lossy=lossy)
    return Nulled(mix[0], tuple(name for name, _ in stems), rate, limit_dbfs, null, found)


def _sided(signals: Sequence[Signal], names: Sequence[str], channels: int) -> list[Signal]:
    """Put the mono halves of stems, which their names call left and right, on their own sides."""
    if channels < 2:
        return list(signals)
    sides = [SIDES.get(identity.channel or "") for identity in identify_names(names)]
    return [
        signal if side is None or signal.channels > 1 else Sided(signal, side, channels)
        for signal, side in zip(signals, sides, strict=True)
    ]


def _rounded(level: float) -> Decibels:
    return Decibels(round(level, 2))


def _placed(signals: Sequence[Signal], sounds: Sequence[Sound], rate: Hertz) -> list[Signal]:
    """Put stems where their time stamps have them, if every file has one."""
    stamps = [read_metadata(sound.path).bext for sound in sounds]
    starts = [
        stamp.time_reference / sound.format.rate
        for stamp, sound in zip(stamps, sounds, strict=True)
        if stamp is not None
    ]
    if len(starts) < len(sounds) or len(set(starts)) == 1:
        return list(signals)
    return [
        Moved(signal, float(round((start - starts[0]) * rate)))
        for signal, start in zip(signals, starts[1:], strict=True)
    ]
