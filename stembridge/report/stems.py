"""Stems: the files of a delivery as a script inserts them, from the delivery's manifest."""

from pathlib import Path
from typing import Any

from stembridge.errors import DeliveryError
from stembridge.session.manifest import read_manifest


def list_stems(manifest: Path) -> list[dict[str, Any]]:
    """Return name, path, role, colour, channels and rate of each output, in track order.

    A delivery that was moved or changed by hand since has none.
    """
    try:
        content = read_manifest(manifest)
    except (DeliveryError, OSError):
        return []
    colours = content["preset"]["session"]["colours"]
    return [
        {
            "name": output["stem"] or Path(output["path"]).stem,
            "path": str(manifest.parent / output["path"]),
            "role": output["role"],
            "colour": colours.get(output["stem"]) or colours.get(output["role"] or ""),
            "channels": output["channels"],
            "rate": output["rate"],
        }
        for output in content["outputs"]
    ]
