"""From files to networks: what is loaded, and what is not."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
import torch
from demucs_models import (
    FOUR,
    RATE,
    loaded_bag,
    model_files,
    package_of,
    save_pickle,
    save_safetensors,
    save_th,
    small_demucs,
    small_hdemucs,
    small_htdemucs,
)

from stembridge.errors import SeparationError
from stembridge.separators.demucs import load_model
from stembridge.separators.model_files import ModelFiles


def code_of(files: ModelFiles) -> str:
    with pytest.raises(SeparationError) as caught:
        load_model(files)
    assert caught.value.hint
    return caught.value.code


@pytest.mark.parametrize("make", [small_htdemucs, small_hdemucs, small_demucs])
@pytest.mark.parametrize("save", [save_th, save_safetensors])
def test_a_model_comes_back_as_it_was_saved(make: Any, save: Any, tmp_path: Path) -> None:
    module = make()
    save(module, tmp_path, "abcd")
    model = load_model(model_files(tmp_path, "abcd"))
    weights = model.members[0].module.state_dict()
    assert all(torch.equal(weights[name], weight) for name, weight in module.state_dict().items())
    assert (model.sources, model.rate, len(model.sha256)) == (tuple(FOUR), RATE, 64)
    assert model.members[0].module.segment == module.segment


def test_half_precision_weights_are_computed_with_in_single(tmp_path: Path) -> None:
    package = package_of(small_htdemucs())
    package["state"] = {name: weight.half() for name, weight in package["state"].items()}
    save_pickle(package, tmp_path, "abcd")
    model = load_model(model_files(tmp_path, "abcd"))
    assert {each.dtype for each in model.members[0].module.parameters()} == {torch.float32}


class _Bomb:
    """A pickle that makes a file when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)


def test_a_pickle_that_nobody_vouches_for_is_not_even_read(tmp_path: Path) -> None:
    save_pickle(package_of(small_htdemucs()) | {"extra": _Bomb(tmp_path / "ran")}, tmp_path, "abcd")
    assert code_of(model_files(tmp_path, "abcd", trust=False)) == "model-untrusted"
    assert not (tmp_path / "ran").exists()


