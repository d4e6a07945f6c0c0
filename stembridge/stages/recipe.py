"""Recipes: which stems of a model make up each output of a separation; pure.

``vocals`` is a model's stem, ``instrumental`` and ``all but vocals`` are everything else, and
``rhythm: drums + bass`` is a sum under a name of its own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from stembridge.errors import PlanError
from stembridge.presets import Separate
from stembridge.stages.vocabulary import Role

OWN = "own"
RESIDUAL = "residual"
_COMPLEMENTS = {"instrumental": "vocals", "drumless": "drums", "bassless": "bass"}
_ALL_BUT = re.compile(r"(?:all but|all except|no)[ _-]+(.+)", re.IGNORECASE)


@dataclass(frozen=True)
class Recipe:
    """One output of a separation.

    Attributes:
        name: what it is called.
        parts: the model's stems that it is made of, or made without.
        without: true when it is everything but the parts.

    """

    name: str
    parts: tuple[str, ...]
    without: bool = False

    @property
    def role(self) -> Role | None:
        """What it is in a session, where the field has a word for it."""
        known = {"instrumental": Role.MUSIC, "drumless": Role.MUSIC}
        return known.get(self.name) or (Role(self.name) if self.name in set(Role) else None)

    def stems(self, model_stems: Sequence[str]) -> frozenset[str]:
        """Return which of a model's stems it is the sum of.

        Raises:
            PlanError: if the model does not make a part of it.

        """
        unknown = [part for part in self.parts if part not in model_stems]
        if unknown:
            raise PlanError(
                f"The model makes no {unknown[0]}.",
                hint=f"It makes {', '.join(model_stems)}; name one of these, or choose another model.",
                code="no-such-stem",
            )
        return frozenset(model_stems) - set(self.parts) if self.without else frozenset(self.parts)


def read_recipes(separate: Separate) -> tuple[Recipe, ...]:
    """Read what a preset wants of a separation, the residual as an output of its own included.

    Raises:
        PlanError: if a recipe has an empty part, or two have one name.

    """
    recipes = [read_recipe(text) for text in separate.stems]
    if separate.residual == OWN:
        recipes.append(Recipe(RESIDUAL, ()))
    names = [recipe.name for recipe in recipes]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise PlanError(f"Two outputs are called {twice}.", hint="Name each output once.", code="recipe")
    return tuple(recipes)


def read_recipe(text: str) -> Recipe:
    """Read one recipe.

    Raises:
        PlanError: if a name or a part is empty.

    """
    name, colon, formula = text.rpartition(":")
    without = _ALL_BUT.fullmatch(formula.strip())
    body = without[1] if without else _COMPLEMENTS.get(formula.strip(), formula)
    parts = tuple(part.strip() for part in body.split("+"))
    if not all(parts) or (colon and not name.strip()):
        raise PlanError(
            f"The recipe {text!r} has an empty part.",
            hint="Write it like `vocals`, `all but bass` or `rhythm: drums + bass`.",
            code="recipe",
        )
    named = name.strip() or (f"no_{'_'.join(parts)}" if without else formula.strip().replace(" + ", "_"))
    return Recipe(named, parts, without=bool(without) or formula.strip() in _COMPLEMENTS)
