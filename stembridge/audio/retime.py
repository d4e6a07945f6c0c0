"""What a conversion does to metadata: another rate, depth or start, and one more line of history."""

from dataclasses import replace

from stembridge.audio.bext import LONGEST_TIME, as_stored
from stembridge.audio.ixml_edit import (
    ixml_at_depth,
    ixml_at_position,
    ixml_at_rate,
    ixml_shifted,
    ixml_with_history,
    ixml_with_loudness,
)
from stembridge.audio.metadata import Cue, Loudness, Metadata
from stembridge.units import Hertz, Samples, samples_to_rate


def at_rate(metadata: Metadata, source: Hertz, target: Hertz) -> Metadata:
    """Rescale everything that counts samples, each to the nearest sample.

    bext TimeReference, cue positions and region lengths, and in iXML the file rate, time stamps, sync
    points and the time reference of its BEXT part. A region's end is rescaled and its length follows, so
    regions that touch still do; none shrinks to nothing.
    """
    if source == target:
        return metadata

    def move(position: Samples) -> Samples:
        return samples_to_rate(position, source, target)

    bext = metadata.bext
    if bext is not None:
        bext = replace(bext, time_reference=min(move(bext.time_reference), LONGEST_TIME))
    ixml = metadata.ixml and ixml_at_rate(metadata.ixml, source, target)
    cues = tuple(_between(cue, move(cue.position), move(_end(cue))) for cue in metadata.cues)
    return replace(metadata, bext=bext, ixml=ixml, cues=cues)


def at_speed(metadata: Metadata, speed: float) -> Metadata:
    """Move cues and regions to where they are when the sound is played that many times slower; its start stays."""
    if speed == 1.0:
        return metadata

    def move(position: Samples) -> Samples:
        return Samples(round(position / speed))

    return replace(
        metadata, cues=tuple(_between(cue, move(cue.position), move(_end(cue))) for cue in metadata.cues)
    )


def at_depth(metadata: Metadata, bits: int) -> Metadata:
    """Say the new bit depth (iXML ``AUDIO_BIT_DEPTH``; the other chunks do not mention it)."""
    return replace(metadata, ixml=metadata.ixml and ixml_at_depth(metadata.ixml, bits))


def shifted(metadata: Metadata, by: Samples, length: Samples) -> Metadata:
    """Like ``shifted_and_problems``, without the sentences."""
    return shifted_and_problems(metadata, by, length)[0]


def shifted_and_problems(
    metadata: Metadata, by: Samples, length: Samples
) -> tuple[Metadata, tuple[str, ...]]:
    """Follow audio that got silence in front, or was cut there.

    The time reference says when the first sample is, so it moves back by ``by``, not before midnight; cues
    move forward with the audio. Cues that were cut away go, regions are cut with the audio. A cue at the
    very end stays.

    Args:
        metadata: of the audio before.
        by: frames of silence added in front; negative: frames cut.
        length: frames of the audio after.

    Returns:
        The metadata of the audio after, and sentences for the report about what could not be kept.

    """
    problems: list[str] = []
    bext = metadata.bext
    if bext is not None:
        earlier = bext.time_reference - by
        if earlier < 0:
            problems.append(
                f"The file would start {-earlier} samples before midnight; its time reference is set to 0."
            )
        bext = replace(bext, time_reference=Samples(min(max(0, earlier), LONGEST_TIME)))
    moved = tuple(_cut(cue, by, length) for cue in metadata.cues)
    cues = tuple(cue for cue in moved if cue is not None)
    if len(cues) < len(moved):
        problems.append(f"{len(moved) - len(cues)} cues lie outside the audio now and are left out.")
    if by and any(chunk_id in (b"axml", b"bxml") for chunk_id, _ in metadata.other):
        problems.append("The times in the ADM document (axml) are not moved with the audio.")
    ixml = metadata.ixml and ixml_shifted(metadata.ixml, by)
    return replace(metadata, bext=bext, ixml=ixml, cues=cues), tuple(problems)


def at_position(metadata: Metadata, position: Samples, rate: Hertz) -> Metadata:
    """Say where the first sample is, counted from midnight at ``rate``, in bext and iXML where they are."""
    bext = metadata.bext and replace(metadata.bext, time_reference=min(position, LONGEST_TIME))
    ixml = metadata.ixml and ixml_at_position(metadata.ixml, position, rate)
    return replace(metadata, bext=bext, ixml=ixml)


def with_loudness(metadata: Metadata, loudness: Loudness) -> Metadata:
    """Set the loudness fields, which makes bext at least version 2. Without bext nothing changes."""
    if metadata.bext is None:
        return metadata
    bext = replace(metadata.bext, version=max(2, metadata.bext.version), loudness=as_stored(loudness))
    ixml = metadata.ixml and ixml_with_loudness(metadata.ixml, bext.loudness, bext.version)
    return replace(metadata, bext=bext, ixml=ixml)


def with_history(metadata: Metadata, line: str) -> Metadata:
    """Add one line of EBU R 98 (``bext.coding_history_line``). Without bext nothing changes."""
    if metadata.bext is None:
        return metadata
    history = metadata.bext.coding_history
    if history and not history.endswith("\n"):
        history += "\r\n"
    history += f"{line.rstrip()}\r\n"
    ixml = metadata.ixml and ixml_with_history(metadata.ixml, history)
    return replace(metadata, bext=replace(metadata.bext, coding_history=history), ixml=ixml)


def _end(cue: Cue) -> Samples:
    return Samples(cue.position + (cue.length or 0))


def _between(cue: Cue, start: Samples, end: Samples) -> Cue:
    length = cue.length and Samples(max(1, end - start))
    return replace(cue, position=start, length=length)


def _cut(cue: Cue, by: Samples, length: Samples) -> Cue | None:
    start, end = cue.position + by, _end(cue) + by
    if end < 0 or start > length or (cue.length and (end <= 0 or start >= length)):
        return None
    return _between(cue, Samples(max(0, start)), Samples(min(end, length)))
