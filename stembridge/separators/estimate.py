"""What a separation will take, told before it starts."""

from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Estimate:
    """An estimate, within a factor of two on machines like those measured.

    Attributes:
        memory_bytes: at the peak, of the whole process and of the device together.
        seconds: of computing.
        free_bytes: the memory that there is for it; None where running out of it is caught, as on a GPU.

    """

    memory_bytes: int
    seconds: float
    free_bytes: int | None = None


def free_memory() -> int:
    """Return the bytes that this process may have in all: what is free, and what it has already."""
    return int(psutil.virtual_memory().available + psutil.Process().memory_info().rss)
