"""What a separation will take: memory and time, told before it starts."""

from collections.abc import Sequence
from dataclasses import dataclass

import psutil
from demucs.hdemucs import HDemucs
from demucs.htdemucs import HTDemucs

from stembridge.separators.demucs.loading import Member
from stembridge.separators.estimate import Estimate, free_memory
from stembridge.units import Seconds

BASE_BYTES = 500_000_000
"""Python, torch and the buffers of the loop."""

GPU_TIMES_FASTER = 30.0
"""A current GPU against one core of the CPU below: a guess on the slow side."""


@dataclass(frozen=True)
class _Kind:
    """What one kind of network takes for a second of sound, at its published size.

    Attributes:
        parameters: its published size; another size takes more or less in proportion.
        core_seconds: on one core.
        bytes: at the peak, for a second of the segment.

    """

    parameters: float
    core_seconds: float
    bytes: float


def _kind(member: Member) -> _Kind:
    """Return what was measured for a kind of network at its published size, on a shared Xeon with AVX-512."""
    if isinstance(member.module, HTDemucs):
        return _Kind(42e6, 0.6, 85e6)
    if isinstance(member.module, HDemucs):
        return _Kind(84e6, 0.5, 95e6)
    return _Kind(134e6, 0.55, 90e6)


def cost_of(
    members: Sequence[Member],
    seconds: Seconds,
    *,
    device: str,
    threads: int,
    overlap: float,
    repeats: int,
    batch: int,
) -> Estimate:
    """Estimate what separating ``seconds`` of sound with some members takes."""
    lanes = 1 if device != "cpu" else min(threads, most_lanes(members, batch))
    weights = sum(4 * _parameters(each) for each in members)
    memory = BASE_BYTES + weights + lanes * batch * max(map(_segment_bytes, members))
    speed = GPU_TIMES_FASTER if device != "cpu" else threads
    work = sum(_kind(each).core_seconds * _size(each) for each in members)
    took = repeats * work * seconds / (1 - overlap) / speed
    return Estimate(int(memory), took, free_memory() if device == "cpu" else None)


def most_lanes(members: Sequence[Member], batch: int) -> int:
    """Return how many segments may be computed side by side: they may take half of the machine's memory.

    The whole of it counts, not what is free, so that the same machine always does the same.
    """
    most = max(_segment_bytes(each) for each in members) * batch
    return max(1, int(psutil.virtual_memory().total / 2 // most))


def _parameters(member: Member) -> int:
    return sum(each.numel() for each in member.module.parameters())


def _size(member: Member) -> float:
    """Return how much is computed, of what the published network does; a tiny one takes more than its part."""
    return max(0.1, _parameters(member) / _kind(member).parameters)


def _segment_bytes(member: Member) -> float:
    """Return the most bytes for a segment: what goes through a network shrinks less than its weights do."""
    return 1.0 + _kind(member).bytes * float(member.module.segment) * min(1.0, max(0.5, _size(member)))
