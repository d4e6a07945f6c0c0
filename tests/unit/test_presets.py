from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.data import data_folder
from stembridge.errors import PresetError
from stembridge.presets import FIELDS, Align, Format, PresetStore, merge

SHIPPED = ("cd-44k16", "house-48k24", "mastering-stems", "me-delivery", "source")


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", PresetStore().names())
def test_every_shipped_preset_loads_and_describes_itself_in_one_line(name: str) -> None:
    preset = PresetStore().load(name)
    assert preset.id == name
    assert 20 < len(preset.description) < 120
    assert "\n" not in preset.description


def test_the_promised_presets_are_shipped() -> None:
    assert set(SHIPPED) <= set(PresetStore().names())


@pytest.mark.parametrize(
    ("name", "form", "align", "template"),
    [
        ("house-48k24", Format(rate=48000, depth=24), Align(), "{song}_{stem}_48k24b"),
        ("source", Format(), Align(start="pad"), "{song}_{stem}_{rate}k{depth}b"),
        ("cd-44k16", Format(rate=44100, depth=16), Align(), "{song}_{stem}_44k16b"),
        (
            "mastering-stems",
            Format(depth="float"),
            Align(start="pad", length="common"),
            "{song}_{stem}_{rate}k{depth}b",
        ),
        (
            "me-delivery",
            Format(rate=48000, depth=24),
            Align(start="pad", length="common"),
            "{song}_{stem}_48k24b",
        ),
    ],
)
def test_a_shipped_preset_means_what_its_name_says(
    name: str, form: Format, align: Align, template: str
) -> None:
    preset = PresetStore().load(name)
    assert (preset.format, preset.align, preset.name) == (form, align, template)


def test_a_preset_of_ones_own_changes_only_what_it_says(tmp_path: Path) -> None:
    write(tmp_path, "mine", "extends: house-48k24\ndescription: Mine\nformat: {depth: 16}\n")
    preset = PresetStore(tmp_path).load("mine")
    assert preset.format == Format(rate=48000, depth=16)
    assert preset.name == "{song}_{stem}_48k24b"
    assert preset.description == "Mine"


def test_presets_extend_over_several_steps(tmp_path: Path) -> None:
    write(tmp_path, "one", "extends: me-delivery\nformat: {container: flac}\n")
    write(tmp_path, "two", "extends: one\nalign: {start: trim}\nsession: {colours: {fx: '#000000'}}\n")
    preset = PresetStore(tmp_path).load("two")
    assert preset.format == Format(rate=48000, depth=24, container="flac")
    assert preset.align == Align(start="trim", length="common")
    assert preset.session.colours["fx"] == "#000000"
    assert preset.session.colours["music"] == "#4caf6d"


def test_a_shipped_name_is_taken_over_only_by_extending_it(tmp_path: Path) -> None:
    write(tmp_path, "source", "extends: source\nname: '{stem}'\n")
    assert PresetStore(tmp_path).load("source").name == "{stem}"
    assert PresetStore(tmp_path).load("source").align.start == "pad"


def test_shadowing_a_shipped_preset_is_refused_with_the_way_out(tmp_path: Path) -> None:
    write(tmp_path, "source", "description: Something else\n")
    with pytest.raises(PresetError, match="write `extends: source`, or give the file another name"):
        PresetStore(tmp_path).load("source")


def test_another_preset_extends_the_users_version_of_a_shipped_one(tmp_path: Path) -> None:
    write(tmp_path, "source", "extends: source\nname: '{stem}'\n")
    write(tmp_path, "mine", "extends: source\n")
    assert PresetStore(tmp_path).load("mine").name == "{stem}"


def test_presets_that_extend_each_other_in_a_circle_are_refused(tmp_path: Path) -> None:
    for name, base in (("a", "b"), ("b", "c"), ("c", "a")):
        write(tmp_path, name, f"extends: {base}\ndescription: x\n")
    with pytest.raises(
        PresetError, match=r"extends: Presets extend each other in a circle: a -> b -> c -> a"
    ):
        PresetStore(tmp_path).load("a")


def test_a_preset_that_extends_itself_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "mine", "extends: mine\ndescription: x\n")
    with pytest.raises(PresetError, match=r'1:1: extends: There is no preset "mine"|circle: mine -> mine'):
        PresetStore(tmp_path).load("mine")


def test_an_unknown_base_is_told_with_a_suggestion(tmp_path: Path) -> None:
    write(tmp_path, "mine", "description: x\nextends: house48k24\n")
    with pytest.raises(PresetError, match=r'mine.yaml:2:1: extends: .*did you mean "house-48k24"\?'):
        PresetStore(tmp_path).load("mine")


def test_an_unknown_preset_is_told_with_a_suggestion_and_where_presets_belong(tmp_path: Path) -> None:
    with pytest.raises(PresetError, match=r'no preset "huose-48k24"; did you mean "house-48k24"\?') as caught:
        PresetStore(tmp_path).load("huose-48k24")
    assert str(tmp_path) in caught.value.hint


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "", ".", "a/b", "sour\x00ce"])
def test_a_name_is_never_a_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(PresetError, match="There is no preset"):
        PresetStore(tmp_path).load(name)


