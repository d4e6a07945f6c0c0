"""Choice: the outputs of a preset's separation that somebody wants, in place of all of them; pure."""

from collections.abc import Sequence

from stembridge.errors import PlanError
from stembridge.presets import Preset
from stembridge.stages.recipe import OWN, read_recipe


def choose_stems(preset: Preset, names: Sequence[str]) -> Preset:
    """Return the preset with other outputs: some of its own, or recipes of the same stems.

    Args:
        preset: what is wanted.
        names: outputs of the preset, by name, or recipes like ``all but bass``; none means all of the preset's. A
            residual of its own is left out with the others.

    Raises:
        PlanError: if the preset does not separate, or has no such output or stem.

    """
    separate = preset.separate
    if not names:
        return preset
    if separate is None:
        raise PlanError(
            f'The preset "{preset.id}" separates nothing, so there are no stems to choose.',
            hint="Choose a preset that separates.",
            code="no-such-stem",
        )
    own = {recipe.name: text for text in separate.stems for recipe in (read_recipe(text),)}
    parts = {part for text in separate.stems for part in read_recipe(text).parts}
    for name in names:
        if name not in own and not parts.issuperset(read_recipe(name).parts):
            raise PlanError(
                f'The preset "{preset.id}" makes no "{name}".',
                hint=f"It makes {', '.join(own)}.",
                code="no-such-stem",
            )
    chosen = tuple(dict.fromkeys(own.get(name, name) for name in names))
    residual = read_recipe(chosen[-1]).name if separate.residual == OWN else separate.residual
    other = separate.model_copy(update={"stems": chosen, "residual": residual})
    return preset.model_copy(update={"separate": other})
