"""The model store: the catalogue, what comes in, what is refused, and what is found again."""

import shutil
from pathlib import Path

import demucs.pretrained
import pytest
import yaml
from demucs.hf import hf_repo_name
from demucs_models import FOUR, save_safetensors, save_th, small_demucs

from stembridge.errors import NotReadyError, SeparationError
from stembridge.separators import model_catalogue, model_files, model_import
from stembridge.separators.demucs import load_model
from stembridge.separators.model_catalogue import HUB, KNOWN, LEGACY, PUBLISHED, hub_path, legacy_path
from stembridge.separators.models import ModelStore


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models")


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    return folder


def test_the_catalogue_is_that_of_demucs() -> None:
    root = demucs.pretrained.REMOTE_ROOT
    bags = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in root.glob("*.yaml")}
    assert KNOWN.keys() == bags.keys()
    for name, bag in bags.items():
        ours, weights = KNOWN[name].bag, bag.get("weights")
        assert list(ours.signatures) == bag["models"]
        assert ours.weights == (weights and tuple(tuple(each) for each in weights))
        assert ours.segment == bag.get("segment")


def test_the_addresses_are_those_of_demucs() -> None:
    theirs = demucs.pretrained._parse_remote_files(demucs.pretrained.REMOTE_ROOT / "files.txt")
    assert {each: f"{LEGACY}/{legacy_path(each)}" for each in PUBLISHED} == theirs
    for name in KNOWN:
        assert hub_path(name, "abcd") == f"adefossez/{hf_repo_name(name)}/resolve/main/abcd.safetensors"
    assert HUB == "https://huggingface.co"


def test_a_model_that_is_not_here_says_how_to_get_it(store: ModelStore) -> None:
    with pytest.raises(NotReadyError, match="htdemucs_ft is not on this machine") as caught:
        store.find("htdemucs_ft")
    assert (caught.value.code, caught.value.retryable) == ("model-missing", True)
    assert "stembridge models fetch htdemucs_ft" in caught.value.hint


def test_a_name_that_is_nearly_right_is_answered_with_the_right_one(store: ModelStore) -> None:
    with pytest.raises(SeparationError, match='did you mean "htdemucs_ft"') as caught:
        store.find("htdemucs-ft")
    assert caught.value.code == "model-unknown"


def test_safetensors_are_imported_and_load(store: ModelStore, outside: Path) -> None:
    assert store.import_files([save_safetensors(small_demucs(), outside, "mine")]) == ("mine.safetensors",)
    assert load_model(store.find("mine")).sources == tuple(FOUR)
    assert [each.name for each in store.listed() if each.here] == ["mine"]
    assert [each.state for each in store.verify()] == ["good"]


def test_a_pickle_needs_trust_and_then_has_it_for_good(store: ModelStore, outside: Path) -> None:
    pickle = save_th(small_demucs(), outside, "mine")
    with pytest.raises(SeparationError, match="not one of the published") as caught:
        store.import_files([pickle])
    assert (caught.value.code, "--trust" in caught.value.hint) == ("model-untrusted", True)
    assert not store.folder.exists()
    store.import_files([pickle], trust=True)
    assert load_model(ModelStore(store.folder).find("mine")).sources == tuple(FOUR)


def test_trust_covers_the_same_file_in_a_folder_of_the_users_own(store: ModelStore, outside: Path) -> None:
    pickle = save_th(small_demucs(), outside, "mine")
    with pytest.raises(SeparationError, match="not one of the published"):
        load_model(store.find("mine", outside))
    store.import_files([pickle], trust=True)
    assert load_model(store.find("mine", outside)).sources == tuple(FOUR)


def test_trust_goes_with_the_file(store: ModelStore, outside: Path) -> None:
    pickle = save_th(small_demucs(), outside, "mine")
    store.import_files([pickle], trust=True)
    assert store.remove("mine") == (pickle.name,)
    with pytest.raises(SeparationError, match="not one of the published"):
        store.import_files([pickle])


