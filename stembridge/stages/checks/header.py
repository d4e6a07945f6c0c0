"""Headers: what bext, iXML and XMP say against each other, against the file, and where the chunks lie."""

import re
from collections.abc import Iterator
from pathlib import Path

from stembridge.audio.chunks_walk import Span
from stembridge.audio.chunks_wav import RIFF_IDS, riff_spans
from stembridge.audio.ixml_elements import IxmlError, elements
from stembridge.audio.metadata import Metadata
from stembridge.errors import AudioError
from stembridge.stages.checks.subject import Subject
from stembridge.stages.finding import Finding

ASK = "Ask the sender for a clean file."
XMP_REFERENCE = re.compile(rb"(?:bext:)?timeReference\s*(?:=\s*[\"']|>)\s*(\d{1,20})")


def header_findings(subject: Subject) -> Iterator[Finding]:
    """Report what is wrong with a file's header and metadata."""
    rule = subject.check.header
    if rule.severity == "off":
        return
    for problem in subject.facts.problems:
        yield subject.finding(rule, "metadata", problem, hint=ASK)
    yield from _chunk_order(subject)
    for told in (*_ixml_against_file(subject), *_stamps(subject)):
        yield subject.finding(rule, "header-disagrees", told, hint="Ask the sender which one is right.")


def _chunk_order(subject: Subject) -> Iterator[Finding]:
    spans, size = riff_layout(subject.facts.source.path)
    ids = [span.id for span in spans]
    rule = subject.check.header
    if b"data" in ids and b"bext" in ids[ids.index(b"data") :]:
        yield subject.finding(
            rule,
            "bext-after-data",
            "The bext chunk lies behind the audio, where players and editors that read the start miss it.",
            hint="It is moved to the front when the file is conformed.",
        )
    ends = (*(span.start - 8 for span in spans[1:]), size) if spans else ()
    for span, next_at in zip(spans, ends, strict=True):
        if span.size % 2 and next_at == span.start + span.size:
            name = span.id.decode("ascii", "replace").strip()
            yield subject.finding(
                rule,
                "odd-chunk",
                f"The {name} chunk has an odd size ({span.size} bytes) and no padding byte behind it.",
                measured=float(span.size),
                unit="bytes",
                hint="Some readers lose every chunk behind it; export it again.",
            )


def riff_layout(path: Path) -> tuple[tuple[Span, ...], int]:
    """List the chunks of a RIFF file and its size in bytes; none for another kind of file.

    Raises:
        AudioError: if the file cannot be read.

    """
    try:
        with path.open("rb") as file:
            spans = riff_spans(file)[0] if file.read(4) in RIFF_IDS else ()
            return spans, file.seek(0, 2)
    except OSError as error:
        raise AudioError("The file cannot be read.", path=path, retryable=True) from error


def _ixml_against_file(subject: Subject) -> Iterator[str]:
    said = ixml_numbers(subject.facts.metadata)
    form = subject.sound.format
    truths = {
        "SPEED/FILE_SAMPLE_RATE": ("sample rate", form.rate),
        "SPEED/AUDIO_BIT_DEPTH": ("depth", form.encoding.bits),
        "TRACK_LIST/TRACK_COUNT": ("number of channels", form.channels),
    }
    for key, (what, truth) in truths.items():
        if key in said and said[key] != truth:
            yield f"iXML says that the {what} is {said[key]:,}; it is {truth:,}."


def _stamps(subject: Subject) -> Iterator[str]:
    """Compare the places on the time line that bext, iXML and XMP give, in seconds."""
    metadata, rate = subject.facts.metadata, subject.rate
    if metadata.bext is None:
        return
    bext = metadata.bext.time_reference
    said = ixml_numbers(metadata)
    copied = said.get("BEXT/BWF_TIME_REFERENCE_LOW")
    if copied is not None:
        copied += said.get("BEXT/BWF_TIME_REFERENCE_HIGH", 0) << 32
        if copied != bext:
            yield _two_times("The copy of bext in iXML", copied / rate, bext / rate)
    low = said.get("SPEED/TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO")
    if low is not None:
        count = (said.get("SPEED/TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI", 0) << 32) + low
        stamp_rate = said.get("SPEED/TIMESTAMP_SAMPLE_RATE") or rate
        if abs(count / stamp_rate - bext / rate) > 0.5 / rate:
            yield _two_times("iXML", count / stamp_rate, bext / rate)
    for chunk_id, payload in metadata.other:
        found = XMP_REFERENCE.search(payload) if chunk_id == b"_PMX" else None
        if found and int(found[1]) != bext:
            yield _two_times("XMP", int(found[1]) / rate, bext / rate)


def _two_times(who: str, said: float, bext: float) -> str:
    return f"{who} places the file at {said:.6f} s, bext at {bext:.6f} s."


def ixml_numbers(metadata: Metadata) -> dict[str, int]:
    """Return the whole numbers of an iXML document by path; empty if there is none or it cannot be parsed."""
    try:
        found = elements(metadata.ixml) if metadata.ixml else ()
    except IxmlError:
        return {}
    return {each.path: int(each.text) for each in reversed(found) if re.fullmatch(r"\d{1,20}", each.text)}
