"""models: which separation models there are, which are here, and how they get here."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stembridge.cli.output import json_option, print_json, shown_progress
from stembridge.cli.work import config_option

if TYPE_CHECKING:
    from stembridge.separators.models import ModelStore


@click.group()
@config_option
@click.pass_context
def models(context: click.Context, config: Path | None) -> None:
    """List, fetch, import, verify and remove separation models."""
    from stembridge.config import load_config
    from stembridge.separators.models import ModelStore

    context.obj = ModelStore(load_config(config).models)


@models.command("list")
@json_option
@click.pass_obj
def list_models(store: "ModelStore", as_json: bool) -> None:
    """List the models, and say which of them are on this machine."""
    listed = store.listed()
    if as_json:
        print_json(
            [
                {
                    "name": each.name,
                    "here": each.here,
                    "stems": each.stems,
                    "megabytes": each.megabytes,
                    "about": each.about,
                }
                for each in listed
            ]
        )
        return
    for each in listed:
        size = f"{each.megabytes} MB" if each.megabytes else ""
        click.echo(f"{'*' if each.here else ' '} {each.name:24} {size:>7}  {each.about}")
    click.echo("(* on this machine)", err=True)


@models.command()
@click.argument("name")
@json_option
@click.pass_obj
def fetch(store: "ModelStore", name: str, as_json: bool) -> None:
    """Download a model; a download that was cut off goes on where it stopped."""
    with shown_progress(f"Fetching {name}") as progress:
        files = store.fetch(name, lambda done: progress("download", done))
    if as_json:
        print_json(
            {"name": name, "sha256": files.hash(), "files": [str(each) for each in files.files.values()]}
        )
    else:
        click.echo(f"{name} is here.")


@models.command("import")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--trust", is_flag=True, help="Load these .th files too: they can run code, and you know their source."
)
@json_option
@click.pass_obj
def import_models(store: "ModelStore", files: tuple[Path, ...], trust: bool, as_json: bool) -> None:
    """Copy model files into the store: .safetensors, .th, and the .yaml of a bag."""
    names = store.import_files(files, trust=trust)
    if as_json:
        print_json({"imported": names})
    else:
        click.echo(f"Imported {', '.join(names)}.")


@models.command()
@json_option
@click.pass_obj
def verify(store: "ModelStore", as_json: bool) -> None:
    """Hash every file and hold it against what was recorded when it came."""
    verdicts = store.verify()
    if as_json:
        print_json([{"file": each.name, "state": each.state} for each in verdicts])
    else:
        for each in verdicts:
            click.echo(f"{each.state:8} {each.name}")
    sys.exit(0 if all(each.state == "good" for each in verdicts) else 1)


@models.command()
@click.argument("name")
@json_option
@click.pass_obj
def remove(store: "ModelStore", name: str, as_json: bool) -> None:
    """Delete the files of a model that no other model here needs."""
    names = store.remove(name)
    if as_json:
        print_json({"removed": names})
    else:
        click.echo(f"Removed {', '.join(names) or 'nothing'}.")


@models.command()
@json_option
@click.pass_obj
def path(store: "ModelStore", as_json: bool) -> None:
    """Print the folder of the store."""
    if as_json:
        print_json({"path": str(store.folder)})
    else:
        click.echo(store.folder)
