"""The contract of a separation model: blocks of a mix in, blocks of its stems out."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from stembridge.audio.sound import Block
from stembridge.units import Hertz, Samples


class Separator(Protocol):
    """Separates a mix into stems, as it streams by.

    What every separator promises: the blocks come in order, float32 with shape ``(n, channels)`` for any n;
    every stem has exactly ``frames`` frames and finite values; only the wanted stems are in the mappings;
    the memory does not grow with the length; the same input gives the same samples, whatever the sizes of
    the blocks it came in. At which rate and in which layout the model works is its own business.

    Attributes:
        name: what presets, logs and manifests call it.
        stems: the names of the stems it can make, in the order of the mappings.
        rough: true when the result is a preview, and has to be called one wherever it is shown.

    """

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def stems(self) -> tuple[str, ...]: ...  # noqa: D102

    @property
    def rough(self) -> bool: ...  # noqa: D102

    def separate(
        self,
        blocks: Iterable[Block],
        rate: Hertz,
        *,
        channels: int,
        frames: Samples,
        stems: Sequence[str],
        progress: Callable[[float], None],
    ) -> Iterator[Mapping[str, Block]]:
        """Separate a mix of one or two channels.

        Args:
            blocks: the mix, ``frames`` frames in all, finite, full scale at 1.0. It may be iterated more than once, and
                has to give the same each time: a list, or an object that reads the file again, not a generator.
            rate: frames a second of the blocks and of the stems.
            channels: 1 or 2.
            frames: the length of the mix.
            stems: the wanted ones, a part of ``self.stems``.
            progress: told how much is done (0 to 1); what it raises ends the work.

        Yields:
            One block of each wanted stem, all of the same length.

        Raises:
            SeparationError: if the mix or the wish is not what was agreed.

        """
        ...
