import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.errors import ConfigError
from stembridge.yaml_file import Document, Mark, did_you_mean, parse_yaml, read_yaml, refuse, written

HERE = Path("stembridge.yaml")


def parse(text: str) -> Document:
    return parse_yaml(text, HERE)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
        ("0", 0),
        ("-12", -12),
        ("48000", 48000),
        ("0.25", 0.25),
        ("-.5", -0.5),
        ("1e3", 1000.0),
        ("~", "~"),
        ("on", "on"),
        ("off", "off"),
        ("yes", "yes"),
        ("No", "No"),
        ("True", "True"),
        ("12:30:00", "12:30:00"),
        ("0777", "0777"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("2024-01-02", "2024-01-02"),
        (".inf", ".inf"),
        ("01.5", "01.5"),
        ('"true"', "true"),
        ("'48000'", "48000"),
        ("2 s", "2 s"),
        ('"Größe é"', "Größe é"),
    ],
)
def test_plain_values_mean_what_they_look_like(text: str, value: Any) -> None:
    found = parse(f"key: {text}").data["key"]
    assert found == value
    assert type(found) is type(value)


def test_every_key_and_entry_knows_its_place() -> None:
    document = parse("one: 1\ntwo:\n  - three: 3\n    four: [5, 6]\n")
    assert document.data == {"one": 1, "two": [{"three": 3, "four": [5, 6]}]}
    assert document.marks[("two", 0, "four")] == Mark(4, 5)
    assert document.marks[("two", 0, "four", 1)] == Mark(4, 15)


def test_a_mistake_about_a_key_that_is_not_there_is_placed_at_the_key_around_it() -> None:
    document = parse("a:\n  b: 1\n")
    assert str(document.mistake(("a", "c"), "It is needed.")) == "stembridge.yaml:1:1: a.c: It is needed."


def test_a_key_that_is_there_twice_is_told_with_both_places() -> None:
    (mistake,) = parse("a: 1\nb: 2\na: 3\n").mistakes
    assert str(mistake) == "stembridge.yaml:3:1: a: The key is there twice, first in line 1."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: &x 1\nb: *x", "1:4: Anchors"),
        ("a: !!python/object/apply:os.system [ls]", "1:4: Tags"),
        ("a: [1, 2", "1:9: This is not YAML: "),
        ("a:\n\tb: 1", "2:1: This is not YAML: "),
        ("- a\n- b", "1:1: The file must hold keys"),
        ("just words", "1:1: The file must hold keys"),
        ("[a]: 1", "1:1: A key must be plain text"),
        ("a: 1\n---\nb: 2", "2:1: This is not YAML: "),
        ('a: "\\uD800"', "1:4: a: The text holds a control character"),
        ('a: "x\\0y"', "1:4: a: The text holds a control character"),
        ('a: "\\UFFFFFFFF"', "This is not YAML"),
        ("a: " + "[" * 40 + "]" * 40, "1:19: Lists and mappings are nested"),
        ("a: " + "{b: " * 5000, "nested"),
    ],
)
def test_what_is_no_plain_file_is_refused_with_its_place(text: str, told: str) -> None:
    mistakes = parse(text).mistakes
    assert any(told in str(mistake) for mistake in mistakes), mistakes


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n", "null\n"])
def test_an_empty_file_says_nothing(text: str) -> None:
    assert parse(text) == Document(HERE, {}, {})


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes("a: é\n".encode("utf-8-sig"))
    assert read_yaml(path).data == {"a": "é"}


def test_a_file_in_another_encoding_is_told_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes("a: 1\nb: é\n".encode("latin-1"))
    assert str(read_yaml(path).mistakes[0]) == f"{path}:2:1: This is not UTF-8 text; save the file as UTF-8."


def test_a_file_that_is_not_there_or_not_a_file_is_a_mistake(tmp_path: Path) -> None:
    assert "cannot be read" in read_yaml(tmp_path / "none.yaml").mistakes[0].message
    assert "cannot be read" in read_yaml(tmp_path).mistakes[0].message


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"#" * ((1 << 20) + 1))
    assert "larger than" in read_yaml(path).mistakes[0].message


def test_all_mistakes_are_raised_together_in_file_order() -> None:
    document = parse("a: 1\nb: 2\n")
    mistakes = [document.mistake(("b",), "Second."), document.mistake(("a",), "First.")]
    with pytest.raises(ConfigError, match=r"has 2 mistakes:\n.*1:1: a: First.\n.*2:1: b: Second."):
        refuse(ConfigError, HERE, mistakes)


def test_no_mistakes_raise_nothing() -> None:
    refuse(ConfigError, HERE, [])


def test_key_paths_are_written_as_people_write_them() -> None:
    assert written(("hot_folders", 0, "preset")) == "hot_folders[0].preset"


def test_only_a_near_word_is_suggested() -> None:
    assert did_you_mean("orignals", ["originals", "path"]) == '; did you mean "originals"?'
    assert did_you_mean("zebra", ["originals", "path"]) == ""


@settings(deadline=None, max_examples=300)
@given(
    st.text(alphabet=st.sampled_from("ab01:-[]{}#&*!|>'\"%@`,?\\\n\t .~é\x00U"), max_size=60)
    | st.text(max_size=60)
)
def test_no_text_crashes_the_reader(text: str) -> None:
    document = parse(text)
    assert isinstance(document.data, dict)


PLAIN = (
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=9)
)
NESTED = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=100)
@given(st.dictionaries(st.text("abcdef", min_size=1), NESTED, max_size=4))
def test_what_json_writes_reads_back_alike(data: dict[str, Any]) -> None:
    document = parse(json.dumps(data, ensure_ascii=False))
    assert document.mistakes == ()
    assert document.data == data
