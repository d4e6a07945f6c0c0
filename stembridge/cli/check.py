"""check: say what is wrong with a delivery, and change nothing."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stembridge.cli.output import json_option, print_error, print_json, shown_progress
from stembridge.cli.work import config_option, paths_argument
from stembridge.errors import CheckError, StembridgeError

if TYPE_CHECKING:
    from stembridge.check_model import Check
    from stembridge.presets import Preset
    from stembridge.request import Progress, Request
    from stembridge.stages.checkup import Checkup
    from stembridge.stages.hearing.heard import Heard
    from stembridge.stages.probe import Facts

HEADLINES = {"ready": "Ready", "notes": "Ready with notes", "rejected": "Rejected"}
COLOURS = {"error": "red", "warning": "yellow", "info": None}


@click.command()
@paths_argument
@click.option(
    "--mix",
    type=click.Path(exists=True, dir_okay=False, path_type=Path, resolve_path=True),
    help="The mix that the stems belong to; without it the names decide.",
)
@click.option("--preset", "-p", default="vendor-any", show_default=True, help="Whose rules count.")
@click.option(
    "--report",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for report.html and report.json; it is made if need be.",
)
@config_option
@json_option
def check(
    paths: tuple[Path, ...],
    mix: Path | None,
    preset: str,
    report: Path | None,
    config: Path | None,
    as_json: bool,
) -> None:
    """Say what is in each file and whether the set is right. Changes nothing.

    A file that cannot be read is a finding; a folder or zip that cannot be opened leaves the others alone.

    Exit codes: 0 ready, perhaps with notes; 1 rejected, or not checked; 2 wrong use.
    """
    from stembridge.config import load_config
    from stembridge.intake.paths import deliveries_in, requests_for

    chosen = load_config(config).preset_store().load(preset)
    rules = _rules(chosen.check, preset)
    groups, checked = deliveries_in(_with_mix(paths, mix)), []
    for group in groups:
        try:
            (request,) = requests_for(group, preset=preset, destination=Path.cwd())
            checked.append(_checked(request, chosen, rules, mix, pictured=report is not None))
        except StembridgeError as error:
            print_error(error)
    if not checked:
        sys.exit(1)
    values = [{"name": one.name, **one.done.to_json()} for one in checked]
    value = values[0] if len(groups) == 1 else _merged(values)
    if report is not None:
        _write_report(report, value, checked)
    if as_json:
        print_json(value)
    else:
        for one in checked:
            _print(one)
    is_good = len(checked) == len(groups) and all(one.done.verdict != "rejected" for one in checked)
    sys.exit(0 if is_good else 1)


def _rules(check: "Check | None", preset: str) -> "Check":
    if check is None:
        raise CheckError(
            f'The preset "{preset}" checks nothing.',
            hint="Give its file a `check:` key, or use `vendor-any`.",
            code="no-checks",
        )
    return check


def _with_mix(paths: tuple[Path, ...], mix: Path | None) -> tuple[Path, ...]:
    """Add the mix to the files, unless it is one of them or lies in a folder that was named."""
    known = mix is None or any(path == mix or path in mix.parents for path in paths)
    return paths if known or mix is None else (*paths, mix)


@dataclass(frozen=True)
class _Checked:
    """A delivery that was checked: what it is called, what was found, and its page, if one is wanted."""

    name: str
    done: "Checkup"
    page: bytes


def _checked(
    request: "Request", preset: "Preset", rules: "Check", mix: Path | None, *, pictured: bool
) -> _Checked:
    from tempfile import TemporaryDirectory

    from stembridge.stages.probe import probe_readable
    from stembridge.stages.sidecars.checksums import checksum_findings
    from stembridge.stages.sources import gather

    with TemporaryDirectory(prefix="stembridge-check-") as scratch, shown_progress(request.name) as progress:
        sources = gather(request, unpack_into=Path(scratch))
        facts, bad = probe_readable(sources.audio)
        rest = _of_a_part(rules) if bad else rules
        found = _examined(request.name, facts, preset, rest, mix, progress)
        done = found.with_findings([*bad, *checksum_findings(sources.audio, sources.sidecars)])
        return _Checked(request.name, done, _page(request.name, done, preset) if pictured else b"")


def _examined(
    name: str,
    facts: "tuple[Facts, ...]",
    preset: "Preset",
    rules: "Check",
    mix: Path | None,
    progress: "Progress",
) -> "Checkup":
    """Check the files that can be read; one that breaks off on the way is told, and the others are checked."""
    from stembridge.errors import AudioError
    from stembridge.parallel import default_threads
    from stembridge.stages.checkup import check_up
    from stembridge.stages.identified import identify_sources
    from stembridge.stages.probe import unreadable

    try:
        heard, given = _heard(facts, preset), _the_mix(facts, mix)
        known = identify_sources(facts, preset, name=name, heard=heard, mix=given)
        identities = [(each.edition, each.identity) for each in known]
        threads = default_threads()
        found = check_up(facts, rules, name=name, identities=identities, threads=threads, progress=progress)
        return found.with_findings([finding for each in known for finding in each.findings])
    except AudioError as error:
        broken = next((one for one in facts if one.source.path == error.path), None)
        if broken is None:
            raise
        others = tuple(one for one in facts if one is not broken)
        told = unreadable(broken.source, error)
        return _examined(name, others, preset, _of_a_part(rules), mix, progress).with_findings([told])


def _of_a_part(rules: "Check") -> "Check":
    """Ask no sum of a set whose files cannot all be read: what is missing from it is known."""
    return rules.model_copy(update={"null_below": rules.null_below.model_copy(update={"severity": "off"})})


def _heard(facts: "tuple[Facts, ...]", preset: "Preset") -> "dict[Path, Heard]":
    """Listen to the files, where the preset wants that."""
    from stembridge.parallel import default_threads
    from stembridge.stages.listen import listen_all

    if not preset.identify.audio:
        return {}
    heard = listen_all([one.sound for one in facts], threads=default_threads())
    return {one.source.path: each for one, each in zip(facts, heard, strict=True)}


def _page(name: str, done: "Checkup", preset: "Preset") -> bytes:
    from datetime import UTC, datetime

    from stembridge.report.html import check_report

    created = datetime.now(UTC).isoformat(timespec="seconds")
    return check_report(done, preset, song=name, created=created)


def _the_mix(facts: "tuple[Facts, ...]", mix: Path | None) -> "Facts | None":
    return next((one for one in facts if one.source.path == mix), None)


def _merged(values: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the one documented shape for several deliveries: the gravest verdict, everything found, each."""
    order = list(HEADLINES)
    return {
        "verdict": max((value["verdict"] for value in values), key=order.index),
        "findings": [finding for value in values for finding in value["findings"]],
        "files": [file for value in values for file in value["files"]],
        "deliveries": values,
    }


def _write_report(folder: Path, value: dict[str, Any], checked: list[_Checked]) -> None:
    """Write what was found for programs, and a page a delivery for people; of several, each named after its own."""
    import json

    from stembridge.durable import write_durably
    from stembridge.session.distinct import distinct
    from stembridge.session.safe_names import safe_component

    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    write_durably(folder / "report.json", text.encode("utf-8", "backslashreplace"))
    alone = len(checked) == 1
    names = ["report.html"] if alone else [safe_component(f"{one.name}.html") for one in checked]
    for name, one in zip(distinct(names), checked, strict=True):
        write_durably(folder / name, one.page)


def _print(one: _Checked) -> None:
    name, done = one.name, one.done
    click.secho(f"{name}: {HEADLINES[done.verdict]} ({len(done.files)} files)", bold=True)
    for finding in done.findings:
        where = f"{finding.path}: " if finding.path else ""
        at = "" if finding.at is None else f" [{finding.at:.3f} s]"
        severity = click.style(str(finding.severity), fg=COLOURS[finding.severity])
        click.echo(f"  {severity}: {where}{finding.message}{at} {finding.hint}".rstrip())
