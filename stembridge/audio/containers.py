"""What each container can hold: said before the work starts, not when a file is half written."""

from dataclasses import dataclass

from stembridge.audio.sound import Container, Encoding, SoundFormat
from stembridge.errors import ConformError
from stembridge.units import Samples

MOST_CHANNELS = 64
MOST_HERTZ = 2**31 - 1
HEADROOM_BYTES = 32 * 2**20
"""Room left for metadata where sizes have 32 bits."""

ANY_FLAC_RATE = 65_535
"""Up to here FLAC stores any rate in Hz, above only multiples of ten (RFC 9639, section 9.1.2)."""

INTEGERS = frozenset({Encoding.INT16, Encoding.INT24, Encoding.INT32})


@dataclass(frozen=True)
class Limits:
    """What a container can hold. The highest rate is in Hz, the most bytes are of sound alone."""

    encodings: frozenset[Encoding]
    channels: int
    rate: int
    data_bytes: int | None = None


LIMITS = {
    Container.WAV: Limits(INTEGERS | {Encoding.FLOAT32, Encoding.FLOAT64}, MOST_CHANNELS, MOST_HERTZ),
    Container.AIFF: Limits(INTEGERS, MOST_CHANNELS, MOST_HERTZ, 2**32 - HEADROOM_BYTES),
    Container.FLAC: Limits(frozenset({Encoding.INT16, Encoding.INT24}), 8, 655_350),
}


def check_writable(form: SoundFormat, frames: Samples | None = None) -> None:
    """Refuse a format that cannot be written.

    Args:
        form: the wanted format.
        frames: the length to come, where it is known.

    Raises:
        ConformError: with what the container holds, and what to choose instead.

    """
    limits = LIMITS.get(form.container)
    if limits is None:
        raise _refused(f"{form.container.upper()} files are read, not written", "Choose wav, aiff or flac.")
    name = form.container.upper()
    if form.encoding not in limits.encodings:
        choices = ", ".join(sorted(limits.encodings))
        raise _refused(
            f"{name} is written as {choices}, not {form.encoding}", "Choose another depth, or wav."
        )
    if not 1 <= form.channels <= limits.channels:
        most = f"{name} holds 1 to {limits.channels} channels, not {form.channels}"
        raise _refused(most, "Choose wav." if form.channels <= MOST_CHANNELS else "Split the file.")
    if not 1 <= form.rate <= limits.rate:
        raise _refused(
            f"{name} holds rates of 1 to {limits.rate} Hz, not {form.rate}", "Choose another rate."
        )
    if form.container is Container.FLAC and form.rate > ANY_FLAC_RATE and form.rate % 10:
        raise _refused(f"FLAC holds no rate of {form.rate} Hz", "Choose wav.")
    if frames is not None:
        check_length(form, frames)


def check_length(form: SoundFormat, frames: Samples) -> None:
    """Refuse a length that the container cannot hold.

    Raises:
        ConformError: if it would be over 4 GiB in a container whose sizes have 32 bits, or for a FLAC of no
            length, which cannot be told from one that was never finished.

    """
    if frames == 0 and form.container is Container.FLAC:
        raise _refused("FLAC holds at least one frame", "Choose wav.")
    most = LIMITS[form.container].data_bytes
    if most is not None and frames * form.channels * (form.encoding.bits // 8) > most:
        raise _refused(
            f"{form.container.upper()} holds less than 4 GiB", "Choose wav, which has no such limit."
        )


def _refused(what: str, hint: str) -> ConformError:
    return ConformError(f"{what}.", code="format", hint=hint)
