"""What is asked of the sender about a finding; pure.

A hint tells the house what to do; a request tells the sender. An error is always asked about. A warning is asked
about when only the sender can settle it.
"""

from collections.abc import Iterable, Mapping

from stembridge.session.manifest import FindingEntry

REQUESTS: Mapping[str, str] = {
    "alignment-unsure": "Please tell us where it starts in the mix.",
    "dead-side": "Please tell us whether it is meant to be mono.",
    "fake-depth": "Please export it again at the depth of the session.",
    "header-disagrees": "Please tell us which of the two is right.",
    "lossy-origin": "Please send the export that was never an MP3 or AAC.",
    "lossy-source": "Please send it as WAV or FLAC, from the original session.",
    "metadata": "Please export it again, so that its metadata is whole.",
    "missing-stem": "Please send it, or tell us which stem it is part of.",
    "no-time-stamp": "Please tell us where it starts, or send it with a time stamp.",
    "pair": "Please send both sides from one export.",
    "silent": "Please tell us whether it is meant to be silent.",
    "timecode-disagrees": "Please tell us which of the two is right.",
    "timecode-frame-rate": "Please tell us the frame rate.",
    "upsampled": "Please export it again at the rate of the session.",
}
"""What is asked of the sender, by the code of the finding."""

NULL = "does-not-null"
ASKED = frozenset(REQUESTS) | {NULL}
"""The findings that only the sender can settle."""

PART_OF_NULL = frozenset({"dead-side", "silent"})

SPOKEN: Mapping[str, str] = {
    "Ask the sender for ": "Please send ",
    "Ask the sender ": "Please tell us ",
    "Ask for ": "Please send ",
    "Ask wh": "Please tell us wh",
}
"""How a hint that says what to ask for begins, and the request."""

ANYTHING = "Please check this and send it again."


def asked(findings: Iterable[FindingEntry]) -> list[tuple[FindingEntry, ...]]:
    """Return what the sender is asked about; findings that say the same of several files are one thing."""
    told = tuple(findings)
    things: dict[object, list[FindingEntry]] = {}
    for number, each in enumerate(told):
        if _is_asked(each) and not _is_asked_elsewhere(each, told):
            same = (each.code, each.message, each.measured, each.limit, each.at, request(each))
            things.setdefault(same if each.path else number, []).append(each)
    return [tuple(thing) for thing in things.values()]


def _is_asked(finding: FindingEntry) -> bool:
    return finding.severity == "error" or (finding.severity == "warning" and finding.code in ASKED)


def _is_asked_elsewhere(finding: FindingEntry, told: Iterable[FindingEntry]) -> bool:
    """Tell whether a file is asked for again already, because its set does not sum to the mix by its fault."""
    if finding.code not in PART_OF_NULL or finding.path is None:
        return False
    return any(
        each.code == NULL and each.severity == "error" and finding.path in each.message for each in told
    )


def request(finding: FindingEntry) -> str:
    """Return what the sender is asked: what the hint says to ask for, without the reasons behind a semicolon."""
    if finding.code in REQUESTS:
        return REQUESTS[finding.code]
    wanted = finding.hint.split(";")[0].rstrip(".")
    for start, spoken in SPOKEN.items():
        if wanted.startswith(start):
            return f"{spoken}{wanted.removeprefix(start).replace(', or for ', ', or ')}."
    return ANYTHING