def test_a_published_file_gets_its_own_name_back(
    store: ModelStore, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = save_th(small_demucs(), outside, "x").stem[-8:]
    for module in (model_files, model_import):
        monkeypatch.setitem(module.PUBLISHED, "955717e8", start)
    (renamed,) = [path.rename(outside / "copy of htdemucs.th") for path in outside.glob("*.th")]
    assert store.import_files([renamed]) == (f"955717e8-{start}.th",)
    assert load_model(store.find("htdemucs")).name == "htdemucs"


def test_a_bag_comes_with_its_yaml(store: ModelStore, outside: Path) -> None:
    (outside / "duo.yaml").write_text(
        "models: [one, two]\nweights: [[1, 1, 0, 0], [0, 0, 1, 1]]\n", encoding="utf-8"
    )
    paths = [save_safetensors(small_demucs(), outside, each) for each in ("one", "two")]
    store.import_files([outside / "duo.yaml", paths[0]])
    with pytest.raises(SeparationError, match="lacks its files for two") as caught:
        store.find("duo")
    assert caught.value.code == "model-files"
    store.import_files(paths[1:])
    assert len(load_model(store.find("duo")).members) == 2


@pytest.mark.parametrize(
    "content", ["models: no", "weights: [[1]]", "models: [a]\nweights: [[1], [2]]", "models: []", "a: ["]
)
def test_a_yaml_that_is_no_bag_is_refused(content: str, store: ModelStore, outside: Path) -> None:
    (outside / "bad.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(SeparationError):
        store.import_files([outside / "bad.yaml"])
    assert not store.folder.exists()


@pytest.mark.parametrize("name", ["song.wav", "mine.safetensors", "mine.th", "mine-0123abcd.th"])
def test_what_is_no_model_is_refused(name: str, store: ModelStore, outside: Path) -> None:
    (outside / name).write_bytes(b"RIFF and some more that is not a model")
    with pytest.raises(SeparationError) as caught:
        store.import_files([outside / name], trust=True)
    assert caught.value.code == "model-kind"


def test_a_pickle_that_was_cut_off_is_refused_by_the_hash_in_its_name(
    store: ModelStore, outside: Path
) -> None:
    path = save_th(small_demucs(), outside, "mine")
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(SeparationError, match="its name says") as caught:
        store.import_files([path], trust=True)
    assert caught.value.code == "model-damaged"


def test_another_file_of_the_same_name_is_not_overwritten(store: ModelStore, outside: Path) -> None:
    store.import_files([save_safetensors(small_demucs(seed=1), outside, "mine")])
    before = (store.folder / "mine.safetensors").read_bytes()
    with pytest.raises(SeparationError, match="another file of this name"):
        store.import_files([save_safetensors(small_demucs(seed=2), outside, "mine")])
    assert (store.folder / "mine.safetensors").read_bytes() == before


def test_verify_finds_what_changed_what_is_gone_and_what_is_new(store: ModelStore, outside: Path) -> None:
    for name in ("changed", "gone", "good"):
        store.import_files([save_safetensors(small_demucs(), outside, name)])
    (store.folder / "changed.safetensors").write_bytes(b"something else")
    shutil.move(store.folder / "gone.safetensors", store.folder / "new.safetensors")
    assert {each.name.removesuffix(".safetensors"): each.state for each in store.verify()} == {
        "changed": "changed", "gone": "missing", "good": "good", "new": "unknown"
    }  # fmt: skip


def test_a_file_that_changed_in_the_store_is_not_loaded(store: ModelStore, outside: Path) -> None:
    store.import_files([save_safetensors(small_demucs(seed=1), outside, "mine")])
    save_safetensors(small_demucs(seed=2), store.folder, "mine")
    with pytest.raises(SeparationError, match="not what it was") as caught:
        load_model(store.find("mine"))
    assert caught.value.code == "model-damaged"


def test_removing_a_model_keeps_what_another_one_needs(store: ModelStore, outside: Path) -> None:
    for name in ("one", "two", "three"):
        store.import_files([save_safetensors(small_demucs(), outside, name)])
    for name, members in {"first": "[one, two]", "second": "[two, three]"}.items():
        (outside / f"{name}.yaml").write_text(f"models: {members}", encoding="utf-8")
        store.import_files([outside / f"{name}.yaml"])
    assert sorted(store.remove("first")) == ["first.yaml", "one.safetensors"]
    assert store.find("second").bag.signatures == ("two", "three")


def test_a_damaged_record_says_what_to_do(store: ModelStore) -> None:
    store.folder.mkdir()
    (store.folder / "models.json").write_text("{", encoding="utf-8")
    with pytest.raises(SeparationError, match="record of the model store") as caught:
        store.find("htdemucs")
    assert caught.value.hint


def test_a_folder_of_the_users_own_is_read_as_demucs_reads_it(store: ModelStore, outside: Path) -> None:
    save_safetensors(small_demucs(), outside, "one")
    (outside / "solo.yaml").write_text("models: ['one']\nsegment: 0.5\n", encoding="utf-8")
    model = load_model(store.find("solo", outside))
    assert float(model.members[0].module.segment) == 0.5
    with pytest.raises(SeparationError, match="There is no model 'other'"):
        store.find("other", outside)


def test_the_store_does_not_import_torch() -> None:
    import subprocess
    import sys

    code = "import sys, stembridge.separators.models; assert not {'torch', 'demucs'} & sys.modules.keys()"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_published_hash_is_of_the_right_length() -> None:
    assert {len(each) for each in PUBLISHED.values()} == {8}
    assert {len(each) for each in model_catalogue.SAFETENSORS_SHA256.values()} == {64}


@pytest.mark.parametrize("name", KNOWN)
def test_the_readme_names_every_model_with_its_size(name: str) -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    table = readme.partition("**Which model for what.**")[2].partition("`stembridge models list`")[0]
    (row,) = [
        line for line in table.splitlines() if line.startswith("|") and f"`{name}`" in line.split("|")[1]
    ]
    names, sizes = ([each.strip() for each in cell.split(",")] for cell in row.split("|")[1:3])
    megabytes = KNOWN[name].megabytes
    size = sizes[min(names.index(f"`{name}`"), len(sizes) - 1)]
    assert size == (f"{megabytes} MB" if megabytes else "not known")
