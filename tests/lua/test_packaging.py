"""The scripts as files: they compile, lint, carry ReaPack headers, and say nothing that the daemon does not know."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import stembridge
from stembridge import protocol

SCRIPTS = Path(__file__).parents[2] / "reaper_scripts"
FILES = sorted((SCRIPTS / "Stembridge").rglob("*.lua"))
ACTIONS = {
    "Separate selected items",
    "Separate selected items with preset...",
    "Conform a delivery...",
    "Show jobs",
    "Settings",
}
PACKAGE = "Stembridge_Separate selected items.lua"
BLOCKING = ("os.execute", "io.popen", "reaper.runloop", "os.exit")


def text_of(name):
    return (SCRIPTS / "Stembridge" / name).read_text(encoding="utf-8")


def header(text):
    """Return the first comment of a file: what ReaPack reads."""
    return list(takewhile_comment(text.splitlines()))


def takewhile_comment(lines):
    for line in lines:
        if not line.startswith("--"):
            return
        yield line.removeprefix("--")


def test_luacheck_has_nothing_to_say():
    if shutil.which("luacheck") is None:
        pytest.skip("luacheck is not installed")
    command = ["luacheck", "--no-color", "--config", str(SCRIPTS / ".luacheckrc"), str(SCRIPTS)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_script_compiles(lua_version, path):
    from lua.script import load_runtime

    lua = load_runtime(lua_version).LuaRuntime(encoding=None)
    function = lua.globals()[b"loadfile"](str(path).encode())
    assert not isinstance(function, tuple), function


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_script_blocks_reaper(path):
    text = path.read_text(encoding="utf-8")
    assert not [word for word in BLOCKING if word in text]


def test_every_action_is_a_script_of_its_own():
    names = {path.stem.removeprefix("Stembridge_") for path in FILES if path.name.startswith("Stembridge_")}
    assert names - {"Watch for stems"} == ACTIONS


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.name.startswith("Stembridge_")], ids=lambda p: p.name
)
def test_every_action_has_a_header_that_reapack_reads(path):
    lines = header(path.read_text(encoding="utf-8"))
    tags = dict(re.fullmatch(r" @(\w+)\s*(.*)", line).groups() for line in lines if line.startswith(" @"))
    assert tags["version"] == stembridge.__version__
    assert tags["version"][0].isdigit()
    assert tags["description"].startswith("Stembridge: ")
    assert tags["author"]
    assert all(line.strip() for line in lines)
    assert ("noindex" in tags) == (path.name != PACKAGE)


def test_the_package_provides_every_file_once():
    provided = {}
    lines = header(text_of(PACKAGE))
    for line in lines[lines.index(" @provides") + 1 :]:
        kind, pattern = re.fullmatch(r"   \[(main|nomain)\] (.+)", line).groups()
        found = [PACKAGE] if pattern == "." else [relative(path) for path in FILES if matches(path, pattern)]
        assert found, pattern
        assert not set(found) & set(provided)
        provided |= dict.fromkeys(found, kind)
    assert set(provided) == {relative(path) for path in FILES}
    main = {Path(name).stem.removeprefix("Stembridge_") for name, kind in provided.items() if kind == "main"}
    assert main == ACTIONS


def relative(path):
    return path.relative_to(SCRIPTS / "Stembridge").as_posix()


def matches(path, pattern):
    folder = Path(pattern).parent.as_posix()
    return Path(relative(path)).parent.as_posix() == folder and path.match(Path(pattern).name)


@pytest.mark.parametrize(
    "path", [p for p in FILES if not p.name.startswith("Stembridge_")], ids=lambda p: p.name
)
def test_what_is_no_action_is_no_package(path):
    assert header(path.read_text(encoding="utf-8"))[0] == " @noindex"


def test_the_scripts_have_the_version_of_the_daemon():
    assert f'return "{stembridge.__version__}"' in text_of("lib/version.lua")


def test_every_osc_address_is_a_row_of_the_vocabulary():
    rows = {value.address for value in vars(protocol).values() if isinstance(value, protocol.Message)}
    found = {
        address
        for path in FILES
        for address in re.findall(r'"(/stembridge/[^"]*)"', path.read_text(encoding="utf-8"))
    }
    assert found == {"/stembridge/submit"}
    assert found <= rows


def test_every_call_is_one_that_reaper_has():
    from lua.signatures import read_signatures

    known = set(read_signatures())
    used = {
        name for path in FILES for name in re.findall(r"\breaper\.(\w+)", path.read_text(encoding="utf-8"))
    }
    assert used <= known
    assert len(used) > 80


WITH_BUFFER = "EnumProjects|GetProjectPathEx|GetProjectName|GetMediaSourceFileName|GetMediaSourceType|genGuid"


def test_calls_that_older_reapers_want_a_buffer_for_get_one():
    """Their lists have one more argument, a text that is only filled; newer ones do not mind it."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS.rglob("*.lua"))
    calls = re.findall(rf"reaper\.(?:{WITH_BUFFER})\([^()]*\)", text)
    assert len(calls) == 10
    assert all(call.endswith(('"")', ', "")')) for call in calls), calls
