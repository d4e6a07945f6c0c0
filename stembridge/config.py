"""``stembridge.yaml`` -> a frozen ``Config``: all mistakes at once, with line, key and "did you mean".

The file is looked for in this order: the path that is given; ``STEMBRIDGE_CONFIG`` in the environment;
``stembridge.yaml`` in the user's configuration folder. Without a file everything has its default.
``STEMBRIDGE_DATA`` in the environment overrides the ``data`` key, for portable installations and tests.
Relative paths belong beside the file, and so does ``presets/``, the folder of the user's own presets.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from stembridge.config_checks import find_mistakes, find_warnings
from stembridge.config_model import Config, HotFolder, Osc
from stembridge.errors import ConfigError
from stembridge.presets import PresetStore
from stembridge.yaml_file import Document, Mistake, Value, read_yaml, refuse
from stembridge.yaml_model import build_record

__all__ = ["Checked", "Config", "HotFolder", "Osc", "check_config", "find_config", "load_config"]

FILE_NAME = "stembridge.yaml"
CONFIG_VARIABLE = "STEMBRIDGE_CONFIG"
DATA_VARIABLE = "STEMBRIDGE_DATA"


@dataclass(frozen=True)
class Checked:
    """What was found in a configuration.

    Attributes:
        config: the configuration; None when there are mistakes.
        mistakes: what must be corrected.
        warnings: what may be meant, but should be looked at.

    """

    config: Config | None
    mistakes: tuple[Mistake, ...]
    warnings: tuple[Mistake, ...] = ()


def find_config(environ: Mapping[str, str] = os.environ) -> Path | None:
    """Return the configuration file that is used when none is given; None when there is none.

    Raises:
        ConfigError: if the environment names a file that is not there.

    """
    named = environ.get(CONFIG_VARIABLE)
    if not named:
        usual = platformdirs.user_config_path("stembridge", appauthor=False) / FILE_NAME
        return usual if usual.is_file() else None
    path = Path(named).expanduser().absolute()
    if not path.is_file():
        raise ConfigError(
            f"{CONFIG_VARIABLE} names a file that is not there.",
            path=path,
            hint=f"Make the file, or unset {CONFIG_VARIABLE}.",
        )
    return path


def load_config(
    path: Path | None = None,
    *,
    store: PresetStore | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Config:
    """Read the configuration.

    Args:
        path: the file; None to look for it.
        store: where presets are; None for the shipped ones and those the configuration names.
        environ: the environment.

    Raises:
        ConfigError: with all the mistakes, one a line.

    """
    checked = check_config(path, store=store, environ=environ)
    if checked.config is None:
        refuse(ConfigError, checked.mistakes[0].path, checked.mistakes)
    assert checked.config is not None
    return checked.config


def check_config(
    path: Path | None = None,
    *,
    store: PresetStore | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Checked:
    """Read the configuration and tell everything that was found, without raising for what is in the file."""
    file = path.absolute() if path else find_config(environ)
    usual = platformdirs.user_config_path("stembridge", appauthor=False) / FILE_NAME
    document = read_yaml(file) if file else Document(usual, {}, {})
    if document.mistakes and not document.data:
        return Checked(None, document.mistakes)
    values = _values(document, environ)
    config, mistakes = build_record(Config, document, values, {"base": document.path.parent})
    mistakes = (*document.mistakes, *mistakes, *find_mistakes(values, document, store))
    if config is None or mistakes:
        return Checked(None, mistakes)
    return Checked(config, (), find_warnings(config, document))


def _values(document: Document, environ: Mapping[str, str]) -> dict[str, Value]:
    """Lay what the file says over the default places, and the environment over both."""
    said = {key: value for key, value in document.data.items() if value is not None}
    places: dict[str, Value] = {
        "data": str(platformdirs.user_data_path("stembridge", appauthor=False)),
        "presets": str(document.path.parent / "presets"),
    }
    forced: dict[str, Value] = {}
    if environ.get(DATA_VARIABLE):
        forced["data"] = str(Path(environ[DATA_VARIABLE]).expanduser().absolute())
    return {**places, **said, **forced}
