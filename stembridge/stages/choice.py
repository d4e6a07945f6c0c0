"""Choice: the outputs of a preset's separation that somebody wants, in place of all of them; pure."""

from collections.abc import Sequence

from stembridge.errors import PlanError
from stembridge.presets import Preset
from stembridge.stages.recipe import OWN, read_recipe


def choose_stems(preset: Preset, names: Sequence[str]) -> Preset:
    """Return the preset with some of its outputs alone, in the preset's own order.

    Args:
        preset: what is wanted.
        names: the outputs, by name; none means all. A residual of its own is left out with the others.

    Raises:
        PlanError: if the preset does not separate, or makes no such output.

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
    recipes = {read_recipe(text).name: text for text in separate.stems}
    unknown = next((name for name in names if name not in recipes), None)
    if unknown is not None:
        raise PlanError(
            f'The preset "{preset.id}" makes no "{unknown}".',
            hint=f"It makes {', '.join(recipes)}.",
            code="no-such-stem",
        )
    chosen = [name for name in recipes if name in names]
    residual = chosen[-1] if separate.residual == OWN else separate.residual
    stems = tuple(recipes[name] for name in chosen)
    fewer = separate.model_copy(update={"stems": stems, "residual": residual})
    return preset.model_copy(update={"separate": fewer})
