"""What works on this machine, and what does not."""

import os
from pathlib import Path

import pytest

from stembridge.config import Config, load_config
from stembridge.diagnosis import Result, database_trouble, examine


def configured(home: Path, text: str = "") -> Config:
    path = home / "stembridge.yaml"
    path.write_text(f"data: {home / 'data'}\n{text}", encoding="utf-8")
    return load_config(path)


def about(results: tuple[Result, ...], word: str) -> Result:
    return next(result for result in results if result.about == word)


def test_everything_that_the_daemon_needs_is_looked_at(tmp_path: Path) -> None:
    results = examine(configured(tmp_path))
    assert {result.about for result in results} == {
        "Python", "Libraries", "ffmpeg", "Devices", "Models", "Data", "Hot folders", "Daemon",
    }  # fmt: skip
    assert [result for result in results if result.state == "bad"] == []
    assert "cpu" in about(results, "Devices").text


def test_what_is_not_good_says_what_to_do(tmp_path: Path) -> None:
    text = "hot_folders:\n  - {path: Gone, to: Out, preset: source}\n"
    results = examine(configured(tmp_path, text))
    folder = about(results, "Hot folder")
    assert (folder.state, folder.text) == ("note", f"{tmp_path / 'Gone'} is not there")
    assert all(result.hint for result in results if result.state != "good" and result.about != "ffmpeg")


def test_ffmpeg_is_not_said_to_let_other_files_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = about(examine(configured(tmp_path)), "ffmpeg").text
    monkeypatch.setenv("PATH", str(tmp_path))
    gone = about(examine(configured(tmp_path)), "ffmpeg")
    assert (gone.state, gone.text.startswith("not found (not needed")) == ("note", True)
    assert all("cannot be read here, like m4a" in text for text in (there, gone.text))


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere")
def test_a_data_folder_that_may_not_be_written_to_is_bad(tmp_path: Path) -> None:
    config = configured(tmp_path)
    tmp_path.chmod(0o500)
    found = about(examine(config), "Data")
    tmp_path.chmod(0o700)
    assert found.state == "bad"


def test_a_data_folder_that_is_a_file_is_bad(tmp_path: Path) -> None:
    config = configured(tmp_path)
    (tmp_path / "data").write_text("not a folder", encoding="utf-8")
    assert about(examine(config), "Data").state == "bad"


def test_a_sqlite_database_on_a_share_is_warned_of(tmp_path: Path) -> None:
    config = configured(tmp_path)
    assert "share" in database_trouble(config, detect=lambda path: path == tmp_path)
    assert database_trouble(config, detect=lambda _path: False) == ""


def test_a_postgresql_database_does_not_care_where_the_data_folder_is(tmp_path: Path) -> None:
    config = configured(tmp_path, "database: postgresql://me@host/stembridge\n")
    assert database_trouble(config, detect=lambda _path: True) == ""
