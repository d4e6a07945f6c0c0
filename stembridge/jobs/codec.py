"""Requests, outcomes and failures as the JSON text that the database keeps."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from stembridge.jobs.outcome import Failure, Outcome
from stembridge.request import ChannelMode, Excerpt, Origin, Originals, Request


def request_to_json(request: Request) -> dict[str, Any]:
    """Return a request as plain JSON values; ``request_from_json`` reads it back equal."""
    return {
        "sources": [str(path) for path in request.sources],
        "preset": request.preset,
        "destination": str(request.destination),
        "name": request.name,
        "folder": request.folder,
        "root": _text(request.root),
        "home": _text(request.home),
        "originals": str(request.originals),
        "origin": str(request.origin),
        "id": request.id,
        "excerpt": asdict(request.excerpt) if request.excerpt else None,
        "stems": list(request.stems),
    }


def request_from_json(value: dict[str, Any]) -> Request:
    """Read a request that ``request_to_json`` wrote."""
    return Request(
        sources=tuple(Path(path) for path in value["sources"]),
        preset=value["preset"],
        destination=Path(value["destination"]),
        name=value["name"],
        folder=value["folder"],
        root=_path(value["root"]),
        home=_path(value["home"]),
        originals=Originals(value["originals"]),
        origin=Origin(value["origin"]),
        id=value["id"],
        excerpt=_excerpt(value.get("excerpt")),
        stems=tuple(value.get("stems", ())),
    )


def dump_request(request: Request) -> str:
    """Return a request as one line of JSON text."""
    return json.dumps(request_to_json(request))


def load_request(text: str) -> Request:
    """Read the text of ``dump_request``."""
    return request_from_json(json.loads(text))


def dump_outcome(outcome: Outcome | None) -> str | None:
    """Return an outcome as one line of JSON text."""
    if outcome is None:
        return None
    return json.dumps(
        {
            "outputs": [str(path) for path in outcome.outputs],
            "manifest": _text(outcome.manifest),
            "session": _text(outcome.session),
            "notes": outcome.notes,
        }
    )


def load_outcome(text: str | None) -> Outcome | None:
    """Read the text of ``dump_outcome``."""
    if text is None:
        return None
    value = json.loads(text)
    return Outcome(
        outputs=tuple(Path(path) for path in value["outputs"]),
        manifest=_path(value["manifest"]),
        session=_path(value["session"]),
        notes=value["notes"],
    )


def dump_failure(failure: Failure | None) -> str | None:
    """Return a failure as one line of JSON text."""
    return json.dumps(failure.to_json()) if failure else None


def load_failure(text: str | None) -> Failure | None:
    """Read the text of ``dump_failure``."""
    return Failure(**json.loads(text)) if text else None


def _excerpt(value: dict[str, Any] | None) -> Excerpt | None:
    return Excerpt(**value | {"channel_mode": ChannelMode(value["channel_mode"])}) if value else None


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)
