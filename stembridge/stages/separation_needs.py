"""What a separation needs of the machine: told before it starts, and refused when it does not fit."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stembridge.audio.sound import Encoding, Sound
from stembridge.errors import DeliveryError, SeparationError
from stembridge.separators.library import Opened
from stembridge.stages.layout import channel_groups
from stembridge.stages.mixture import Mixture


@dataclass(frozen=True)
class Needs:
    """An estimate of what separating some files takes, one after the other.

    Attributes:
        memory_bytes: at the peak.
        free_bytes: the memory that there is; None where too little of it is no reason to refuse.
        seconds: of computing.
        disk_bytes: the most that lies in the destination at once, the delivery included.

    """

    memory_bytes: int
    free_bytes: int | None
    seconds: float
    disk_bytes: int


def needs_of(files: Sequence[tuple[Sound, Encoding]], mixture: Mixture, opened: Opened) -> Needs:
    """Estimate what it takes to separate some files.

    Args:
        files: what is separated, and how its outputs are stored.
        mixture: what the outputs are made of.
        opened: the model.

    """
    disk = sum(_bytes_on_disk(sound, mixture, encoding) for sound, encoding in files)
    if opened.estimate is None:
        return Needs(0, None, 0.0, disk)
    costs = [
        opened.estimate(sound.duration, mixture.needed)
        for sound, _ in files
        for _ in channel_groups(sound.format)
    ]
    most = max(costs, key=lambda cost: cost.memory_bytes)
    return Needs(most.memory_bytes, most.free_bytes, sum(cost.seconds for cost in costs), disk)


def refuse_what_does_not_fit(needs: Needs, destination: Path) -> None:
    """Refuse a separation that this machine cannot do now.

    Args:
        needs: what it takes.
        destination: a folder on the disk that it is written to.

    Raises:
        SeparationError: ``memory`` if there is too little memory.
        DeliveryError: ``disk-full`` if there is too little room.

    """
    if needs.free_bytes is not None and needs.memory_bytes > needs.free_bytes:
        raise SeparationError(
            f"The separation needs about {_gigabytes(needs.memory_bytes)} of memory and "
            f"{_gigabytes(needs.free_bytes)} are free.",
            hint="Close other programs, set fewer workers, or take a smaller model; the job tries again by itself.",
            code="memory",
            retryable=True,
        )
    free = shutil.disk_usage(destination).free
    if needs.disk_bytes > free:
        raise DeliveryError(
            f"The separation needs {_gigabytes(needs.disk_bytes)} on the destination's disk and "
            f"{_gigabytes(free)} are free.",
            path=destination,
            hint="Make room; the job tries again by itself.",
            code="disk-full",
            retryable=True,
        )


def _bytes_on_disk(sound: Sound, mixture: Mixture, encoding: Encoding) -> int:
    """Return the most bytes of one file: the model's answers as float, the outputs, and the delivery."""
    answers = 4 * len(mixture.needed)
    outputs = 2 * len(mixture.recipes) * encoding.bits // 8
    return sound.frames * sound.format.channels * (answers + outputs)


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
