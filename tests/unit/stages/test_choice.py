"""Fewer stems than a preset makes."""

import pytest

from stembridge.errors import PlanError
from stembridge.presets import Preset, Separate
from stembridge.stages.choice import choose_stems

PRESET = Preset(
    id="mine", description="Mine", separate=Separate(stems=("vocals", "rhythm: drums + bass", "other"))
)


def test_outputs_of_the_preset_are_chosen_by_name_and_recipes_of_the_same_stems_as_they_are():
    chosen = choose_stems(PRESET, ["rhythm", "instrumental", "all but bass", "rhythm"]).separate
    assert chosen is not None
    assert chosen.stems == ("rhythm: drums + bass", "instrumental", "all but bass")


def test_none_chosen_means_all():
    assert choose_stems(PRESET, ()) is PRESET


def test_a_residual_of_its_own_is_left_out_with_the_others():
    own = PRESET.model_copy(
        update={"separate": Separate(stems=("vocals", "drums", "bass", "other"), residual="own")}
    )
    chosen = choose_stems(own, ["drums"]).separate
    assert chosen is not None
    assert (chosen.stems, chosen.residual) == (("drums",), "drums")


@pytest.mark.parametrize("preset", [PRESET, Preset(id="plain", description="Plain")], ids=lambda one: one.id)
def test_a_stem_that_is_not_made_is_refused(preset):
    with pytest.raises(PlanError, match=preset.id) as refused:
        choose_stems(preset, ["banjo"])
    assert refused.value.code == "no-such-stem"
