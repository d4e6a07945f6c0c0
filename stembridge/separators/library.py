"""The library of separators: a model is found by name, loaded once, and stays warm for the next job.

torch is imported when a model needs it, never before, and never for the built-in separator, which needs SciPy.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from stembridge.presets import Separate
from stembridge.separators.estimate import Estimate
from stembridge.separators.models import ModelStore
from stembridge.separators.separator import Separator
from stembridge.units import Seconds

BUILT_IN = "spectral"
WARM_MODELS = 2
SHIFT_SEED = 0
"""What random shifts are drawn from; it stands in the manifest."""


@dataclass(frozen=True)
class Opened:
    """A separator that is ready, and what a manifest says about it.

    Attributes:
        separator: the model.
        model_hash: SHA-256 of its files; None for the built-in one.
        device: what it runs on.
        seed: the seed of random shifts; None when there are none.
        estimate: tells what so many seconds of sound, and the stems that are wanted of it, will take; None
            when that is next to nothing.

    """

    separator: Separator
    model_hash: str | None
    device: str
    seed: int | None = None
    estimate: Callable[[Seconds, Sequence[str]], Estimate] | None = None


class Models(Protocol):
    """Whoever can open a separator for what a preset wants."""

    def open(self, wanted: Separate) -> Opened:
        """Return the separator, ready to be used.

        Raises:
            NotReadyError: if its model is not on this machine.
            SeparationError: if it cannot be used, or its device is not there.

        """


class Library:
    """Opens separators, and keeps the last ones warm."""

    def __init__(
        self,
        store: ModelStore,
        *,
        own_folder: Path | None = None,
        device: str = "auto",
        threads: int | None = None,
    ) -> None:
        """Prepare; nothing is loaded yet.

        Args:
            store: where the models of Demucs are kept.
            own_folder: a folder with models of the user's own, used in place of the store.
            device: where models run when a preset leaves it open.
            threads: CPU threads that a separation may use; None for all.

        """
        self._store = store
        self._own_folder = own_folder
        self._device = device
        self._threads = threads
        self._warm: OrderedDict[str, Opened] = OrderedDict()

    def open(self, wanted: Separate) -> Opened:
        """Return the separator, ready to be used; see ``Models.open``."""
        if wanted.model == BUILT_IN:
            from stembridge.separators.spectral import Spectral

            built_in = Spectral()
            return Opened(built_in, None, "cpu", estimate=built_in.cost)
        if wanted.device == "auto" and self._device != "auto":
            wanted = wanted.model_copy(update={"device": self._device})
        key = wanted.model_copy(update={"stems": (), "residual": "", "channels": "split"}).model_dump_json()
        opened = self._warm.pop(key, None) or self._load(wanted)
        self._warm[key] = opened
        return opened

    def _load(self, wanted: Separate) -> Opened:
        files = self._store.find(wanted.model, self._own_folder)
        from stembridge.separators.demucs import DemucsSeparator, load_model

        while len(self._warm) >= WARM_MODELS:
            self._warm.popitem(last=False)
        separator = DemucsSeparator(
            load_model(files),
            device=wanted.device,
            overlap=wanted.overlap,
            shifts=wanted.shifts,
            seed=SHIFT_SEED,
            threads=self._threads,
        )
        seed = SHIFT_SEED if wanted.shifts else None
        return Opened(separator, separator.model.sha256, separator.device, seed, separator.cost)