def test_a_mistake_in_the_base_is_told_in_the_bases_own_file(tmp_path: Path) -> None:
    base = write(tmp_path, "base", "description: x\nformat: {depth: 20}\n")
    write(tmp_path, "mine", "extends: base\n")
    with pytest.raises(PresetError) as caught:
        PresetStore(tmp_path).load("mine")
    assert (
        f"{base}:2:10: format.depth: Expected 16, 24, 32, 'float' or 'source', not 20."
        in caught.value.message
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("formt: {rate: 48000}", '1:1: formt: There is no such key; did you mean "format"?'),
        ("align: {begin: pad}", "1:9: align.begin: There is no such key."),
        ("align: {start: padd}", 'did you mean "pad"?'),
        ("format: {rate: fast}", "format.rate: Expected a whole number or 'source', not \"fast\"."),
        ("format: {rate: 10}", "format.rate: The value must be greater than or equal to 8000."),
        ("format: {rate: '48000'}", "format.rate: Expected a whole number or 'source'"),
        ("format: {depth: float, container: flac}", "format.container: A FLAC file holds 16 or 24 bits"),
        ("session: {rpp: on}", 'session.rpp: Expected true or false, not "on".'),
        ("session: {colours: {drums: red}}", "session.colours.drums: Write a colour"),
        ("name: '{sung}'", 'name: There is no field {sung}; did you mean "song"?'),
        ("name: '{song.upper}'", "There is no field {song.upper}"),
        ("name: '{}'", "There is no field {}"),
        ("name: '{song!r}'", "only a number of digits"),
        ("name: '{song:>10}'", "only a number of digits"),
        ("name: '{song'", "The braces do not match"),
        ("name: a/{stem}", "A file name has no folders in it"),
        ("name: ''", "name: This must not be empty."),
        ("folder: ../{song}", "The folder must stay below the destination"),
        ("folder: /{song}", "The folder must stay below the destination"),
        ("folder: 'C:\\{song}'", "The folder must stay below the destination"),
        ("folder: 'a\\..\\{song}'", "The folder must stay below the destination"),
        ("complete_when: a/b", "Give the name of a file"),
        ("separate: {stems: []}", "separate.stems: This must not be empty."),
        ("separate: {stems: [a, a]}", "separate.stems: A stem is there twice."),
        ("separate: {model: x}", "separate.stems: This key is needed."),
        ("separate: {stems: [a], overlap: 1}", "separate.overlap: The value must be less than 1."),
        ("separate: vocals", 'separate: Expected keys and values, not "vocals".'),
        ("identify: {least_confidence: 80}", "The value must be less than or equal to 1."),
        ("id: other", "id: The name of a preset is the name of its file."),
    ],
)
def test_a_mistake_is_told_with_place_key_and_way_out(tmp_path: Path, text: str, told: str) -> None:
    path = write(tmp_path, "mine", f"{text}\ndescription: x\n")
    with pytest.raises(PresetError) as caught:
        PresetStore().check(path)
    assert told in caught.value.message
    assert "has 1 mistake:" in caught.value.message


def test_a_missing_description_is_one_mistake_even_when_it_is_misspelt(tmp_path: Path) -> None:
    store = PresetStore()
    with pytest.raises(PresetError, match=r"has 1 mistake:\n.*description: This key is needed"):
        store.check(write(tmp_path, "a", "name: '{stem}'\n"))
    with pytest.raises(
        PresetError, match=r"has 1 mistake:\n.*descriptoin: There is no such key; did you mean"
    ):
        store.check(write(tmp_path, "b", "descriptoin: x\n"))


def test_all_mistakes_of_a_preset_are_told_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, "mine", "nme: x\nformat: {depth: 8}\nalign: {start: 3}\nid: x\nname: a\nname: b\n")
    with pytest.raises(PresetError, match="has 6 mistakes"):
        PresetStore().check(path)


@pytest.mark.parametrize("field", sorted(FIELDS))
def test_every_field_may_stand_in_a_name(tmp_path: Path, field: str) -> None:
    path = write(tmp_path, "mine", f"description: x\nname: 'a {{{field}}}'\n")
    assert PresetStore().check(path).name == f"a {{{field}}}"


def test_the_digest_follows_what_shapes_a_delivery_and_not_the_words_about_it(tmp_path: Path) -> None:
    store, digest = PresetStore(tmp_path), PresetStore().load("source").digest()
    write(tmp_path, "same", "extends: source\ndescription: Other words\n")
    write(tmp_path, "other", "extends: source\nformat: {depth: 24}\n")
    assert store.load("same").digest() == digest
    assert store.load("other").digest() != digest
    assert len(digest) == 64


def test_the_json_of_a_preset_holds_its_defaults() -> None:
    plain = PresetStore().load("house-48k24").to_json()
    assert plain["identify"] == {"names": True, "audio": False, "least_confidence": 0.8}


def test_hidden_and_foreign_files_are_no_presets(tmp_path: Path) -> None:
    write(tmp_path, ".hidden", "description: x\n")
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    assert PresetStore(tmp_path).names() == PresetStore().names()


def test_a_user_folder_need_not_exist(tmp_path: Path) -> None:
    assert PresetStore(tmp_path / "none").names() == PresetStore().names()


def test_the_shipped_files_are_found() -> None:
    assert (data_folder("presets") / "source.yaml").is_file()


VALUES = st.recursive(
    st.integers(0, 3), lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3), max_leaves=8
)
MAPPINGS = st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3)


@settings(deadline=None, max_examples=100)
@given(MAPPINGS, MAPPINGS)
def test_merging_keeps_all_changes_and_repeating_it_changes_nothing(base: dict, changes: dict) -> None:
    merged = merge(base, changes)
    assert merge(merged, changes) == merged
    assert merge({}, changes) == changes
    assert merge(base, {}) == base
    assert set(merged) == set(base) | set(changes)
