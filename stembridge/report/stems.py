"""Stems: the files of a delivery as a script inserts them, from the delivery's manifest."""

from pathlib import Path
from typing import Any

from stembridge.errors import DeliveryError
from stembridge.session.manifest import read_manifest
from stembridge.stages.vocabulary import Role


def list_stems(manifest: Path) -> list[dict[str, Any]]:
    """Return name, path, role, colour, channels and rate of each output, in track order.

    Also ``start``, its seconds after the earliest one, and ``muted``, whether it would double others: the mixdown of
    its own stems, and every edition but the first, as in the session beside them.

    A delivery that was moved or changed by hand since has none.
    """
    try:
        content = read_manifest(manifest)
    except (DeliveryError, OSError):
        return []
    colours = content["preset"]["session"]["colours"]
    outputs = content["outputs"]
    first = min((_seconds(output) for output in outputs), default=0.0)
    return [
        {
            "name": output["stem"] or Path(output["path"]).stem,
            "path": str(manifest.parent / output["path"]),
            "role": output["role"],
            "colour": colours.get(output["stem"]) or colours.get(output["role"] or ""),
            "channels": output["channels"],
            "rate": output["rate"],
            "start": _seconds(output) - first,
            "muted": content["separation"] is None and _doubles(output, outputs),
        }
        for output in outputs
    ]


def _seconds(output: dict[str, Any]) -> float:
    return float(output["position"] / output["rate"])


def _doubles(output: dict[str, Any], outputs: list[dict[str, Any]]) -> bool:
    own = [each for each in outputs if each["edition"] == output["edition"]]
    return output["edition"] != outputs[0]["edition"] or (output["role"] == Role.MIX and len(own) > 1)
