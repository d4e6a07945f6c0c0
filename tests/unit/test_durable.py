"""Small files appear whole, also where somebody reads the old one just then."""

from pathlib import Path

import pytest

from stembridge.durable import TRIES, write_durably, write_replacing
from stembridge.testing import read_tree


@pytest.fixture(params=[write_replacing, write_durably], ids=lambda write: write.__name__)
def write(request):
    return request.param


def windows_while_read(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """Let a rename be refused so many times, as Windows does while somebody has the file open."""
    refused = iter(range(times))
    rename = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if next(refused, None) is not None:
            raise PermissionError(13, "The process cannot access the file", str(target))
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", replace)


def test_what_is_written_takes_the_place_of_the_old(tmp_path, write):
    for content in (b"old", b"new"):
        write(tmp_path / "a.json", content)
    assert read_tree(tmp_path) == {"a.json": b"new"}


def test_a_reader_is_waited_for(tmp_path, write, monkeypatch):
    write(tmp_path / "a.json", b"old")
    windows_while_read(monkeypatch, 3)
    write(tmp_path / "a.json", b"new")
    assert read_tree(tmp_path) == {"a.json": b"new"}


def test_what_stays_forbidden_is_told(tmp_path, write, monkeypatch):
    windows_while_read(monkeypatch, 2 * TRIES)
    with pytest.raises(PermissionError):
        write(tmp_path / "a.json", b"new")
