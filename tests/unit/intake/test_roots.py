"""Which paths strangers may name."""

from pathlib import Path

import pytest

from stembridge.errors import IntakeError
from stembridge.intake.roots import Roots


@pytest.fixture
def roots(tmp_path: Path) -> Roots:
    (tmp_path / "in" / "hot").mkdir(parents=True)
    (tmp_path / "out").mkdir()
    return Roots([tmp_path / "in"], closed=[tmp_path / "in" / "hot"])


def code_of(call, text: str) -> str:
    with pytest.raises(IntakeError) as refused:
        call(text)
    assert refused.value.hint
    return refused.value.code


def test_what_lies_inside_is_allowed_even_before_it_exists(roots, tmp_path):
    assert roots.allowed(f"{tmp_path}/in/new folder/x.wav") == tmp_path / "in" / "new folder" / "x.wav"
    assert roots.allowed(f"{tmp_path}/in") == tmp_path / "in"


@pytest.mark.parametrize(
    "path", ["{}/out/x.wav", "{}/in/../out/x.wav", "{}/inside/x.wav", "/", "x.wav", "{}/in/\0"]
)
def test_what_lies_outside_is_not(roots, tmp_path, path):
    assert code_of(roots.allowed, path.format(tmp_path)) == "not-allowed"


def test_who_adds_a_folder_is_told_that_home_has_to_be_named_too(roots):
    with pytest.raises(IntakeError) as refused:
        roots.allowed("/mnt/media/x.wav")
    assert "replaces your home" in refused.value.hint


def test_a_link_is_followed_before_it_is_judged(roots, tmp_path):
    (tmp_path / "in" / "link").symlink_to(tmp_path / "out")
    (tmp_path / "way in").symlink_to(tmp_path / "in")
    assert code_of(roots.allowed, f"{tmp_path}/in/link/x.wav") == "not-allowed"
    assert roots.allowed(f"{tmp_path}/way in/x.wav") == tmp_path / "in" / "x.wav"


def test_a_link_to_itself_is_refused(roots, tmp_path):
    (tmp_path / "in" / "circle").symlink_to(tmp_path / "in" / "circle")
    assert code_of(roots.source, f"{tmp_path}/in/circle") in ("not-allowed", "source-gone")


def test_a_source_has_to_be_there_and_not_in_a_hot_folder(roots, tmp_path):
    (tmp_path / "in" / "hot" / "x.wav").touch()
    assert code_of(roots.source, f"{tmp_path}/in/gone.wav") == "source-gone"
    assert code_of(roots.source, f"{tmp_path}/in/hot/x.wav") == "hot-folder"


def test_a_destination_need_not_be_there_and_lies_in_no_hot_folder(roots, tmp_path):
    assert roots.destination(f"{tmp_path}/in/new") == tmp_path / "in" / "new"
    assert code_of(roots.destination, f"{tmp_path}/in/hot/Media") == "hot-folder"
    assert code_of(roots.destination, f"{tmp_path}/out") == "not-allowed"
