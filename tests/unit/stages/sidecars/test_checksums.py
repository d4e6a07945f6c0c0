import hashlib
import json
import shutil
import subprocess
from pathlib import Path, PurePosixPath

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.cli.check import check
from stembridge.cli.work import plan, process
from stembridge.stages.finding import Finding
from stembridge.stages.probe import Source
from stembridge.stages.sidecars.checksum_lists import Listed, is_checksum_list, read_checksums
from stembridge.stages.sidecars.checksums import checksum_findings
from stembridge.testing import noise, tree, write_sound
from stembridge.units import Hertz

MD5, SHA1, SHA256 = (hashlib.new(kind, b"x").hexdigest() for kind in ("md5", "sha1", "sha256"))
HASHES = {"md5sum": "md5", "sha1sum": "sha1", "sha256sum": "sha256", "sha512sum": "sha512"}


def found(folder: Path) -> list[Finding]:
    files = [
        Source(path, PurePosixPath(path.relative_to(folder))) for path in folder.rglob("*") if path.is_file()
    ]
    audio = [file for file in files if file.is_audio]
    return list(checksum_findings(audio, [file for file in files if not file.is_audio]))


def codes(folder: Path) -> list[str]:
    return sorted(finding.code for finding in found(folder))


def hashed(content: str, kind: str = "md5") -> str:
    return hashlib.new(kind, content.encode()).hexdigest()


@pytest.mark.parametrize(
    ("line", "listed"),
    [
        (f"{MD5}  Drums.wav", Listed("Drums.wav", "md5", MD5)),
        (f"{MD5} *Drums 1.wav", Listed("Drums 1.wav", "md5", MD5)),
        (f"\\{MD5}  a\\\\b.wav", Listed("a\\b.wav", "md5", MD5)),
        (f"{SHA1.upper()}\tDrums.wav", Listed("Drums.wav", "sha1", SHA1)),
        (f"SHA256 (Mix (final).wav) = {SHA256}", Listed("Mix (final).wav", "sha256", SHA256)),
        (f"MD5(Drums.wav)= {MD5}", Listed("Drums.wav", "md5", MD5)),
        (f"SHA2-256(Drums.wav)= {SHA256}", Listed("Drums.wav", "sha256", SHA256)),
        (SHA256, Listed("Drums.wav", "sha256", SHA256)),
    ],
)
def test_a_line_is_read_as_the_tools_write_it(line: str, listed: Listed):
    assert read_checksums(f"# made by hand\n\n{line}\n", PurePosixPath("Drums.wav.md5")) == ((listed,), 0)


@pytest.mark.parametrize("line", ["hello", "1234  Drums.wav", f"{MD5[:-1]}  Drums.wav", f"{MD5}x Drums.wav"])
def test_what_is_no_checksum_is_counted_and_not_guessed_at(line: str):
    assert read_checksums(line, PurePosixPath("checksums.txt")) == ((), 1)


@pytest.mark.parametrize(
    ("name", "is_list"),
    [
        ("checksums.txt", True),
        ("SHA256SUMS", True),
        ("a/b/md5.txt", True),
        ("Song.MD5", True),
        ("Song_checksum.txt", True),
        ("manifest-md5.txt", True),
        ("readme.txt", False),
        ("notes on md5sums and more.txt", False),
        ("checksum.pdf", False),
    ],
)
def test_a_list_is_told_by_its_name(name: str, is_list: bool):
    assert is_checksum_list(PurePosixPath(name)) is is_list


@given(st.text(max_size=200))
@settings(deadline=None, max_examples=100)
def test_no_text_is_too_odd_to_be_read(text: str):
    listed, odd = read_checksums(text, PurePosixPath("x.md5"))
    assert len(listed) + odd <= text.count("\n") + 1


@pytest.mark.parametrize("tool", HASHES)
@pytest.mark.parametrize("tag", [False, True])
def test_lists_of_coreutils_are_verified(tool: str, tag: bool, tmp_path: Path):
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed")
    tree(tmp_path, {"Drums 1.wav": "drums", "sub/Bass.wav": "bass"})
    call = [tool, *(["--tag"] if tag else []), "Drums 1.wav", "sub/Bass.wav"]
    listed = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    tree(tmp_path, {f"sums.{HASHES[tool]}": listed})
    assert codes(tmp_path) == ["checksums-right"]
    tree(tmp_path, {"sub/Bass.wav": "other"})
    assert [(each.code, str(each.path)) for each in found(tmp_path)] == [("checksum", "sub/Bass.wav")]


