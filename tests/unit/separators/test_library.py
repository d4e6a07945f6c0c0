"""The library of separators: found by name, loaded once, warm for the next job."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from demucs_models import FOUR, save_safetensors, small_demucs

from stembridge.errors import NotReadyError, SeparationError
from stembridge.presets import Separate
from stembridge.separators.library import Library, Opened
from stembridge.separators.models import ModelStore
from stembridge.units import Seconds


@pytest.fixture
def library(tmp_path: Path) -> Library:
    for seed, name in enumerate(("one", "two", "three")):
        save_safetensors(small_demucs(seed=seed), tmp_path, name)
    return Library(ModelStore(tmp_path / "store"), own_folder=tmp_path, device="cpu")


def opened(library: Library, model: str, **other: Any) -> Opened:
    return library.open(Separate.model_validate({"model": model, "stems": tuple(FOUR)} | other))


def test_a_model_is_loaded_once_whatever_is_wanted_of_it(library: Library) -> None:
    first = opened(library, "one")
    assert opened(library, "one", stems=("vocals",), residual="own", channels="refuse") is first


def test_other_parameters_are_another_separator(library: Library) -> None:
    assert opened(library, "one", overlap=0.1) is not opened(library, "one")
    assert (opened(library, "one").seed, opened(library, "one", shifts=1).seed) == (None, 0)


def test_a_separation_takes_no_more_threads_than_it_is_given(library: Library, tmp_path: Path) -> None:
    given = (
        Library(ModelStore(tmp_path), own_folder=tmp_path, device="cpu", threads=each) for each in (1, 4)
    )
    estimates = [estimate(Seconds(600.0), ()) for each in given if (estimate := opened(each, "one").estimate)]
    assert estimates[0].seconds == pytest.approx(4 * estimates[1].seconds)


def test_the_model_that_was_used_longest_ago_goes_first(library: Library) -> None:
    one, two = opened(library, "one"), opened(library, "two")
    opened(library, "one")
    opened(library, "three")
    assert opened(library, "one") is one
    assert opened(library, "two") is not two


def test_a_device_that_the_preset_leaves_open_is_the_configured_one(library: Library, tmp_path: Path) -> None:
    assert opened(library, "one").device == "cpu"
    other = Library(ModelStore(tmp_path / "store"), own_folder=tmp_path, device="cuda:99")
    with pytest.raises(SeparationError, match="torch does not find it"):
        opened(other, "one")


def test_no_other_model_stands_in_for_a_missing_one(tmp_path: Path) -> None:
    with pytest.raises(NotReadyError, match="htdemucs is not on this machine"):
        opened(Library(ModelStore(tmp_path)), "htdemucs")


def test_the_built_in_separator_needs_no_torch() -> None:
    code = (
        "import sys; from pathlib import Path; from stembridge.presets import Separate; "
        "from stembridge.separators.library import Library; from stembridge.separators.models import ModelStore; "
        "opened = Library(ModelStore(Path('x'))).open(Separate(model='spectral', stems=('vocals',))); "
        "assert opened.separator.rough and 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
