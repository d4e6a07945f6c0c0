"""REAPER's ``reaper-kb.ini``: the lines that make scripts into actions; pure.

``SCR <flags> <section> <command> "<title>" <path>`` registers a script, its path relative to ``Scripts`` and in quotes
where it has spaces. Shortcuts (``KEY``) and custom actions (``ACT``) of the user name the command, and are not touched.
"""

import re
from collections.abc import Iterable

from stembridge.reaper_install.actions import Action

MAIN_SECTION = "0"
_SCRIPT = re.compile(r'^SCR[ \t]+\S+[ \t]+(\S+)[ \t]+(\S+)[ \t]+("[^"]*"|\S+)[ \t]+("[^"]*"|\S+)[ \t]*$')


def register(text: str, actions: Iterable[Action]) -> str:
    """Return the file with every action in it. What is registered already, by whatever name, is left as it is."""
    known = {path for line in text.splitlines() if (path := _path(line)) is not None}
    missing = [_line(action) for action in actions if action.path.casefold() not in known]
    if not missing:
        return text
    end = "\r\n" if "\r\n" in text else "\n"
    if text and not text.endswith("\n"):
        text += end
    return text + end.join(missing) + end


def unregister(text: str, actions: Iterable[Action]) -> str:
    """Return the file without the actions; everything else stays byte for byte."""
    ours = {action.path.casefold() for action in actions}
    return "".join(line for line in text.splitlines(keepends=True) if _path(line.rstrip("\r\n")) not in ours)


def missing(text: str, actions: Iterable[Action]) -> tuple[Action, ...]:
    """Return the actions that are not registered."""
    known = {_path(line) for line in text.splitlines()}
    return tuple(action for action in actions if action.path.casefold() not in known)


def _path(line: str) -> str | None:
    """Return the script that a line registers in the main section, as paths are compared; None for other lines."""
    found = _SCRIPT.match(line)
    if found is None or found[1] != MAIN_SECTION:
        return None
    return found[4].strip('"').replace("\\", "/").casefold()


def _line(action: Action) -> str:
    return f'SCR 4 {MAIN_SECTION} {action.command} "{action.title}" "{action.path}"'
