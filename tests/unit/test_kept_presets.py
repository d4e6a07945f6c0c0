import os

import pytest

from stembridge.errors import PresetError
from stembridge.kept_presets import KeptPresets
from stembridge.presets import PresetStore


def test_a_preset_is_read_again_when_it_or_what_it_extends_has_changed(tmp_path):
    (tmp_path / "base.yaml").write_text("description: Base\n")
    (tmp_path / "mine.yaml").write_text("extends: base\nname: one\n")
    kept = KeptPresets(PresetStore(tmp_path))
    first = kept.load("mine")
    assert kept.load("mine") is first
    (tmp_path / "base.yaml").write_text("description: Other\n")
    os.utime(tmp_path / "base.yaml", ns=(1, 1))
    assert kept.load("mine").description == "Other"


def test_a_preset_that_went_or_came_is_noticed(tmp_path):
    kept = KeptPresets(PresetStore(tmp_path))
    with pytest.raises(PresetError):
        kept.load("mine")
    (tmp_path / "mine.yaml").write_text("description: Mine\n")
    assert kept.load("mine").id == "mine"
    (tmp_path / "mine.yaml").unlink()
    with pytest.raises(PresetError):
        kept.load("mine")
