"""Logs: sentences for people on standard error, and the same with a date in a file that is kept small."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

MEGABYTE = 1_000_000


def log_to(folder: Path, *, level: str, name: str = "stembridge") -> None:
    """Log to standard error and to ``<folder>/<name>.log``.

    Args:
        folder: made when it is not there.
        level: the least level that is logged of stembridge's own sentences; of other libraries only warnings.
        name: the name of the file.

    """
    folder.mkdir(parents=True, exist_ok=True)
    file = RotatingFileHandler(folder / f"{name}.log", maxBytes=5 * MEGABYTE, backupCount=3, encoding="utf-8")
    file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    console = logging.StreamHandler()
    console.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    logging.basicConfig(level=logging.WARNING, handlers=[file, console], force=True)
    logging.getLogger("stembridge").setLevel(level.upper())
