"""The figures of the training's stems; they are kept beside the stems until the program measures otherwise."""

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from corpus import PLAYED, soundfonts, treated_stems
from gm_player import RATE

from stembridge.stages import hearing
from stembridge.stages.hearing.features import measure
from stembridge.units import Hertz


@dataclass(frozen=True)
class Example:
    """One stem's label, the instrument that made it, the soundfont it is of (none for a formula), and its figures."""

    label: str
    instrument: str
    soundfont: str
    figures: dict[str, float]


def examples(cache: Path) -> Iterator[Example]:
    """Make every stem, treat it, and measure it; what there is too little of to hear is left out."""
    paths = treated_stems(cache)
    held = cache / f"figures-{_digest(paths[0].parent)}.json"
    if not held.exists():
        with ProcessPoolExecutor(max_workers=2) as pool:
            held.write_text(json.dumps(list(pool.map(_measured, paths, chunksize=20))), encoding="utf-8")
    of_takes = soundfonts()
    for path, figures in zip(paths, json.loads(held.read_text(encoding="utf-8")), strict=True):
        label, instrument, number = path.stem.split("~")
        soundfont = of_takes[int(number)] if instrument.startswith(PLAYED) else ""
        if figures:
            yield Example(label, instrument, soundfont, figures)


def _digest(stems: Path) -> str:
    sources = [Path(__file__), *sorted(Path(hearing.__file__).parent.glob("*.py"))]
    return hashlib.sha256(stems.name.encode() + b"".join(s.read_bytes() for s in sources)).hexdigest()[:12]


def _measured(path: Path) -> dict[str, float]:
    """Measure a stem in two stretches, as the program hears it."""
    block = (np.load(path) / np.float32(32_768))[:, None].astype(np.float32)
    half = len(block) // 2
    return measure([block[:half], block[half:]], Hertz(RATE))
