"""Output: people's text and progress on standard error, one JSON value on standard output when asked for."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from stembridge.errors import StembridgeError
from stembridge.request import Progress

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON value on standard output.")


def print_json(value: Any) -> None:
    """Print one JSON value on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_error(error: StembridgeError) -> None:
    """Print what went wrong, where, and what to do next."""
    where = f"{error.path}: " if error.path else ""
    click.secho(f"error: {where}{error.message}", fg="red", err=True)
    if error.hint:
        click.echo(f"  {error.hint}", err=True)


@contextmanager
def shown_progress(title: str) -> Iterator[Progress]:
    """Show progress: a bar on a terminal, a line a stage otherwise."""
    if sys.stderr.isatty():
        with _bar(title) as progress:
            yield progress
    else:
        yield _line_a_stage(title)


@contextmanager
def _bar(title: str) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import Progress as Bars

    with Bars(console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(title, total=1.0)

        def advance(stage: str, fraction: float) -> None:
            bars.update(task, completed=fraction, description=f"{title}: {stage}")

        yield advance


def _line_a_stage(title: str) -> Progress:
    told: set[str] = set()

    def advance(stage: str, _fraction: float) -> None:
        if stage not in told:
            told.add(stage)
            click.echo(f"{title}: {stage}", err=True)

    return advance
