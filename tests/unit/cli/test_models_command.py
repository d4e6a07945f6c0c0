"""The `stembridge models` commands."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from demucs_models import save_safetensors, save_th, small_demucs

from stembridge.cli.models import models
from stembridge.errors import SeparationError


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEMBRIDGE_DATA", str(tmp_path / "data"))


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(models, [str(each) for each in arguments], catch_exceptions=True)


def test_the_list_has_every_model_and_says_which_are_here(tmp_path: Path) -> None:
    run("import", save_safetensors(small_demucs(), tmp_path, "mine"))
    listed = {each["name"]: each["here"] for each in json.loads(run("list", "--json").stdout)}
    assert (listed["mine"], listed["htdemucs_ft"]) == (True, False)
    assert "* mine" in run("list").stdout


def test_an_imported_model_is_verified_and_removed(tmp_path: Path) -> None:
    run("import", save_safetensors(small_demucs(), tmp_path, "mine"))
    assert run("verify").exit_code == 0
    (tmp_path / "data" / "models" / "mine.safetensors").write_bytes(b"changed")
    verified = run("verify", "--json")
    assert (verified.exit_code, json.loads(verified.stdout)) == (
        1, [{"file": "mine.safetensors", "state": "changed"}]
    )  # fmt: skip
    assert json.loads(run("remove", "mine", "--json").stdout) == {"removed": ["mine.safetensors"]}


def test_a_pickle_needs_the_word_trust(tmp_path: Path) -> None:
    pickle = save_th(small_demucs(), tmp_path, "mine")
    refused = run("import", pickle)
    assert isinstance(refused.exception, SeparationError)
    assert refused.exception.code == "model-untrusted"
    assert run("import", "--trust", pickle).exit_code == 0


def test_the_path_is_printed(tmp_path: Path) -> None:
    assert run("path").stdout.strip() == str(tmp_path / "data" / "models")
