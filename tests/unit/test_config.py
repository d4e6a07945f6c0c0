import json
import os
from pathlib import Path

import pytest

from stembridge.config import Config, check_config, find_config, load_config
from stembridge.config_values import split_destination
from stembridge.errors import ConfigError
from stembridge.request import Originals


def load(folder: Path, text: str, **environ: str) -> Config:
    return load_config(write(folder, text), environ=environ)


def write(folder: Path, text: str) -> Path:
    path = folder / "stembridge.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def complaint(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(folder, text)
    return caught.value.message


FIVE = """\
hot_folders:
  - path: in
    to: out
    preset: hous-48k24
    settle: soon
workrs: 2
osc:
  port: 99999
rescan: on
"""


def test_a_file_with_five_mistakes_tells_all_five_with_line_key_and_suggestion(tmp_path: Path) -> None:
    where = tmp_path / "stembridge.yaml"
    assert complaint(tmp_path, FIVE).splitlines() == [
        "stembridge.yaml has 5 mistakes:",
        f'{where}:4:5: hot_folders[0].preset: There is no preset "hous-48k24"; did you mean "house-48k24"?',
        f"{where}:5:5: hot_folders[0].settle: Write a duration like `2 s`, `10 min` or `1 h`, not `soon`.",
        f'{where}:6:1: workrs: There is no such key; did you mean "workers"?',
        f"{where}:8:3: osc.port: The value must be less than or equal to 65535.",
        f"{where}:9:1: rescan: Write a duration like `2 s`, `10 min` or `1 h`, not `on`.",
    ]


def test_a_hot_folder_needs_five_lines(tmp_path: Path) -> None:
    config = load(tmp_path, "hot_folders:\n  - path: in\n    to: out\n    preset: house-48k24\n")
    (hot,) = config.hot_folders
    assert (hot.path, hot.to, hot.folder) == (tmp_path / "in", tmp_path / "out", None)
    assert (hot.originals, hot.settle, hot.watch, hot.give_up) == (Originals.MOVE, None, "auto", 600.0)


@pytest.mark.parametrize(
    ("to", "fixed", "template"),
    [
        ("/p/{song}/Audio", "/p", "{song}/Audio"),
        ("/p/x", "/p/x", None),
        ("{song}", ".", "{song}"),
        ("/{song}", "/", "{song}"),
        ("a/pre{song}/{date}", "a", "pre{song}/{date}"),
    ],
)
def test_a_destination_is_a_folder_and_a_template(to: str, fixed: str, template: str | None) -> None:
    assert split_destination(to) == (fixed, template)


def test_the_template_of_a_destination_takes_the_place_of_the_presets(tmp_path: Path) -> None:
    (hot,) = load(tmp_path, "hot_folders: [{path: in, to: 'out/{song}/Audio', preset: source}]").hot_folders
    assert (hot.to, hot.folder) == (tmp_path / "out", "{song}/Audio")


def test_the_template_can_have_its_own_key_but_not_both(tmp_path: Path) -> None:
    own = load(tmp_path, "hot_folders: [{path: in, to: out, folder: '{date}', preset: source}]")
    assert own.hot_folders[0].folder == "{date}"
    both = "hot_folders: [{path: in, to: 'out/{song}', folder: '{date}', preset: source}]"
    assert "hot_folders[0].folder: `to` has a template already" in complaint(tmp_path, both)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("2", 2.0),
        ("0.5", 0.5),
        ("2 s", 2.0),
        ("2s", 2.0),
        ("250 ms", 0.25),
        ("10 min", 600.0),
        ("1.5 h", 5400.0),
    ],
)
def test_durations_are_numbers_or_have_units(tmp_path: Path, written: str, seconds: float) -> None:
    text = f"hot_folders: [{{path: in, to: out, preset: source, settle: {written}}}]"
    assert load(tmp_path, text).hot_folders[0].settle == pytest.approx(seconds)


