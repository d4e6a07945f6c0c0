"""The bell: tells the daemon that a request lies in the spool, as soon as Python itself is there.

REAPER starts this for a click, so it imports neither click nor the protocol nor the configuration. Where the daemon
listens is in its heartbeat; where that is, is in plain lines of the configuration. Only when that quick look finds no
living daemon, or one that asks for a token, the configuration is read properly.
"""

import json
import os
import re
import socket
import sys
import time
from pathlib import Path
from typing import Any

import platformdirs

ADDRESS = "/stembridge/submit"
ALIVE_S = 15.0
LOOPBACK = "127.0.0.1"
PLAIN_KEY = re.compile(r"""^(data|spool):[ \t]+(['"]?)([^'"#\n]+?)\2[ \t]*(?:#.*)?$""", re.MULTILINE)

Beat = dict[str, Any]


def ring(arguments: list[str]) -> int:
    """Ring for one request, and return the exit code: 0 done, 1 no daemon, 2 wrong use."""
    if len(arguments) != 1 or not re.fullmatch(r"[0-9a-f]{32}", arguments[0]):
        return _fail(2, "Usage: stembridge notify ID (the name of a request in the spool: 32 hex digits)")
    host, words, beat = LOOPBACK, [arguments[0]], quick_beat()
    if beat is None or beat.get("token"):
        host, token, beat = _proper_beat()
        words = [token, *words] if token else words
    if beat is None:
        return _fail(1, "error: The daemon is not running.\n  Start it with: stembridge run")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as bell:
        bell.sendto(message(ADDRESS, *words), (host, beat["port"]))
    return 0


def message(address: str, *strings: str) -> bytes:
    """Write an OSC message whose arguments are all strings."""
    return b"".join(_padded(text) for text in (address, "," + "s" * len(strings), *strings))


def quick_beat() -> Beat | None:
    """Return the daemon's last sign of life, found without reading the configuration as YAML; None if not so found."""
    named = os.environ.get("STEMBRIDGE_CONFIG")
    usual = platformdirs.user_config_path("stembridge", appauthor=False) / "stembridge.yaml"
    config = Path(named).expanduser() if named else usual
    said = _plain_keys(config)
    data = os.environ.get("STEMBRIDGE_DATA") or said.get("data")
    home = _beside(config, data) if data else platformdirs.user_data_path("stembridge", appauthor=False)
    spool = _beside(config, said["spool"]) if "spool" in said else home / "spool"
    return _living(spool / "heartbeat.json")


def _plain_keys(config: Path) -> dict[str, str]:
    """Find keys where they are written plainly. A wrong guess finds no heartbeat, and does no harm."""
    try:
        text = config.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return {}
    return {key: value for key, _, value in PLAIN_KEY.findall(text)}


def _beside(config: Path, text: str) -> Path:
    return config.parent / Path(text).expanduser()


def _living(path: Path) -> Beat | None:
    try:
        beat: Beat = json.loads(path.read_text(encoding="utf-8"))
        return beat if time.time() - beat["time"] < ALIVE_S else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _proper_beat() -> tuple[str, str | None, Beat | None]:
    """Return the host and token that the configuration has, and the daemon's sign of life."""
    from stembridge.config import load_config

    config = load_config()
    host = config.osc.host
    own = LOOPBACK if host in ("localhost", "0.0.0.0") else "::1" if host == "::" else host  # noqa: S104
    return own, config.osc.token, _living(config.spool / "heartbeat.json")


def _padded(text: str) -> bytes:
    data = text.encode()
    return data + b"\0" * (4 - len(data) % 4)


def _fail(code: int, words: str) -> int:
    sys.stderr.write(words + "\n")
    return code
