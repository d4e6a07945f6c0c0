"""The bell: tells the daemon that a request lies in the spool, as soon as Python itself is there.

REAPER starts this for a click, so it imports next to nothing: pathlib, json and platformdirs together would take longer
than all the rest. Where the daemon listens is in its heartbeat; where that is, is in plain lines of the configuration.
Only when that quick look finds no living daemon, or one that asks for a token, the configuration is read properly.
"""
# ruff: noqa: PTH111, PTH118, PTH120, PTH123

import os
import re
import socket
import sys
import time

ADDRESS = "/stembridge/submit"
ALIVE_S = 15.0
USAGE = "Usage: stembridge notify [--config FILE] ID"
LOOPBACK = "127.0.0.1"
PLAIN_KEY = r"""^(data|spool):[ \t]+(['"]?)([^'"#\n]+?)\2[ \t]*(?:#.*)?$"""


def ring(arguments: list[str]) -> int:
    """Ring for one request, and return the exit code: 0 done, 1 no daemon, 2 wrong use."""
    *option, request = arguments or [""]
    if option[:-1] != ["--config"] * bool(option) or not re.fullmatch(r"[0-9a-f]{32}", request):
        return _fail(2, f"{USAGE}, where ID is the name of a request in the spool, 32 hex digits")
    config = option[-1] if option else ""
    host, words, port = LOOPBACK, [request], quick_port(config)
    if port is None:
        host, token, port = _proper_way(config)
        words = [token, *words] if token else words
    if port is None:
        return _fail(1, "error: The daemon is not running.\n  Start it with: stembridge run")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as bell:
        bell.sendto(message(ADDRESS, *words), (host, port))
    return 0


def message(address: str, *strings: str) -> bytes:
    """Write an OSC message whose arguments are all strings."""
    return b"".join(_padded(text) for text in (address, "," + "s" * len(strings), *strings))


def quick_port(config: str = "") -> int | None:
    """Return the port of a living daemon that asks for no token, where a quick look finds one.

    Args:
        config: the configuration file; empty for the one that is used when none is given.

    """
    named = config or os.environ.get("STEMBRIDGE_CONFIG")
    config = os.path.expanduser(named) if named else os.path.join(config_folder(), "stembridge.yaml")
    said = {key: value for key, _, value in re.findall(PLAIN_KEY, _read(config), re.MULTILINE)}
    data = os.environ.get("STEMBRIDGE_DATA") or said.get("data") or data_folder()
    spool = said.get("spool") or os.path.join(os.path.expanduser(data), "spool")
    beat = _read(os.path.join(os.path.dirname(config), os.path.expanduser(spool), "heartbeat.json"))
    found = dict(re.findall(r'"(port|time|token)": ([\w.]+)', beat))
    alive = time.time() - float(found.get("time", 0)) < ALIVE_S
    return int(found["port"]) if alive and "port" in found and found.get("token") != "true" else None


def data_folder() -> str:
    """Return the usual data folder: what platformdirs says, which a test compares."""
    if sys.platform == "win32":
        return os.path.join(os.environ.get("LOCALAPPDATA", ""), "stembridge")
    if sys.platform == "darwin":
        return os.path.expanduser("~/Library/Application Support/stembridge")
    return os.path.join(_xdg("XDG_DATA_HOME", "~/.local/share"), "stembridge")


def config_folder() -> str:
    """Return the usual configuration folder; see ``data_folder``."""
    if sys.platform in ("win32", "darwin"):
        return data_folder()
    return os.path.join(_xdg("XDG_CONFIG_HOME", "~/.config"), "stembridge")


def _xdg(variable: str, usual: str) -> str:
    return os.environ.get(variable, "").strip() or os.path.expanduser(usual)


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, ValueError):
        return ""


def _proper_way(named: str) -> tuple[str, str | None, int | None]:
    """Return the host, the token and the port of a living daemon, by the configuration."""
    from pathlib import Path

    from stembridge.config import load_config
    from stembridge.heartbeat import read_beat

    config = load_config(Path(named) if named else None)
    beat = read_beat(config.spool / "heartbeat.json", now=time.time())
    host = config.osc.host
    own = LOOPBACK if host in ("localhost", "0.0.0.0") else "::1" if host == "::" else host  # noqa: S104
    return own, config.osc.token, beat.port if beat else None


def _padded(text: str) -> bytes:
    data = text.encode()
    return data + b"\0" * (4 - len(data) % 4)


def _fail(code: int, words: str) -> int:
    sys.stderr.write(words + "\n")
    return code
