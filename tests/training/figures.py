"""The figures of the training's stems, each played as it is and once more a little faster or slower.

Another speed moves pitch and timbre together, as a smaller or larger instrument does; it is what other samples of the
same instruments are like. Figures are kept beside the stems until the program measures otherwise.
"""

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from corpus import treated_stems
from gm_player import RATE

from stembridge.stages import hearing
from stembridge.stages.hearing.features import measure
from stembridge.units import Hertz

ONE_SPEED = frozenset({"fx", "foley", "ambience", "mix"})
LEAST_CHANGE, MOST_CHANGE = 0.06, 0.16


@dataclass(frozen=True)
class Example:
    """One stem's label, the instrument that made it, and its figures."""

    label: str
    instrument: str
    figures: dict[str, float]


def examples(cache: Path) -> Iterator[Example]:
    """Make every stem, treat it, and measure it at both speeds; what there is too little of to hear is left out."""
    paths = treated_stems(cache)
    held = cache / f"figures-{_digest(paths[0].parent)}.json"
    if not held.exists():
        with ProcessPoolExecutor(max_workers=2) as pool:
            held.write_text(json.dumps(list(pool.map(_measured, paths, chunksize=20))), encoding="utf-8")
    for path, measured in zip(paths, json.loads(held.read_text(encoding="utf-8")), strict=True):
        label, instrument, _ = path.stem.split("~")
        yield from (Example(label, instrument, figures) for figures in measured if figures)


def _digest(stems: Path) -> str:
    sources = [Path(__file__), *sorted(Path(hearing.__file__).parent.glob("*.py"))]
    return hashlib.sha256(stems.name.encode() + b"".join(s.read_bytes() for s in sources)).hexdigest()[:12]


def _measured(path: Path) -> list[dict[str, float]]:
    """Measure a stem in two stretches, as the program hears it; another speed is another rate."""
    block = (np.load(path) / np.float32(32_768))[:, None].astype(np.float32)
    half = len(block) // 2
    speeds = [1.0] if path.name.split("~")[0] in ONE_SPEED else [1.0, _speed(path.name)]
    return [measure([block[:half], block[half:]], Hertz(RATE * s)) for s in speeds]


def _speed(name: str) -> float:
    change = 1 + np.random.default_rng([7, *name.encode()]).uniform(LEAST_CHANGE, MOST_CHANGE)
    return float(change if sum(name.encode()) % 2 else 1 / change)
