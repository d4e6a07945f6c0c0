"""Examining one sound, for the tests of single checks."""

from pathlib import Path, PurePosixPath

import numpy as np
import soundfile
from numpy.typing import NDArray

from stembridge.check_model import Check
from stembridge.stages.check import examine, identify_set
from stembridge.stages.finding import Finding
from stembridge.stages.probe import Source, probe

RATE = 48_000
SUBTYPES = {16: "PCM_16", 24: "PCM_24", 32: "FLOAT"}
Sound = NDArray[np.float32]


def examined(path: Path, **rules: object) -> dict[str, Finding]:
    """Examine a file by rules; lossy origins are looked for only when ``rules`` say so."""
    facts = probe(Source(path, PurePosixPath(path.name)))
    check = Check.model_validate({"lossy": "off", "true_peak": {"limit": None}, **rules})
    return {each.code: each for each in examine(facts, identify_set([facts])[0], check).findings}


def found(
    folder: Path, sound: Sound, *, rate: int = RATE, bits: int = 24, **rules: object
) -> dict[str, Finding]:
    """Write a sound of shape (frames,) or (frames, channels) and examine it."""
    path = folder / "Song_Keys.wav"
    soundfile.write(path, sound, rate, SUBTYPES[bits])
    return examined(path, **rules)


def tone(frequency: float, seconds: float = 2.0, *, level: float = 0.5, rate: int = RATE) -> Sound:
    """A sine, mono."""
    time = np.arange(round(seconds * rate)) / rate
    return (level * np.sin(2 * np.pi * frequency * time)).astype(np.float32)


def hiss(
    seconds: float = 2.0, *, level: float = 0.1, rate: int = RATE, seed: int = 0, channels: int = 2
) -> Sound:
    """White noise of a root mean square."""
    shape = (round(seconds * rate), channels)
    return (level * np.random.default_rng(seed).standard_normal(shape)).astype(np.float32)
