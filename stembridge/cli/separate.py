"""separate: files into stems here and now, without the daemon."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stembridge.cli.output import json_option, print_error, print_json, shown_progress
from stembridge.cli.work import config_option, destination_in
from stembridge.errors import StembridgeError

if TYPE_CHECKING:
    from stembridge.pipeline import Bench
    from stembridge.presets import Preset, Separate
    from stembridge.stages.deliver import Delivered

FILES = click.Path(exists=True, dir_okay=False, path_type=Path, resolve_path=True)


@click.command()
@click.argument("files", nargs=-1, required=True, type=FILES)
@click.option(
    "--to", "destination", required=True, type=click.Path(path_type=Path), help="Where the stems go."
)
@click.option("--preset", "-p", default="four-stems", show_default=True, help="What is wanted.")
@click.option("--model", help="Another model than the preset's: see `stembridge models list`.")
@click.option("--stems", help="Other stems, with commas: `vocals, instrumental`, `all but bass`, ...")
@click.option("--device", type=click.Choice(["auto", "cuda", "mps", "cpu"]), help="Where the model runs.")
@click.option(
    "--model-folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with Demucs models of your own.",
)
@config_option
@json_option
def separate(
    files: tuple[Path, ...],
    destination: Path,
    preset: str,
    model: str | None,
    stems: str | None,
    device: str | None,
    model_folder: Path | None,
    config: Path | None,
    as_json: bool,
) -> None:
    """Separate files into stems. Each file is a delivery of its own; one that fails leaves the others alone."""
    from stembridge.config import load_config
    from stembridge.errors import PlanError
    from stembridge.workbench import make_bench

    settings = load_config(config)
    to = destination_in(destination, settings)
    wanted = settings.preset_store().load(preset)
    if wanted.separate is None:
        raise PlanError(
            f"The preset {preset} separates nothing.", hint="Choose one like four-stems.", code="preset"
        )
    wanted = wanted.model_copy(update={"separate": _changed(wanted.separate, model, stems, device)})
    bench = make_bench(settings, workers=1, model_folder=model_folder)
    results, failed = [], False
    for file in files:
        try:
            results.append(_separate_one(file, wanted, bench, to))
        except StembridgeError as error:
            print_error(error)
            failed = True
    _print(results, as_json=as_json)
    sys.exit(1 if failed else 0)


def _changed(separate: "Separate", model: str | None, stems: str | None, device: str | None) -> "Separate":
    from stembridge.presets import Separate

    changes: dict[str, Any] = {}
    if model is not None:
        changes["model"] = model
    if stems is not None:
        changes["stems"] = tuple(stem.strip() for stem in stems.split(","))
    if device is not None:
        changes["device"] = device
    return Separate.model_validate(separate.model_dump() | changes)


def _separate_one(file: Path, preset: "Preset", bench: "Bench", destination: Path) -> dict[str, Any]:
    from stembridge.intake.identity import content_key
    from stembridge.pipeline import clear, perform
    from stembridge.request import Request

    request = Request((file,), preset.id, destination, file.stem)
    job = content_key(request, preset.digest())[:16]
    _tell_cost(file, preset, bench)
    start = time.perf_counter()
    try:
        with shown_progress(file.stem) as progress:
            made = perform(request, preset, bench, job=job, progress=progress)
    finally:
        clear(request, job=job)
    return _result(made, time.perf_counter() - start)


def _tell_cost(file: Path, preset: "Preset", bench: "Bench") -> None:
    from stembridge.audio.files import open_sound
    from stembridge.stages.formats import output_format
    from stembridge.stages.mixture import make_mixture
    from stembridge.stages.recipe import read_recipes
    from stembridge.stages.separation_needs import needs_of

    sound, wanted = open_sound(file), preset.separate
    assert wanted is not None
    opened = bench.models.open(wanted)
    mixture = make_mixture(read_recipes(wanted), opened.separator.stems, wanted.residual)
    needs = needs_of([(sound, output_format(sound, preset.format).encoding)], mixture, opened)
    click.echo(
        f"{file.name}: {sound.duration:.0f} s of audio; about {needs.seconds:.0f} s of work, "
        f"{needs.memory_bytes / 1e9:.1f} GB of memory and {needs.disk_bytes / 1e9:.1f} GB of disk.",
        err=True,
    )


def _result(made: "Delivered", seconds: float) -> dict[str, Any]:
    from stembridge.session.manifest import read_manifest

    manifest = read_manifest(made.manifest)
    separation = manifest["separation"]
    return {
        "stems": {output["stem"]: str(made.folder / output["path"]) for output in manifest["outputs"]},
        "null_dbfs": separation["null_dbfs"],
        "null_exact": separation["null_exact"],
        "model": separation["model"],
        "device": separation["device"],
        "seconds": round(seconds, 3),
        "cached": any(finding["code"] == "from-cache" for finding in manifest["findings"]),
        "manifest": str(made.manifest),
    }


def _print(results: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print_json(results[0] if len(results) == 1 else results)
        return
    for result in results:
        for name, path in result["stems"].items():
            click.echo(f"{name:14} {path}")
        depth = "bit for bit" if result["null_exact"] else f"{result['null_dbfs']} dBFS left"
        whole = f", sum: {depth}" if result["null_exact"] or result["null_dbfs"] is not None else ""
        click.echo(f"{result['model']} on {result['device']}, {result['seconds']:.1f} s{whole}")
