import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import pytest

import stembridge.data
from stembridge.errors import ConfigError


def installed_in(folder: Path) -> ModuleType:
    """Load the module as if the package were installed in ``folder``."""
    package = folder / "stembridge"
    package.mkdir()
    copy = shutil.copy(stembridge.data.__file__, package)
    spec = importlib.util.spec_from_file_location("installed_data", copy)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_wheel_carries_its_files_inside_the_package(tmp_path: Path) -> None:
    data = installed_in(tmp_path)
    inside = tmp_path / "stembridge" / "_data" / "presets"
    inside.mkdir(parents=True)
    assert data.data_folder("presets") == inside.resolve()


def test_a_source_tree_has_its_files_beside_the_package(tmp_path: Path) -> None:
    data = installed_in(tmp_path)
    (tmp_path / "presets").mkdir()
    (tmp_path / "pyproject.toml").touch()
    assert data.data_folder("presets") == (tmp_path / "presets").resolve()


def test_a_stray_folder_beside_an_installed_package_is_not_taken(tmp_path: Path) -> None:
    data = installed_in(tmp_path)
    (tmp_path / "presets").mkdir()
    with pytest.raises(ConfigError, match="lacks its presets"):
        data.data_folder("presets")
