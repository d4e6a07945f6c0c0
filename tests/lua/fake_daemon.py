"""The daemon's side of the spool, played by a test: takes requests, cuts the item, writes stems and status."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

SHARES = {"Vocals": 0.5, "Drums": 0.3, "Bass": 0.2}
COLOURS = {"Vocals": "#e0b040", "Drums": "#4060e0", "Bass": "#40c080"}


class FakeDaemon:
    """Plays the contract of the spool; its stems are fixed shares of the item and so sum to it."""

    def __init__(self, spool: Path, now: float = 1_700_000_000.0) -> None:
        self.spool = spool
        self.now = now
        self.beat()

    def beat(self, age: float = 0.0) -> None:
        """Give a sign of life, of some age in seconds."""
        self._write("heartbeat", {"version": "0.1.0", "pid": 1, "time": self.now - age, "port": 9137})

    def requests(self) -> list[dict[str, Any]]:
        """Return the requests in the spool, oldest first."""
        files = sorted((self.spool / "requests").glob("*.json"), key=os.path.getmtime)
        return [json.loads(file.read_text(encoding="utf-8")) for file in files]

    def commands(self) -> list[dict[str, Any]]:
        """Return the commands in the spool."""
        files = (self.spool / "commands").glob("*.json")
        return [json.loads(file.read_text(encoding="utf-8")) for file in files]

    def status(self, request: dict[str, Any], state: str, **values: Any) -> dict[str, Any]:
        """Write a status."""
        status = {
            "version": 1,
            "id": request["id"],
            "job": f"job-{request['id'][:8]}",
            "state": state,
            "percent": 0,
            "stage": "",
            "message": "",
            "hint": "",
            "code": "",
            "manifest": None,
            "log": None,
            "eta_s": None,
            **values,
        }
        self._write(f"status/{request['id']}", status)
        return status

    def finish(self, request: dict[str, Any], **values: Any) -> dict[str, Any]:
        """Cut, split and deliver what a request asks for."""
        audio, rate, before, after = cut(request)
        folder = Path(request["project"]["record_path"]) / "Stembridge" / request["id"][:8]
        folder.mkdir(parents=True, exist_ok=True)
        stems = []
        for name, share in SHARES.items():
            path = folder / f"{name}.wav"
            soundfile.write(path, share * audio, rate, subtype="FLOAT")
            stem = {"name": name, "path": str(path), "role": name.lower(), "colour": COLOURS[name]}
            stems.append({**stem, "channels": audio.shape[1], "rate": rate})
        done = {
            "percent": 100,
            "manifest": str(folder / "manifest.json"),
            "stems": stems,
            "handles": {"before": before, "after": after},
            "length": len(audio) / rate,
            "play_rate": request["item"]["play_rate"],
        }
        return self.status(request, "done", **{**done, **values})

    def list_jobs(self, *jobs: dict[str, Any]) -> None:
        """Write the list for the window."""
        self._write("jobs", {"version": 1, "jobs": list(jobs)})

    def list_presets(self, *presets: dict[str, Any]) -> None:
        """Write what can be chosen."""
        self._write("presets", {"version": 1, "presets": list(presets)})

    def _write(self, name: str, body: dict[str, Any]) -> None:
        path = self.spool / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(body), encoding="utf-8")
        part.replace(path)


def shown_source(request: dict[str, Any]) -> tuple[np.ndarray, int]:
    """Return what a source shows through its section, and its rate."""
    source = request["source"]
    audio, rate = soundfile.read(source["path"], always_2d=True)
    section = source["section"]
    if section is not None:
        start = round(section["offset"] * rate)
        audio = audio[start : start + round(section["length"] * rate)]
        audio = audio[::-1] if section["reversed"] else audio
    return audio, rate


def cut(request: dict[str, Any]) -> tuple[np.ndarray, int, float, float]:
    """Return the samples of an item with handles, their rate, and the handles' real lengths in seconds."""
    audio, rate = shown_source(request)
    item, handles = request["item"], request["handles"]
    start = item["start_offset"]
    stop = start + item["length"] * item["play_rate"]
    first = max(0, int(np.floor((start - handles) * rate)))
    last = min(len(audio), int(np.ceil((stop + handles) * rate)))
    return audio[first:last], rate, start - first / rate, last / rate - stop
