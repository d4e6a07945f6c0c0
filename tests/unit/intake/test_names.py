import pytest

from stembridge.intake.names import is_ignored, is_own_folder


@pytest.mark.parametrize("name", ["a.wav.part", "._a.wav", ".stembridge-7f", "Thumbs.db", "a.reapeaks"])
def test_temporary_hidden_and_leftover_names_are_not_taken_in(name):
    assert is_ignored(name)


@pytest.mark.parametrize("name", ["_done", "failed", "Failed", "_DONE"])
def test_the_folders_for_originals_are_known_in_any_letter_case(name):
    assert is_own_folder(name)


@pytest.mark.parametrize("name", ["done", "_failed", "failed takes"])
def test_names_that_resemble_them_are_deliveries(name):
    assert not is_own_folder(name)
