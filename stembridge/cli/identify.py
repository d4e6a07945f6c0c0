"""identify: say what is in files, by their names and by their sound; changes nothing."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from stembridge.cli.output import json_option, print_json
from stembridge.cli.work import paths_argument

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stembridge.request import Request
    from stembridge.stages.finding import Finding
    from stembridge.stages.hearing.heard import Heard
    from stembridge.stages.identity import Identity

LEAST_CONFIDENCE = 0.8


@click.command()
@paths_argument
@click.option("--by-sound", is_flag=True, help="Take no notice of the names.")
@click.option(
    "--least",
    type=click.FloatRange(0.0, 1.0),
    default=LEAST_CONFIDENCE,
    show_default=True,
    help="How sure a name or a sound must be to be believed.",
)
@json_option
def identify(paths: tuple[Path, ...], by_sound: bool, least: float, as_json: bool) -> None:
    """Say what is in files, folders or zips, by name and by sound. Files that are named together are one set."""
    from stembridge.intake.paths import requests_for

    found = [
        row
        for request in requests_for(paths, preset="", destination=Path.cwd())
        for row in _identify_set(request, least, by_sound=by_sound)
    ]
    if as_json:
        print_json([row for row, _ in found])
        return
    for row, findings in found:
        role = row["role"] or "not known"
        other = f", else {row['runner_up']}" if row["runner_up"] else ""
        click.echo(f"{row['path']}: {role}, {100 * row['confidence']:.0f} % sure{other} ({row['evidence']})")
        for finding in findings:
            click.echo(f"  {finding.severity}: {finding.message} {finding.hint}")


def _identify_set(
    request: "Request", least: float, *, by_sound: bool
) -> "list[tuple[dict[str, Any], tuple[Finding, ...]]]":
    from dataclasses import replace

    from stembridge.audio.files import open_sound
    from stembridge.parallel import default_threads
    from stembridge.stages.edition_identities import identify_pieces
    from stembridge.stages.editions import Piece
    from stembridge.stages.hearing.agreement import join
    from stembridge.stages.listen import listen_all
    from stembridge.stages.sources import gather

    with TemporaryDirectory(prefix="stembridge-identify-") as scratch:
        audio = gather(request, unpack_into=Path(scratch)).audio
        sounds = [open_sound(each.path) for each in audio]
        heard = listen_all(sounds, threads=default_threads())
    pieces = [Piece(each.name, sound.duration) for each, sound in zip(audio, sounds, strict=True)]
    rows = []
    named_pieces = identify_pieces(pieces, parent=request.name)
    for (edition, named), one in zip(named_pieces, heard, strict=True):
        asked = replace(named, role=None, confidence=0.0) if by_sound else named
        identity, findings = join(asked, one, least=least)
        rows.append((_row(identity, one, least, findings, edition.label), findings))
    return rows


def _row(
    identity: "Identity", heard: "Heard", least: float, findings: "Sequence[Finding]", edition: str
) -> "dict[str, Any]":
    """Return the documented shape; what nothing is sure of shows the better of both guesses."""
    from stembridge.stages.hearing.sorts import NAMED_FAMILIES

    is_named = identity.role is not None and identity.confidence >= min(least, heard.confidence)
    role = identity.role if is_named else heard.role
    family = NAMED_FAMILIES[role] if is_named and role is not None else heard.family
    evidence = identity.evidence if is_named else heard.evidence
    doubts = [finding.message for finding in findings if finding.code == "name-contradicts-sound"]
    sets = [f'It is of the set "{edition}"'] if edition else []
    others = [each for each in (heard.family, heard.runner_up) if each is not None and each is not family]
    return {
        "path": identity.path,
        "role": None if role is None else role.value,
        "family": family.value,
        "confidence": round(identity.confidence if is_named else heard.confidence, 3),
        "runner_up": others[0].value if others else None,
        "evidence": ". ".join((evidence, *sets, *doubts)),
    }