@pytest.mark.parametrize("written", ["-1", "2 weeks", "1 2 s", "s", "1e9", "[1]", "true"])
def test_what_is_no_duration_is_refused(tmp_path: Path, written: str) -> None:
    text = f"hot_folders: [{{path: in, to: out, preset: source, settle: {written}}}]"
    assert "hot_folders[0].settle: " in complaint(tmp_path, text)


def test_paths_are_relative_to_the_file_and_know_the_home_folder(tmp_path: Path) -> None:
    config = load(tmp_path, "data: ~/d\npresets: ./p/../q\nallowed_roots: [~, x]\n")
    assert config.data == Path.home() / "d"
    assert config.presets == tmp_path / "q"
    assert config.allowed_roots == (Path.home(), tmp_path / "x")


def test_spool_and_models_are_below_data_unless_said(tmp_path: Path) -> None:
    config = load(tmp_path, "data: d\nmodels: m\n")
    assert (config.spool, config.models) == (tmp_path / "d" / "spool", tmp_path / "m")
    assert config.log_folder == tmp_path / "d" / "logs"


@pytest.mark.parametrize(
    ("folders", "told"),
    [
        ([("a", "out"), ("a", "out")], "hot_folders[1].path: This is the same folder as hot_folders[0].path"),
        ([("a", "out"), ("b/../a", "out")], "hot_folders[1].path: This is the same folder"),
        (
            [("a", "out"), ("a/b", "out")],
            "hot_folders[1].path: This folder and hot_folders[0].path lie inside",
        ),
        (
            [("a/b", "out"), ("a", "out")],
            "hot_folders[1].path: This folder and hot_folders[0].path lie inside",
        ),
        ([("a", "a")], "hot_folders[0].to: "),
        ([("a", "a/out")], "put it beside the hot folder"),
        ([("a", "a/{song}")], "hot_folders[0].to: "),
        ([("a", "b/out"), ("b", "out")], "hot_folders[0].to: "),
    ],
)
def test_folders_that_feed_each_other_are_refused(
    tmp_path: Path, folders: list[tuple[str, str]], told: str
) -> None:
    entries = "".join(f"  - {{path: {path}, to: '{to}', preset: source}}\n" for path, to in folders)
    assert told in complaint(tmp_path, f"hot_folders:\n{entries}")


def test_folders_side_by_side_are_fine_though_their_names_begin_alike(tmp_path: Path) -> None:
    text = "hot_folders: [{path: a, to: ab, preset: source}, {path: abc, to: ab, preset: source}]"
    assert len(load(tmp_path, text).hot_folders) == 2


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_a_link_into_the_hot_folder_is_seen_through(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "in")
    assert "would be taken in again" in complaint(
        tmp_path, "hot_folders: [{path: in, to: out, preset: source}]"
    )


def test_a_data_folder_inside_a_hot_folder_is_refused(tmp_path: Path) -> None:
    text = "data: in/data\nhot_folders: [{path: in, to: out, preset: source}]"
    assert "1:1: data: " in complaint(tmp_path, text)


def test_a_hot_folder_that_is_away_is_a_warning_not_a_mistake(tmp_path: Path) -> None:
    path = write(tmp_path, "hot_folders: [{path: in, to: out, preset: source}]")
    checked = check_config(path, environ={})
    assert checked.config is not None
    assert "is not there; it is waited for" in str(checked.warnings[0])
    (tmp_path / "in").mkdir()
    assert check_config(path, environ={}).warnings == ()


def test_the_users_presets_lie_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "presets").mkdir()
    (tmp_path / "presets" / "mine.yaml").write_text("extends: source\n", encoding="utf-8")
    config = load(tmp_path, "hot_folders: [{path: in, to: out, preset: mine}]")
    assert config.preset_store().load("mine").align.start == "pad"


