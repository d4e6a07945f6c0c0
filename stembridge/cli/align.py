"""align: say where stems belong in their mix, or to each other; changes nothing."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from stembridge.cli.output import json_option, print_json, shown_progress
from stembridge.cli.work import paths_argument

if TYPE_CHECKING:
    from stembridge.audio.sound import Sound
    from stembridge.request import Progress
    from stembridge.stages.offset import Offset
    from stembridge.units import Hertz

COLUMNS = "{:>14}  {:>8}  {:>8}  {:>9}  {:>5}  {}"


@click.command()
@paths_argument
@click.option(
    "--reference",
    type=click.Path(exists=True, dir_okay=False, path_type=Path, resolve_path=True),
    help="The mix. Without it stems that share sound are placed against each other.",
)
@click.option("--limit", type=click.FloatRange(min=0.0), help="The largest shift to consider, in seconds.")
@json_option
def align(paths: tuple[Path, ...], reference: Path | None, limit: float | None, as_json: bool) -> None:
    """Say where each stem belongs, how sure that is, and with which polarity and gain. Changes nothing.

    A stem that fits in several places, as a loop does, is not placed; its candidates are named.
    """
    from stembridge.audio.files import open_sound
    from stembridge.cli.stems import open_stems

    with TemporaryDirectory(prefix="stembridge-align-") as scratch, shown_progress("align") as progress:
        stems = open_stems(paths, Path(scratch), besides=reference)
        mix = None if reference is None else open_sound(reference)
        rate, offsets = _aligned(mix, [sound for _, sound in stems], limit, progress)
    found = [(label, offset) for (label, _), offset in zip(stems, offsets, strict=True)]
    if as_json:
        print_json(
            {
                "reference": None if reference is None else str(reference),
                "rate": rate,
                "stems": [{"path": label, **offset.to_json()} for label, offset in found],
            }
        )
    else:
        _print_table(found, rate)


def _aligned(
    mix: "Sound | None", stems: "list[Sound]", limit: float | None, progress: "Progress"
) -> "tuple[Hertz, tuple[Offset, ...]]":
    from stembridge.parallel import default_threads
    from stembridge.stages.align_files import align_set, align_to_mix, common_rate, stamped_starts
    from stembridge.units import Seconds

    most = None if limit is None else Seconds(limit)
    files = [(stem,) for stem in stems]

    def advance(done: float) -> None:
        progress("align", done)

    if mix is None:
        starts = stamped_starts(stems)
        return common_rate(stems), align_set(files, starts, limit=most, advance=advance)
    threads = default_threads()
    return mix.format.rate, align_to_mix((mix,), files, limit=most, threads=threads, advance=advance)


def _print_table(found: "list[tuple[str, Offset]]", rate: "Hertz") -> None:
    click.echo(COLUMNS.format(f"at {rate} Hz", "polarity", "gain dB", "drift ppm", "sure", "stem"))
    for label, offset in found:
        row = _row(offset)
        click.secho(COLUMNS.format(*row, Path(label).name), fg=None if offset.accepted else "yellow")
        if not offset.accepted:
            places = ", ".join(f"{place:+.0f}" for place in offset.candidates[:8])
            click.echo(f"{'':>16}{offset.reason} {f'Candidates: {places}.' if places else ''}".rstrip())


def _row(offset: "Offset") -> "tuple[Any, ...]":
    if not offset.accepted:
        return ("not sure", "", "", "", f"{100 * offset.confidence:.0f} %")
    gain = "" if offset.gain_db is None else _signed(offset.gain_db)
    drift = f"{offset.drift_ppm:+.3f}" if offset.drift_ppm else ""
    polarity = "inverted" if offset.polarity < 0 else ""
    return (_signed(offset.offset), polarity, gain, drift, f"{100 * offset.confidence:.0f} %")


def _signed(figure: float) -> str:
    """Write two places with the sign; what rounds to nothing is no negative nothing."""
    return f"{round(figure, 2) + 0.0:+.2f}"
