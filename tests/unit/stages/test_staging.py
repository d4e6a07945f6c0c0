import json
from pathlib import Path, PurePosixPath

import pytest

from stembridge.errors import NotReadyError
from stembridge.stages.staging import Staging, open_staging
from stembridge.testing import read_tree


def staged(destination: Path, job: str = "job1") -> Staging:
    staging = open_staging(destination, job, create=True)
    staging.open()
    (staging.delivery / "a.wav").write_bytes(b"audio")
    (staging.delivery / "manifest.json").write_text(json.dumps({"job": job}), encoding="utf-8")
    return staging


def test_a_delivery_appears_whole_and_staging_goes(tmp_path: Path):
    staging = staged(tmp_path / "Project")
    assert staging.publish(PurePosixPath("Song")) == tmp_path / "Project" / "Song"
    staging.clear()
    assert sorted(read_tree(tmp_path / "Project")) == ["Song/a.wav", "Song/manifest.json"]
    assert not (tmp_path / "Project" / ".stembridge").exists()


@pytest.mark.parametrize("taken", ["folder", "empty folder", "file"])
def test_a_name_that_is_taken_gets_a_number(tmp_path: Path, taken: str):
    if taken == "file":
        (tmp_path / "Song").write_bytes(b"mine")
    else:
        (tmp_path / "Song").mkdir()
    if taken == "folder":
        (tmp_path / "Song" / "mine").write_bytes(b"mine")
    before = read_tree(tmp_path)
    assert staged(tmp_path).publish(PurePosixPath("Song")) == tmp_path / "Song_2"
    assert before.items() <= read_tree(tmp_path).items()


def test_a_job_that_published_and_died_is_recognised(tmp_path: Path):
    target = staged(tmp_path).publish(PurePosixPath("A/Song"))
    assert open_staging(tmp_path, "job1", create=True).published() == target


def test_a_job_that_died_before_it_published_is_not_taken_for_published(tmp_path: Path):
    staging = staged(tmp_path)
    staging.intent.write_text(json.dumps({"folder": "Song"}), encoding="utf-8")
    (tmp_path / "Song").mkdir()
    (tmp_path / "Song" / "manifest.json").write_text(json.dumps({"job": "another"}), encoding="utf-8")
    assert staging.published() is None


def test_an_attempt_that_was_frozen_cannot_publish_what_another_has_begun(tmp_path: Path):
    frozen = staged(tmp_path)
    following = staged(tmp_path)
    (following.delivery / "manifest.json").unlink()
    with pytest.raises(FileNotFoundError):
        frozen.publish(PurePosixPath("Song"))
    assert (following.delivery / "a.wav").exists()
    assert not (tmp_path / "Song").exists()


def test_a_name_that_is_a_broken_link_is_taken(tmp_path: Path):
    (tmp_path / "Song").symlink_to(tmp_path / "gone")
    assert staged(tmp_path).publish(PurePosixPath("Song")) == tmp_path / "Song_2"


def test_another_jobs_staging_is_left_alone(tmp_path: Path):
    one, other = staged(tmp_path, "one"), staged(tmp_path, "other")
    one.clear()
    assert (other.delivery / "a.wav").exists()


def test_leftovers_of_an_attempt_that_died_are_not_delivered(tmp_path: Path):
    staged(tmp_path)
    staging = open_staging(tmp_path, "job1", create=True)
    staging.open()
    assert list(staging.delivery.iterdir()) == []


@pytest.mark.parametrize("step", ["open", "publish"])
def test_a_share_that_goes_away_in_between_is_not_filled_in(tmp_path: Path, step: str):
    (tmp_path / "mount").mkdir()
    staging = staged(tmp_path / "mount" / "Project")
    (tmp_path / "mount").rename(tmp_path / "away")
    with pytest.raises(FileNotFoundError):
        staging.open() if step == "open" else staging.publish(PurePosixPath("A/Song"))
    assert not (tmp_path / "mount").exists()
    assert not (tmp_path / "away" / "Project" / "A").exists()


def test_a_share_that_is_away_is_not_filled_in(tmp_path: Path):
    with pytest.raises(NotReadyError, match="not there"):
        open_staging(tmp_path / "mount" / "Project", "job1", create=False)
    assert not (tmp_path / "mount").exists()