def test_a_preset_with_a_mistake_is_told_where_it_is_used_and_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "presets").mkdir()
    (tmp_path / "presets" / "mine.yaml").write_text("extends: source\nfromat: 1\n", encoding="utf-8")
    told = complaint(tmp_path, "hot_folders:\n- {path: in, to: out, preset: mine}\n")
    assert "stembridge.yaml:2:23: hot_folders[0].preset: The preset cannot be used" in told
    assert 'mine.yaml:2:1: fromat: There is no such key; did you mean "format"?' in told


def test_without_a_file_everything_has_its_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr("platformdirs.user_config_path", lambda *_, **__: tmp_path)
    config = load_config(environ={})
    assert (config.hot_folders, config.workers, config.database, config.osc.port) == ((), 1, None, 9137)
    assert config.presets == tmp_path / "presets"


def test_the_environment_names_the_file_and_the_data_folder(tmp_path: Path) -> None:
    path = write(tmp_path, "data: d\n")
    environ = {"STEMBRIDGE_CONFIG": str(path), "STEMBRIDGE_DATA": str(tmp_path / "e")}
    assert find_config(environ) == path
    assert load_config(environ=environ).data == tmp_path / "e"
    assert load_config(environ=environ).spool == tmp_path / "e" / "spool"


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    missing = tmp_path / "none.yaml"
    with pytest.raises(ConfigError, match="STEMBRIDGE_CONFIG names a file that is not there"):
        load_config(environ={"STEMBRIDGE_CONFIG": str(missing)})
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(missing, environ={})


def test_listening_to_others_needs_a_token(tmp_path: Path) -> None:
    assert "osc: Others can reach 0.0.0.0" in complaint(tmp_path, "osc: {host: 0.0.0.0}")
    assert load(tmp_path, "osc: {host: 0.0.0.0, token: long-enough}").osc.token == "long-enough"
    assert load(tmp_path, "osc: {host: '::1'}").osc.token is None


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    text = "database: postgresql://me:geheim1@db/jobs\nosc: {token: geheim22}\n"
    config = load(tmp_path, text)
    shown = json.dumps(config.to_json())
    assert "geheim" not in shown
    assert "postgresql://me:***@db/jobs" in shown
    assert config.database == "postgresql://me:geheim1@db/jobs"


def test_workers_are_a_number_or_one_a_core(tmp_path: Path) -> None:
    assert load(tmp_path, "workers: 3").workers == 3
    assert load(tmp_path, "workers: cores").workers == os.cpu_count()
    assert "workers: Give a whole number, or `cores`" in complaint(tmp_path, "workers: all")
    assert "workers: " in complaint(tmp_path, "workers: 0")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("hot_folders: {path: a}", "hot_folders: Expected a list"),
        ("hot_folders: [a]", 'hot_folders[0]: Expected keys and values, not "a".'),
        ("hot_folders: [{path: a, to: b}]", "hot_folders[0].preset: This key is needed."),
        ("hot_folders: [{path: '', to: b, preset: source}]", "hot_folders[0].path: The path is empty."),
        ("hot_folders: [{path: 3, to: b, preset: source}]", "hot_folders[0].path: Expected "),
        ("hot_folders: [{path: a, to: 'b/../{song}/..', preset: source}]", "must stay below the destination"),
        ("hot_folders: [{path: a, to: 'b/{sgon}', preset: source}]", 'did you mean "song"?'),
        ("hot_folders: [{path: a, to: b, preset: source, originals: delete}]", "Expected 'move' or 'keep'"),
        ("hot_folders: [{path: a, to: b, preset: source, watch: pol}]", 'did you mean "poll"?'),
        ("database: mysql://x", "database: A database URL begins with"),
        ("log_level: verbose", "log_level: Expected 'debug', 'info', 'warning' or 'error'"),
        ("device: gpu", "device: Expected "),
        ("- a", "The file must hold keys and values"),
    ],
)
def test_a_mistake_is_told_with_its_key(tmp_path: Path, text: str, told: str) -> None:
    assert told in complaint(tmp_path, text)


def test_a_key_without_a_value_has_its_default(tmp_path: Path) -> None:
    assert load(tmp_path, "workers:\nhot_folders:\ndatabase: null\n").workers == 1
