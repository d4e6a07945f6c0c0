"""presets and config, as a person types them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from stembridge.cli.group import commands


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "presets").mkdir()
    (tmp_path / "stembridge.yaml").write_text(f"data: {tmp_path / 'data'}\n", encoding="utf-8")
    return tmp_path


def say(*line: str | Path) -> Result:
    return CliRunner().invoke(commands, list(map(str, line)))


def test_a_preset_with_mistakes_hides_none_of_the_others(home: Path) -> None:
    (home / "presets" / "broken.yaml").write_text("description: Mine\nformt: {}\n", encoding="utf-8")
    (home / "presets" / "fine.yaml").write_text("description: Mine\nextends: source\n", encoding="utf-8")
    listed = say("presets", "--config", home / "stembridge.yaml", "--json")
    names = [each["name"] for each in json.loads(listed.stdout)]
    assert {"fine", "house-48k24"} <= set(names)
    assert "broken" not in names
    assert "broken.yaml:2:1: formt" in listed.stderr
    assert listed.exit_code == 0


def test_a_preset_that_extends_another_is_shown_whole(home: Path) -> None:
    (home / "presets" / "fine.yaml").write_text("description: Mine\nextends: house-48k24\n", encoding="utf-8")
    shown = say("presets", "--config", home / "stembridge.yaml", "show", "fine", "--json")
    value = json.loads(shown.stdout)
    assert (value["description"], value["format"]["rate"], value["format"]["depth"]) == ("Mine", 48_000, 24)


def test_a_good_configuration_is_called_good(home: Path) -> None:
    checked = say("config", "check", home / "stembridge.yaml")
    assert (checked.exit_code, checked.stderr) == (0, "")
    assert checked.stdout.endswith("stembridge.yaml: good.\n")


def test_a_hot_folder_that_is_not_there_is_a_warning_with_its_line(home: Path) -> None:
    config = home / "stembridge.yaml"
    with config.open("a", encoding="utf-8") as file:
        file.write("hot_folders:\n  - {path: Gone, to: Out, preset: source}\n")
    checked = say("config", "check", config)
    assert checked.exit_code == 0
    assert f"warning: {config}:3:" in checked.stderr
    assert "is not there" in checked.stderr


def test_what_is_in_force_is_shown_with_its_defaults(home: Path) -> None:
    shown = say("config", "show", "--config", home / "stembridge.yaml", "--json")
    value = json.loads(shown.stdout)
    assert (value["workers"], value["osc"]["port"], value["data"]) == (1, 9137, str(home / "data"))
