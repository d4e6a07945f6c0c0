"""Laws of delivery: nothing is overwritten, and a set appears whole or not at all, wherever the work stops."""

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.audio.digest import sha256_of
from stembridge.errors import Cancelled, StembridgeError
from stembridge.pipeline import Bench, perform
from stembridge.presets import PresetStore
from stembridge.request import Origin, Originals, Request, no_progress
from stembridge.separators.library import Library
from stembridge.separators.models import ModelStore
from stembridge.stages.separation_cache import SeparationCache
from stembridge.testing import noise, read_tree, tree, write_sound
from stembridge.units import Hertz

RATE = Hertz(48_000)
PRESET = PresetStore().load("source")
TAKEN = st.sampled_from(
    ["Song/mine.wav", "Song/manifest.json", "Song_2/x", "Song_3/x", "song/x", "Song", "Song.wav", "Other/y"]
)


@pytest.fixture(scope="module")
def drop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two short stems and a text."""
    folder = tmp_path_factory.mktemp("in") / "Song"
    for seed, stem in enumerate(("Bass", "Vox")):
        write_sound(folder / f"Song_{stem}.wav", noise(0.01, RATE, seed=seed), RATE)
    (folder / "notes.txt").write_text("at 120 bpm", encoding="utf-8")
    return folder


def bench(home: Path) -> Bench:
    return Bench(Library(ModelStore(home / "models")), SeparationCache(home / "cache"), threads=1)


def request_for(drop: Path, to: Path, **more: object) -> Request:
    return Request(tuple(sorted(drop.iterdir())), "source", to, "Song", root=drop, **more)


def is_whole(delivery: Path) -> bool:
    """Check every file against the manifest."""
    manifest = json.loads((delivery / "manifest.json").read_text(encoding="utf-8"))
    entries = [*manifest["outputs"], *manifest["carried"]]
    return len(manifest["outputs"]) == 2 and all(
        sha256_of(delivery / entry["path"]) == entry["sha256"] for entry in entries
    )


@settings(deadline=None, max_examples=15)
@given(st.sets(TAKEN, max_size=5))
def test_law_nothing_that_is_there_is_touched(
    tmp_path_factory: pytest.TempPathFactory, drop: Path, taken: set[str]
) -> None:
    to = tmp_path_factory.mktemp("to")
    files = {
        name: name.encode() for name in taken if not any(other.startswith(f"{name}/") for other in taken)
    }
    before = read_tree(tree(to, files))
    sources = read_tree(drop)
    made = perform(request_for(drop, to), PRESET, bench(to), job="job", progress=no_progress)
    assert before.items() <= read_tree(to).items()
    assert made.folder.name not in {Path(name).parts[0] for name in files}
    assert is_whole(made.folder)
    assert read_tree(drop) == sources


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 14))
def test_law_work_that_stops_anywhere_leaves_all_or_nothing(
    tmp_path_factory: pytest.TempPathFactory, drop: Path, steps: int
) -> None:
    to = tmp_path_factory.mktemp("to")
    left = iter(range(steps))

    def stop(_stage: str, _done: float) -> None:
        if next(left, None) is None:
            raise Cancelled

    request = request_for(drop, to)
    try:
        perform(request, PRESET, bench(to), job="job", progress=stop)
    except Cancelled:
        assert list(to.iterdir()) == []
    made = perform(request, PRESET, bench(to), job="job")
    assert [path for path in to.iterdir() if path.name != ".stembridge"] == [made.folder]
    assert is_whole(made.folder)


def test_a_set_that_cannot_be_written_whole_is_not_there_at_all(tmp_path: Path, drop: Path) -> None:
    bad = tmp_path / "bad"
    shutil.copytree(drop, bad)
    (bad / "Song_Zither.wav").write_bytes(b"no sound")
    with pytest.raises(StembridgeError):
        perform(request_for(bad, tmp_path / "to"), PRESET, bench(tmp_path), job="job")
    assert read_tree(tmp_path / "to") == {}


def test_what_is_done_already_is_put_away_and_not_made_twice(tmp_path: Path, drop: Path) -> None:
    inbox = tmp_path / "Inbox"
    shutil.copytree(drop, inbox / "Song")
    more = {"home": inbox, "originals": Originals.MOVE, "origin": Origin.HOT_FOLDER}
    request = request_for(inbox / "Song", tmp_path / "to", **more)
    (tmp_path / "to").mkdir()
    sources = read_tree(inbox / "Song")
    first = perform(request, PRESET, bench(tmp_path), job="job")
    shutil.move(inbox / "_done" / "Song", inbox / "Song")  # as if it had died before it put them away
    second = perform(request, PRESET, bench(tmp_path), job="job")
    assert first == second
    assert read_tree(inbox / "_done" / "Song") == sources
    assert not (inbox / "Song").exists()


def test_the_manifest_names_every_file_of_the_delivery(tmp_path: Path, drop: Path) -> None:
    made = perform(request_for(drop, tmp_path), PRESET, bench(tmp_path), job="job")
    manifest = json.loads(made.manifest.read_text(encoding="utf-8"))
    named = {entry["path"] for entry in (*manifest["outputs"], *manifest["carried"])}
    named |= {manifest["run"]["report"]["path"], "manifest.json"}
    assert set(read_tree(made.folder)) == named
    assert manifest["sources"][0]["sha256"] == sha256_of(drop / manifest["sources"][0]["name"])
