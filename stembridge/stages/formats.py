"""Formats: what each output is stored as, and what a container cannot hold; pure."""

from stembridge.audio.sound import Container, Encoding, Sound, SoundFormat
from stembridge.errors import PlanError
from stembridge.presets import Format
from stembridge.units import Hertz

SUFFIXES = {Container.WAV: ".wav", Container.AIFF: ".aiff", Container.FLAC: ".flac"}

_ENCODINGS: dict[int | str, Encoding] = {
    16: Encoding.INT16,
    24: Encoding.INT24,
    32: Encoding.INT32,
    "float": Encoding.FLOAT32,
}
_WHOLE = {Encoding.LOSSY: Encoding.INT24, Encoding.INT8: Encoding.INT16}
_HELD = {
    Container.FLAC: (Encoding.INT16, Encoding.INT24),
    Container.AIFF: (Encoding.INT16, Encoding.INT24, Encoding.INT32),
}


def output_format(sound: Sound, wanted: Format) -> SoundFormat:
    """Decide how the output of a source is stored.

    The depth of a lossy source is whatever it is decoded to, so ``source`` means 24 bits for one.

    Raises:
        PlanError: if the container cannot hold it.

    """
    container = Container(wanted.container)
    kept = _WHOLE.get(sound.format.encoding, sound.format.encoding)
    encoding = kept if wanted.depth == "source" else _ENCODINGS[wanted.depth]
    rate = sound.format.rate if wanted.rate == "source" else Hertz(wanted.rate)
    if encoding not in _HELD.get(container, (encoding,)):
        raise _cannot_hold(container, f"{encoding.value} samples", sound)
    if container is Container.FLAC and sound.format.channels > 8:
        raise _cannot_hold(container, f"{sound.format.channels} channels", sound)
    return SoundFormat(container, encoding, rate, sound.format.channels, sound.format.channel_mask)


def _cannot_hold(container: Container, what: str, sound: Sound) -> PlanError:
    return PlanError(
        f"{container.value.upper()} cannot hold {what}.",
        path=sound.path,
        hint="Set format.container to wav in the preset, or format.depth to 24.",
        code="container",
    )