def test_a_file_that_is_listed_and_not_there_is_an_error(tmp_path: Path):
    tree(tmp_path, {"Drums.wav": "drums", "all.md5": f"{hashed('drums')}  Drums.wav\n{MD5}  Bass.wav\n"})
    (finding,) = found(tmp_path)
    assert (finding.code, finding.severity) == ("checksum", "error")
    assert "Bass.wav" in finding.message


def test_paths_of_another_machine_find_the_file_that_ends_the_same(tmp_path: Path):
    lines = f"{hashed('a')}  C:\\Export\\Song\\A\\Drums.wav\n{hashed('b')}  /Users/ann/Song/B/drums.WAV\n"
    tree(tmp_path, {"A/Drums.wav": "a", "B/Drums.wav": "b", "checksums.txt": "\ufeff" + lines})
    assert codes(tmp_path) == ["checksums-right"]


def test_a_list_in_a_folder_speaks_of_its_neighbours(tmp_path: Path):
    for name in ("A", "B"):
        tree(tmp_path, {f"{name}/Drums.wav": name, f"{name}/x.md5": f"{hashed(name)}  Drums.wav"})
    assert codes(tmp_path) == ["checksums-right", "checksums-right"]


def test_a_name_that_fits_two_files_is_taken_for_neither(tmp_path: Path):
    files = {"A/Drums.wav": "a", "B/Drums.wav": "b", "x.md5": f"{hashed('a')}  /elsewhere/Drums.wav"}
    tree(tmp_path, files)
    assert codes(tmp_path) == ["checksum"]


def test_accents_may_be_written_either_way(tmp_path: Path):
    tree(tmp_path, {"Caf\u00e9.wav": "x", "x.md5": f"{hashed('x')}  Cafe\u0301.wav"})
    assert codes(tmp_path) == ["checksums-right"]


def test_a_list_that_says_nothing_and_a_file_that_is_in_none_are_told(tmp_path: Path):
    tree(tmp_path, {"A.wav": "a", "B.wav": "b", "A.md5": hashed("a"), "checksums.txt": "see e-mail"})
    assert codes(tmp_path) == ["checksum", "checksum-list"]
    tree(tmp_path, {"A.md5": f"{hashed('a')}  A.wav"})
    assert codes(tmp_path) == ["checksum-list", "checksum-unlisted", "checksums-right"]


def test_a_list_that_was_carried_along_speaks_of_other_files(tmp_path: Path):
    tree(tmp_path, {"Song_drums.wav": "x", "Extras/a.md5": f"{MD5}  Track01.wav"})
    assert "checksum" in codes(tmp_path)
    tree(tmp_path, {"manifest.json": "{}"})
    assert codes(tmp_path) == []


def song(folder: Path, name: str, *, spoil: bool) -> Path:
    path = write_sound(folder / f"{name}_Drums.wav", noise(0.5, Hertz(48_000), seed=1), Hertz(48_000))
    digest = MD5 if spoil else hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
    tree(folder, {"checksums.md5": f"{digest}  {path.name}\n"})
    return folder


def test_a_delivery_that_does_not_match_is_not_conformed_and_the_others_are(tmp_path: Path):
    paths = [song(tmp_path / "Bad", "Bad", spoil=True), song(tmp_path / "Good", "Good", spoil=False)]
    options = ["-p", "vendor-any", "--to", str(tmp_path / "out"), "--json"]
    done = CliRunner().invoke(process, [*map(str, paths), *options])
    assert done.exit_code == 1
    assert "Bad_Drums.wav: It is not the file that was sent" in done.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["Good"]
    (finding,) = (each for each in json.loads(done.stdout)["findings"] if each["code"] == "checksums-right")
    assert (finding["measured"], finding["unit"]) == (1, "files")


def test_check_rejects_a_delivery_that_does_not_match_whatever_the_preset(tmp_path: Path):
    done = CliRunner().invoke(check, [str(song(tmp_path / "Bad", "Bad", spoil=True)), "--json"])
    value = json.loads(done.stdout)
    assert (done.exit_code, value["verdict"]) == (1, "rejected")
    assert value["findings"][0]["code"] == "checksum"


def test_nothing_is_planned_for_a_delivery_that_does_not_match(tmp_path: Path):
    bad = song(tmp_path / "Bad", "Bad", spoil=True)
    truncated = bad / "Bad_Drums.wav"
    truncated.write_bytes(truncated.read_bytes()[:-2_000])
    done = CliRunner().invoke(plan, [str(bad), "-p", "vendor-any"])
    assert done.exit_code == 1
    assert "does not match its checksums" in done.stderr