def test_a_pickle_that_passes_for_a_published_one_runs_no_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight hex digits can be forged: they let weights in, and nothing else."""
    from stembridge.separators import model_files as module

    path = save_pickle(package_of(small_htdemucs()) | {"extra": _Bomb(tmp_path / "ran")}, tmp_path, "abcd")
    monkeypatch.setitem(module.PUBLISHED, "abcd", path.stem[-8:])
    assert code_of(model_files(tmp_path, "abcd", trust=False)) == "model-untrusted"
    assert not (tmp_path / "ran").exists()


def test_a_published_pickle_is_loaded_without_trust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from stembridge.separators import model_files as module

    path = save_th(small_htdemucs(), tmp_path, "abcd")
    monkeypatch.setitem(module.PUBLISHED, "abcd", path.stem[-8:])
    assert load_model(model_files(tmp_path, "abcd", trust=False)).sources == tuple(FOUR)


def test_a_pickle_that_the_user_trusts_is_loaded_whatever_it_holds(tmp_path: Path) -> None:
    save_pickle(package_of(small_htdemucs()) | {"extra": _Bomb(tmp_path / "ran")}, tmp_path, "abcd")
    load_model(model_files(tmp_path, "abcd"))
    assert (tmp_path / "ran").exists()


def test_safetensors_cannot_name_a_class_that_is_not_demucs_own(tmp_path: Path) -> None:
    save_safetensors(small_htdemucs(), tmp_path, "abcd", klass="os.system")
    assert code_of(model_files(tmp_path, "abcd")) == "model-kind"


@pytest.mark.parametrize("suffix", [".th", ".safetensors"])
@pytest.mark.parametrize("content", [b"", b"\0" * 5000, b"PK\x03\x04 and then no zip", b"\xff" * 100])
def test_a_file_of_another_kind_is_said_to_be_one(suffix: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / f"abcd{suffix}").write_bytes(content)
    assert code_of(model_files(tmp_path, "abcd")) == "model-kind"


@pytest.mark.parametrize(
    "package", [[1, 2], {"state": {}}, {"klass": dict, "args": (), "kwargs": {}, "state": {}}]
)
def test_a_pickle_that_is_no_model_is_said_to_be_none(package: Any, tmp_path: Path) -> None:
    save_pickle(package, tmp_path, "abcd")
    assert code_of(model_files(tmp_path, "abcd")) == "model-kind"


def test_a_truncated_model_is_damaged(tmp_path: Path) -> None:
    path = save_th(small_htdemucs(), tmp_path, "abcd")
    path.write_bytes(path.read_bytes()[:-1000])
    assert code_of(model_files(tmp_path, "abcd")) == "model-damaged"


def test_a_model_that_is_not_the_recorded_one_is_damaged(tmp_path: Path) -> None:
    path = save_safetensors(small_htdemucs(), tmp_path, "abcd")
    files = model_files(tmp_path, "abcd")
    assert code_of(ModelFiles("abcd", files.bag, files.files, {path.name: "0" * 64})) == "model-damaged"


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    package = package_of(small_htdemucs()) | {"state": small_hdemucs().state_dict()}
    save_pickle(package, tmp_path, "abcd")
    assert code_of(model_files(tmp_path, "abcd")) == "model-kind"


def test_parameters_of_a_later_demucs_are_dropped(tmp_path: Path) -> None:
    package = package_of(small_htdemucs())
    save_pickle(package | {"kwargs": package["kwargs"] | {"of_tomorrow": 1}}, tmp_path, "abcd")
    assert load_model(model_files(tmp_path, "abcd")).name == "abcd"


@pytest.mark.parametrize(
    "other", [{"sources": ["a", "b", "c", "d"]}, {"samplerate": 16_000}, {"audio_channels": 1}]
)
def test_members_that_do_not_belong_together_are_refused(other: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(SeparationError) as caught:
        loaded_bag(tmp_path, [small_demucs(), small_demucs(**other)])
    assert caught.value.code == "model-mixed"


@pytest.mark.parametrize(
    "other", [{"sources": ["a", "a"]}, {"samplerate": 50}, {"audio_channels": 6}, {"segment": 0}]
)
def test_a_model_that_cannot_be_used_is_refused(other: dict[str, Any], tmp_path: Path) -> None:
    save_safetensors(small_demucs(**other), tmp_path, "abcd")
    assert code_of(model_files(tmp_path, "abcd")) == "model-unusable"


def test_a_bag_sets_the_segment_but_never_beyond_what_a_transformer_learned(tmp_path: Path) -> None:
    model = loaded_bag(tmp_path, [small_htdemucs(), small_hdemucs()], "segment: 3\n")
    assert [float(each.module.segment) for each in model.members] == [0.8, 3.0]


def test_weights_for_other_sources_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SeparationError, match="2 weights for 4 sources"):
        loaded_bag(tmp_path, [small_demucs()], "weights: [[1, 0]]\n")


def test_a_source_that_no_member_counts_for_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SeparationError, match="none of its members counts for") as caught:
        loaded_bag(tmp_path, [small_demucs(), small_demucs()], "weights: [[1, 1, 1, 0], [1, 0, 0, 0]]\n")
    assert caught.value.code == "model-bag"


def test_the_hash_of_a_model_is_of_its_members_and_of_their_weights(tmp_path: Path) -> None:
    modules = [small_demucs(seed=1), small_demucs(seed=2)]
    first = loaded_bag(tmp_path, modules)
    assert (
        first.sha256 == load_model(model_files(tmp_path, "bag")).sha256 == model_files(tmp_path, "bag").hash()
    )
    weights = json.dumps([[1, 0, 1, 0], [0, 1, 0, 1]])
    (tmp_path / "bag.yaml").write_text(f"models: [m0, m1]\nweights: {weights}\n", encoding="utf-8")
    other = load_model(model_files(tmp_path, "bag"))
    assert other.sha256 not in (first.sha256, model_files(tmp_path, "m0").hash())
    assert model_files(tmp_path, "bag").hash() == other.sha256
