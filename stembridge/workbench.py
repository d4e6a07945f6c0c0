"""The workbench: what the work is done with, as the configuration has it."""

from pathlib import Path

from stembridge.config import Config
from stembridge.parallel import default_threads
from stembridge.pipeline import Bench
from stembridge.separators.library import Library
from stembridge.separators.models import ModelStore
from stembridge.stages.separation_cache import SeparationCache


def make_bench(config: Config, *, workers: int | None = None, model_folder: Path | None = None) -> Bench:
    """Set up what the work is done with.

    Args:
        config: the configuration.
        workers: how many share this machine; None for what the configuration says.
        model_folder: a folder with models of the user's own, used in place of the model store.

    """
    threads = default_threads(config.workers if workers is None else workers)
    return Bench(
        models=Library(
            ModelStore(config.models), own_folder=model_folder, device=config.device, threads=threads
        ),
        cache=SeparationCache(config.data / "separations"),
        threads=threads,
    )
