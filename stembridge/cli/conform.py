"""conform: check a vendor's delivery and conform what passes."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stembridge.cli.output import json_option, print_error, print_json
from stembridge.cli.work import config_option, paths_argument, perform_each
from stembridge.errors import StembridgeError

if TYPE_CHECKING:
    from stembridge.stages.deliver import Delivered

DEFAULT_PRESET = "vendor-music-48k24"
NOTHING: dict[str, Any] = {"outputs": [], "manifest": None, "session": None, "findings": []}


@click.command()
@paths_argument
@click.option("--preset", "-p", default=DEFAULT_PRESET, show_default=True, help="Whose rules count.")
@click.option(
    "--to", "destination", required=True, type=click.Path(path_type=Path), help="Where deliveries go."
)
@config_option
@json_option
def conform(
    paths: tuple[Path, ...], preset: str, destination: Path, config: Path | None, as_json: bool
) -> None:
    """Check deliveries and write conformed copies of those that pass, each with its session, report and manifest.

    Files that are named together are one delivery; each folder and each zip is a delivery of its own. The
    originals stay as they are.

    Exit codes: 0 delivered, perhaps with notes; 1 rejected (even where the preset only reports, and conforms all the
    same) or failed; 2 wrong use.
    """
    outcomes = list(perform_each(paths, preset, destination, config))
    values = [_value(outcome) for outcome in outcomes]
    if as_json:
        print_json(values[0] if len(values) == 1 else {"deliveries": values})
    for outcome, value in zip(outcomes, values, strict=True):
        if not as_json:
            _print(outcome, value)
        if isinstance(outcome, StembridgeError):
            print_error(outcome)
    sys.exit(0 if all(value["verdict"] in ("ready", "notes") for value in values) else 1)


def _value(outcome: "Delivered | StembridgeError") -> dict[str, Any]:
    """Return the documented shape of one delivery: what ``process`` gives, the verdict, and why it failed."""
    from stembridge.stages.finding import Rejected, verdict_of

    if isinstance(outcome, Rejected):
        findings = [finding.to_json() for finding in outcome.findings]
        return {"verdict": "rejected", **NOTHING, "findings": findings, "error": _error(outcome)}
    if isinstance(outcome, StembridgeError):
        return {"verdict": None, **NOTHING, "error": _error(outcome)}
    verdict = verdict_of(finding["severity"] for finding in outcome.findings)
    return {"verdict": verdict.value, **outcome.to_json(), "error": None}


def _error(error: StembridgeError) -> dict[str, Any]:
    path = str(error.path) if error.path else None
    return {"code": error.code, "message": error.message, "path": path, "hint": error.hint}


def _print(outcome: "Delivered | StembridgeError", value: dict[str, Any]) -> None:
    if not isinstance(outcome, StembridgeError):
        click.echo(str(outcome.folder))
        for output in outcome.outputs:
            click.echo(f"  {output.relative_to(outcome.folder)}")
    for finding in value["findings"]:
        where = f"{finding['path']}: " if finding["path"] else ""
        at = "" if finding["at"] is None else f" [{finding['at']:.3f} s]"
        click.echo(f"  {finding['severity']}: {where}{finding['message']}{at} {finding['hint']}".rstrip())
