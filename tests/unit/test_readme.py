"""The README is complete, and what it shows works."""

import re
from pathlib import Path

import pytest

from stembridge import protocol
from stembridge.cli import COMMANDS
from stembridge.config import load_config
from stembridge.config_model import Config, HotFolder, Osc
from stembridge.presets import FIELDS, PresetStore

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
YAML = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
SHELL = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)


def keys(model: type) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def commented(block: str) -> str:
    """Return a YAML block with its commented-out keys in force."""
    return re.sub(r"^(\s*)# (\w+:)", r"\1\2", block, flags=re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme(command: str):
    assert re.search(rf"`{command}`|stembridge {command}\b", README)


@pytest.mark.parametrize("preset", PresetStore().names())
def test_every_preset_is_in_the_readme(preset: str):
    assert f"| `{preset}` |" in README


@pytest.mark.parametrize("field", sorted(FIELDS))
def test_every_field_of_a_name_is_in_the_readme(field: str):
    assert f"{{{field}}}" in README


@pytest.mark.parametrize("key", sorted(keys(Config) | keys(HotFolder) | keys(Osc)))
def test_every_key_of_the_configuration_is_in_the_readme(key: str):
    assert re.search(rf"\b{key}: ?", README) or f"`{key}" in README


@pytest.mark.parametrize("block", [block for block in YAML if "hot_folders" in block])
def test_every_configuration_in_the_readme_loads(block: str, tmp_path: Path):
    file = tmp_path / "stembridge.yaml"
    file.write_text(block, encoding="utf-8")
    assert load_config(file, environ={}).hot_folders


@pytest.mark.parametrize("block", [block for block in YAML if "description:" in block])
def test_every_preset_in_the_readme_loads(block: str, tmp_path: Path):
    file = tmp_path / "mine.yaml"
    file.write_text(block, encoding="utf-8")
    assert PresetStore(tmp_path).load("mine").description


@pytest.mark.parametrize(
    "message", [*protocol.COMMANDS.values(), *protocol.REPLIES.values()], ids=lambda row: row.address
)
def test_every_osc_address_is_in_the_readme(message: protocol.Message):
    assert f"`{message.address}`" in README


def test_the_shapes_in_the_readme_are_those_of_the_program():
    for key in ("outputs", "manifest", "session", "findings", "null_dbfs", "cached"):
        assert f'"{key}"' in README


def test_one_command_runs_the_main_job_and_one_the_tests():
    first, tests = (block.strip() for block in SHELL[:2])
    assert first.endswith("stembridge demo")
    assert tests.endswith("-m pytest -n logical --dist loadfile")
    assert "\n" not in first + tests


def test_the_figures_are_filled_in():
    assert "FIGURES" not in README
