"""The scripts' JSON against Python's."""

import json
import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**63), 2**63 - 1)
VALUES = st.recursive(
    TEXT | NUMBERS | st.booleans(),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=4) | st.dictionaries(TEXT, inner, min_size=1, max_size=4)
    ),
    max_leaves=12,
)
LAW = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def lua_json(studio: Any) -> Any:
    return studio.reaper.require(studio.scripts, "lib.json")


@LAW
@given(value=VALUES)
def test_what_is_read_and_written_again_is_the_same(lua_json, value):
    text = json.dumps(value, ensure_ascii=False).encode()
    assert json.loads(lua_json("encode", lua_json("decode", text))) == value


@LAW
@given(value=VALUES)
def test_ascii_escapes_are_read_as_python_writes_them(lua_json, value):
    text = json.dumps(value, ensure_ascii=True, indent=1).encode()
    assert json.loads(lua_json("encode", lua_json("decode", text))) == value


@LAW
@given(number=st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_comes_back_to_the_last_bit(lua_json, number):
    assert float(lua_json("encode", number)) == number


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "{", "[1,]", "[1 2]", "{1:2}", '{"a" 1}', '{"a":1,}', "[01]", "[1.]", "[.5]", "[+1]", "[1e]", "[--1]",
        "nul", "True", "[1]x", '"\n"', '"\\x"', '"\\u12"', '"\\ud800"', '"\\ud800\\u0041"', '"\\udc00"', '"open',
        "[" * 100, "{} {}",
    ],
)  # fmt: skip
def test_what_python_refuses_is_refused(lua_json, text):
    if "\\ud" not in text and text != "[" * 100:
        with pytest.raises(ValueError):  # noqa: PT011
            json.loads(text)
    with pytest.raises(Exception, match=r"byte|UTF-8"):
        lua_json("decode", text.encode())


@pytest.mark.parametrize("text", [b'"\xff"', b'"\xc3"', b'"\xed\xa0\x80"'])
def test_bytes_that_are_not_utf8_are_refused(lua_json, text):
    with pytest.raises(Exception, match=r"UTF-8"):
        lua_json("encode", text)


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_numbers_that_json_lacks_are_refused(lua_json, number):
    with pytest.raises(Exception, match="not finite"):
        lua_json("encode", number)


def test_null_in_an_object_is_left_out_and_keeps_its_place_in_an_array(lua_json):
    decoded = lua_json("decode", b'{"a":null,"b":[1,null,2],"c":[]}')
    assert lua_json("encode", decoded) == b'{"b":[1,null,2],"c":[]}'


def test_quotes_that_a_project_file_cannot_hold_are_escaped(lua_json):
    encoded = lua_json("encode", b"it's `so`")
    assert b"'" not in encoded
    assert b"`" not in encoded
    assert json.loads(encoded) == "it's `so`"


def test_a_locale_with_a_decimal_comma_changes_nothing(studio):
    lua_json = studio.reaper.require(studio.scripts, "lib.json")
    lua_json.run("local f = string.format string.format = function(...) return (f(...):gsub('%.', ',')) end")
    lua_json.run("assert(('%.15g'):format(0.5) == '0,5')")
    assert lua_json("encode", [0.1, 1.5, 3]) == b"[0.1,1.5,3]"
