"""Names: against the house pattern, against what the file is, and whether every system can hold them; pure."""

import re
from collections.abc import Iterator
from string import Formatter

from stembridge.session.safe_names import safe_component
from stembridge.stages.checks.subject import Subject
from stembridge.stages.finding import Finding
from stembridge.stages.identity import Identity

_SHAPES = {
    "rate": r"\d+(?:\.\d+)?",
    "depth": r"\d+f?",
    "bpm": r"\d+(?:\.\d+)?",
    "index": r"\d+",
    "date": r"\d{4}-?\d\d-?\d\d",
}


def name_findings(subject: Subject, identity: Identity) -> Iterator[Finding]:
    """Report what is wrong with a file's name."""
    rule = subject.check.names
    if rule.severity == "off":
        return
    name = subject.facts.source.name
    if safe_component(name.name) != name.name:
        hint = "It gets a safe name when it is conformed."
        yield subject.finding(rule, "unsafe-name", "Some systems cannot hold this file name.", hint=hint)
    if rule.pattern is not None and not pattern_of(rule.pattern).fullmatch(name.stem):
        yield subject.finding(
            rule,
            "name-pattern",
            f"The name does not follow the pattern {rule.pattern}.",
            hint="It is renamed when it is conformed; ask for names by the pattern.",
        )
    yield from _lies(subject, identity)


def pattern_of(template: str) -> re.Pattern[str]:
    """Turn a name template into the expression that its names match."""
    pieces = []
    for literal, field, _, _ in Formatter().parse(template):
        pieces.append(re.escape(literal))
        if field is not None:
            pieces.append(f"(?:{_SHAPES.get(field, '.+?')})")
    return re.compile("".join(pieces), re.IGNORECASE)


def _lies(subject: Subject, identity: Identity) -> Iterator[Finding]:
    form = subject.sound.format
    hint = "Ask which is right: the name or the file."
    if identity.rate is not None and abs(identity.rate - form.rate) > 100:
        told = f"The name says {identity.rate / 1000:g} kHz; the file is at {form.rate / 1000:g} kHz."
        yield subject.finding(subject.check.names, "name-disagrees", told, hint=hint)
    if identity.depth is not None and identity.depth != form.encoding.bits:
        told = f"The name says {identity.depth} bits; the file has {form.encoding.bits}."
        yield subject.finding(subject.check.names, "name-disagrees", told, hint=hint)
