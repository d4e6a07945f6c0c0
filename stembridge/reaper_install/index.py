"""The index that ReaPack reads, from the headers of the scripts; pure but for reading them.

The format is ReaPack's own: ``index > category > reapack > version > source``.
"""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from stembridge.errors import ConfigError
from stembridge.reaper_install.actions import FOLDER

REPOSITORY = "Stembridge"
_TAG = re.compile(r"^--\s*@(\w+)\s*(.*)$")
_MORE = re.compile(r"^--\s{2,}(.*)$")


@dataclass(frozen=True)
class Header:
    """The tags of a script's first comment; a tag over several lines keeps its lines."""

    tags: dict[str, list[str]]

    def line(self, tag: str) -> str:
        """Return a tag of one line, or nothing."""
        return next(iter(self.tags.get(tag, [])), "")


def make_index(scripts: Path, *, url: str, time: datetime) -> str:
    """Write the index of a folder of scripts.

    Args:
        scripts: the folder.
        url: where its files can be downloaded from, the folder itself.
        time: when this version was published.

    Raises:
        ConfigError: if no script has a header that says what the package provides.

    """
    root = ET.Element("index", version="1", name=REPOSITORY)
    category = ET.SubElement(root, "category", name=FOLDER)
    for path in sorted(scripts.glob("*.lua")):
        header = read_header(path.read_text(encoding="utf-8"))
        if "provides" in header.tags:
            _add_package(category, path, header, url.rstrip("/"), time)
    if not len(category):
        raise ConfigError("No script says what it provides.", path=scripts, hint="Install stembridge again.")
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def read_header(text: str) -> Header:
    """Read the tags of a script."""
    tags: dict[str, list[str]] = {}
    current: list[str] = []
    for line in text.splitlines():
        if found := _TAG.match(line):
            current = tags.setdefault(found[1].lower(), [])
            current += [found[2]] if found[2] else []
        elif found := _MORE.match(line):
            current.append(found[1])
        else:
            break
    return Header(tags)


def _add_package(category: ET.Element, path: Path, header: Header, url: str, time: datetime) -> None:
    package = ET.SubElement(
        category, "reapack", name=path.name, type="script", desc=header.line("description")
    )
    version = ET.SubElement(
        package,
        "version",
        name=header.line("version"),
        author=header.line("author"),
        time=time.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    ET.SubElement(version, "changelog").text = "\n".join(header.tags.get("changelog", []))
    for provided in header.tags["provides"]:
        _add_sources(version, path, provided, url)


def _add_sources(version: ET.Element, path: Path, provided: str, url: str) -> None:
    found = re.fullmatch(r"(?:\[(main|nomain)\]\s*)?(.+)", provided)
    assert found is not None
    names = [path] if found[2] == "." else sorted(path.parent.glob(found[2]))
    if not names:
        raise ConfigError(f"The header provides {found[2]}, which is not there.", path=path)
    for name in names:
        relative = name.relative_to(path.parent).as_posix()
        attributes = {"main": "main"} if found[1] == "main" else {}
        attributes |= {} if name == path else {"file": relative}
        ET.SubElement(version, "source", attributes).text = f"{url}/{quote(relative)}"
