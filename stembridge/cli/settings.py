"""presets and config: show and check what was written by hand."""

from pathlib import Path

import click

from stembridge.cli.output import json_option, print_error, print_json
from stembridge.cli.work import config_option
from stembridge.errors import PresetError


@click.group(invoke_without_command=True)
@config_option
@json_option
@click.pass_context
def presets(context: click.Context, config: Path | None, as_json: bool) -> None:
    """List presets, or show or check one."""
    from stembridge.config import load_config

    context.obj = store = load_config(config).preset_store()
    if context.invoked_subcommand is not None:
        return
    listed = []
    for name in store.names():
        try:
            listed.append((name, store.load(name).description))
        except PresetError as error:  # one that is being written hides none of the others
            print_error(error)
    if as_json:
        print_json([{"name": name, "description": text} for name, text in listed])
        return
    for name, text in listed:
        click.echo(f"{name:18}  {text}")


@presets.command("show")
@click.argument("name")
@json_option
@click.pass_context
def show_preset(context: click.Context, name: str, as_json: bool) -> None:
    """Show a preset with everything it extends merged in."""
    import yaml

    values = context.obj.load(name).to_json()
    if as_json:
        print_json(values)
    else:
        click.echo(yaml.safe_dump(values, sort_keys=False, allow_unicode=True), nl=False)


@presets.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@click.pass_context
def check_preset(context: click.Context, file: Path, as_json: bool) -> None:
    """Check a preset file; every mistake is shown with its line."""
    preset = context.obj.check(file)
    if as_json:
        print_json(preset.to_json())
    else:
        click.echo(f"{file}: good. {preset.description}")


@click.group()
def config() -> None:
    """Show and check the configuration."""


@config.command("show")
@config_option
@json_option
def show_config(config: Path | None, as_json: bool) -> None:
    """Show the configuration in force, defaults included."""
    import yaml

    from stembridge.config import load_config

    values = load_config(config).to_json()
    if as_json:
        print_json(values)
    else:
        click.echo(yaml.safe_dump(values, sort_keys=False, allow_unicode=True), nl=False)


@config.command("check")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def check_config(file: Path | None, as_json: bool) -> None:
    """Check a configuration file; every mistake is shown with its line."""
    from stembridge.config import check_config as look
    from stembridge.config import find_config, load_config
    from stembridge.diagnosis import database_trouble

    settings = load_config(file)
    warnings = [*map(str, look(file).warnings), database_trouble(settings)]
    for warning in filter(None, warnings):
        click.secho(f"warning: {warning}", fg="yellow", err=True)
    if as_json:
        print_json(settings.to_json())
    else:
        click.echo(f"{file or find_config() or 'No file; the defaults'}: good.")
