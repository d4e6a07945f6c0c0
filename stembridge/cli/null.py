"""null: say what the sum of stems leaves of their mix, and why; changes nothing."""

import sys
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from stembridge.cli.output import json_option, print_json, shown_progress
from stembridge.cli.work import paths_argument

if TYPE_CHECKING:
    from stembridge.audio.sound import Sound
    from stembridge.request import Progress
    from stembridge.stages.null_files import Nulled

LIMIT_DBFS = -60.0
BAR_DB = 3.0
BESIDE_THE_SUM = ("lossy", "clipping", "fake_depth", "upsampled", "hum", "noise_floor", "leader")
"""Checks of files that take long, or whose faults leave nothing of a set."""


@click.command()
@paths_argument
@click.option(
    "--mix",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path, resolve_path=True),
    help="The mix that the stems should sum to.",
)
@click.option(
    "--limit",
    type=click.FloatRange(max=0.0),
    default=LIMIT_DBFS,
    show_default=True,
    help="What may be left in any second, in dBFS.",
)
@json_option
def null(paths: tuple[Path, ...], mix: Path, limit: float, as_json: bool) -> None:
    r"""Say what the sum of stems leaves of their mix, and why. Changes nothing.

    Stems are files, folders or zips, of any rates. What is left is measured as RMS over all channels, in dBFS; the
    limit counts for every second. The cause is named with its figure, or two that are too near to be told apart; where
    they do not null, the files are examined, too, for a fault of one of them may be the cause.

    \b
    JSON: {"mix", "rate", "null_dbfs", "relative_db" (against the mix), "worst_dbfs", "worst_at" (s),
    "limit_dbfs", "nulls", "bands": [{"hz", "null_dbfs", "relative_db"}], "seconds": [dBFS], "cause",
    "more_causes", "runner_up", "sure", "left_dbfs" (with all gains, signs and shifts corrected),
    "stems": [{"path", "gain_db" and "polarity" (in the mix), "silent"}]}; a cause is null or
    {"kind", "stems", "value", "left_db", "message", "hint"}.

    Exit codes: 0 it nulls below the limit; 1 it does not; 2 wrong use.
    """
    from stembridge.audio.files import open_sound
    from stembridge.cli.stems import open_stems
    from stembridge.stages.null_files import null_files

    with TemporaryDirectory(prefix="stembridge-null-") as scratch, shown_progress("null") as progress:
        stems, whole = open_stems(paths, Path(scratch), besides=mix), (str(mix), open_sound(mix))
        found = null_files(whole, stems, limit_dbfs=limit, progress=progress)
        if not found.nulls:
            found = _explained(found, [whole, *stems], progress)
    if as_json:
        print_json(found.to_json())
    else:
        _print(found)
    sys.exit(0 if found.nulls else 1)


def _explained(found: "Nulled", files: "list[tuple[str, Sound]]", progress: "Progress") -> "Nulled":
    """Examine the files, the mix first: a silent, short or broken one may be the cause. ``check`` looks for more."""
    from stembridge.check_model import Check
    from stembridge.parallel import default_threads
    from stembridge.stages.check import examine_all, identify_editions
    from stembridge.stages.own_faults import with_own_faults
    from stembridge.stages.probe import Source, probe

    facts = [probe(Source(sound.path, PurePosixPath(label))) for label, sound in files]
    known = identify_editions(facts, mix=facts[0])
    quick = Check.model_validate(dict.fromkeys(BESIDE_THE_SUM, "off"))
    examined = examine_all(facts, known, quick, threads=default_threads(), progress=progress)
    return with_own_faults(found, examined)


def _print(found: "Nulled") -> None:
    null = found.null
    verdict = "It nulls" if found.nulls else "It does not null"
    click.secho(f"{verdict}: {null.null_dbfs:.1f} dBFS is left", bold=True, nl=False)
    relative = "" if null.relative_db is None else f" ({null.relative_db:+.1f} dB against the mix)"
    limit = f"limit {found.limit_dbfs:g} dBFS"
    click.echo(f"{relative}; the worst second {null.worst_dbfs:.1f} dBFS at {null.worst_at:.0f} s, {limit}.")
    if found.message:
        click.echo(found.message)
        click.echo(f"  {found.hint}")
    for band in null.bands:
        bar = "#" * max(0, round((band.null_dbfs + 120.0) / BAR_DB))
        click.echo(f"{band.hz:>8g} Hz {band.null_dbfs:>8.1f} dBFS  {bar}")
