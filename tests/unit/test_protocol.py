"""The table of OSC messages, and what arguments fit it."""

import pytest

from stembridge.errors import IntakeError
from stembridge.protocol import COMMANDS, CONFORM, JOBS, PING, REPLIES, STATE, STATUS, check_arguments, say


def test_every_address_is_plain_and_no_command_is_a_reply():
    for address in (*COMMANDS, *REPLIES):
        assert address.startswith("/stembridge/")
        assert address.removeprefix("/stembridge/").isalpha()
    assert not COMMANDS.keys() & REPLIES.keys()


def test_what_may_be_left_out_is_empty():
    assert check_arguments(CONFORM, ["/a.wav", "source"]) == ("/a.wav", "source", "")


@pytest.mark.parametrize("pressed", [1.0, 0.0, 1])
def test_a_button_that_sends_its_position_is_no_mistake(pressed):
    assert check_arguments(PING, [pressed]) == ()
    assert check_arguments(JOBS, [pressed]) == ()


@pytest.mark.parametrize(
    ("row", "arguments", "said"),
    [
        (CONFORM, ["/a.wav"], "has 1 arguments"),
        (CONFORM, ["/a.wav", "b", "c", "d"], "has 4 arguments"),
        (CONFORM, ["/a.wav", 1], "preset .* not a string"),
        (CONFORM, [b"/a.wav", "b"], "path .* not a string"),
        (STATUS, [None], "not a string"),
        (STATUS, ["x" * 65], "too long"),
        (PING, ["hello"], "has 1 arguments"),
        (STATE, ["job", "running", True, ""], "percent .* not a number"),
    ],
)
def test_arguments_that_do_not_fit_are_refused_with_what_would(row, arguments, said):
    with pytest.raises(IntakeError, match=said) as refused:
        check_arguments(row, arguments)
    assert refused.value.code == "malformed"
    assert "It takes:" in refused.value.hint


def test_a_number_may_be_said_as_an_integer():
    assert say(STATE, "job", "running", 50, "conform").arguments == ("job", "running", 50, "conform")
