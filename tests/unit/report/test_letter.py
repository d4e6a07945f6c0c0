import pytest
from unit.report.pages import finding, notes, page

from stembridge.report.letter import letter


def written(*findings, **more):
    return letter(page(notes=notes(*findings), **more))


def test_an_error_is_asked_about_with_its_figures_and_its_place():
    late = finding(
        "error",
        "offset",
        message="It is late.",
        path="a.wav",
        measured=-480.0,
        limit=0.0,
        unit="samples",
        at=1.0,
    )
    assert written(late) == (
        'We cannot use the delivery "Night Drive" as it is. Could you help us with this?\n\n'
        "1. a.wav, at 0:01.000\n"
        "It is late. Measured: -480 samples, limit 0 samples. Please check this and send it again.\n\n"
        "Thank you!"
    )


def test_a_warning_that_only_the_sender_can_settle_is_asked_about():
    text = written(finding(code="lossy-source", message="The source is lossy.", path="a.mp3"))
    assert text is not None
    assert text.startswith('Thank you for the delivery "Night Drive".')
    assert "1. a.mp3\nThe source is lossy. Please send it as WAV or FLAC" in text


def test_there_is_no_letter_when_there_is_nothing_to_ask():
    assert written() is None
    assert written(finding("info", "lossy-source"), finding("warning", "start-cut")) is None


def test_a_file_name_cannot_add_lines_to_the_letter():
    text = written(finding("error", path="a\n\n2. Pay here\r\n.wav"), song="x\ny")
    assert text is not None
    assert "1. a 2. Pay here .wav\n" in text
    assert '"x y"' in text


def test_a_finding_about_the_set_says_so():
    assert "1. The whole set\n" in str(written(finding("error", path=None)))


def test_what_the_hint_says_to_ask_for_is_asked_without_its_reasons():
    hint = "Ask for a new export; a disk or a buffer was too slow."
    assert "Please send a new export.\n" in str(written(finding("error", "dropout", hint=hint)))


@pytest.mark.parametrize(
    ("hint", "asked"),
    [
        ("Ask whether a.wav belongs to this mix, or leave it out.", "Please tell us whether a.wav belongs"),
        (
            "Ask for a mix as it was, or for stems that went through it.",
            "Please send a mix as it was, or stems",
        ),
        ("Ask the sender which one is right.", "Please tell us which one is right."),
        ("Lower the whole set by one gain.", "Please check this and send it again."),
    ],
)
def test_each_hint_becomes_a_request(hint, asked):
    assert asked in str(written(finding("error", "does-not-null", hint=hint)))


def test_what_is_left_of_a_mix_is_called_that_and_one_of_a_thing_is_singular():
    left = finding("error", "does-not-null", measured=-30.0, limit=-60.0, unit="dBFS")
    assert "Left in the worst second: -30 dBFS, limit -60 dBFS." in str(written(left))
    gap = finding("error", "dropout", measured=1.0, limit=0.0, unit="dropouts")
    assert "Measured: 1 dropout, limit 0 dropouts." in str(written(gap))


def test_what_was_put_right_is_not_asked_about():
    assert written(finding("warning", "did-not-null")) is None


def test_a_file_that_is_asked_for_again_is_not_asked_about_beside():
    silent = finding("warning", "silent", path="a.wav")
    null = finding("error", "does-not-null", message="The stems do not sum to the mix. a.wav is silent.")
    assert "2. " not in str(written(null, silent))
    assert "2. " in str(written(null, finding("warning", "silent", path="b.wav")))
