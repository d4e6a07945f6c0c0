"""Text files as people and programs leave them: UTF-8, UTF-16 with its mark, or Latin-1."""

import codecs
from pathlib import Path

MOST_BYTES = 4 * 1024 * 1024


def read_text(path: Path) -> str | None:
    """Read a text, its line ends as one newline each; None where it is binary or larger than 4 MiB.

    Raises:
        OSError: if it cannot be read.

    """
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        return None
    text = _decoded(data)
    return None if text is None or "\0" in text else text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(data: bytes) -> str | None:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")
