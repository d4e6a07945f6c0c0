"""Where the files that travel with the package are, in a wheel and in an editable install."""

from pathlib import Path
from typing import Literal

from stembridge.errors import ConfigError

_PACKAGE = Path(__file__).resolve().parent


def data_folder(kind: Literal["presets", "reaper_scripts"]) -> Path:
    """Return the folder of the shipped presets or REAPER scripts.

    A wheel carries them inside the package; in a source tree they lie beside it.

    Raises:
        ConfigError: if the installation lacks them.

    """
    packed, beside = _PACKAGE / "_data" / kind, _PACKAGE.parent / kind
    if packed.is_dir():
        return packed
    if beside.is_dir() and (_PACKAGE.parent / "pyproject.toml").is_file():
        return beside
    raise ConfigError(
        f"The installation of stembridge lacks its {kind}.", path=packed, hint="Install stembridge again."
    )
