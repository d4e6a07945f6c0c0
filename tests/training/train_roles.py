"""Train the model of roles by sound: ``python tests/training/train_roles.py [CACHE]``.

Writes ``stembridge/stages/roles_model.json``; the same recipe and soundfont give the same file. The stems are made
on the first run (some minutes) and kept in CACHE. The temperature is fitted on what a first model has not seen: one of
the soundfonts, and a fifth of the formulas; what is printed was measured there. The model is then trained on all.
``tests/benchmarks/test_deliveries_roles.py`` measures it on instruments, voices and effects that neither has seen.
"""

import json
import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from corpus import SECOND  # noqa: E402
from figures import Example, examples  # noqa: E402
from learning import (  # noqa: E402
    Forest,
    Growth,
    Labels,
    Matrix,
    calibration_error,
    fit_forest,
    fit_linear,
    fit_temperature,
    forest_scores,
    softmax,
)

from stembridge.stages.hearing.model import FARTHEST  # noqa: E402
from stembridge.stages.hearing.sorts import SORTS, Sort  # noqa: E402

TARGET = HERE.parents[1] / "stembridge" / "stages" / "roles_model.json"
TRAINED = tuple(sort for sort in Sort if sort not in (Sort.CLICK, Sort.SILENCE))
FAMILIES = tuple(dict.fromkeys(SORTS[sort][0] for sort in TRAINED))
MEMBER = np.array([[SORTS[sort][0] is family for family in FAMILIES] for sort in TRAINED], float)
"""The family of each sort; its chance is the confidence that is said, so it is what the temperature is fitted to."""

FORMULAS_HELD = 5
"""One of so many formulas is held out for the temperature."""
GROWTH = Growth()
PULL = 3e-3


def main(cache: Path) -> None:
    made = list(examples(cache))
    names = tuple(made[0].figures)
    raw = np.array([[example.figures[name] for name in names] for example in made])
    mean, spread = raw.mean(axis=0), raw.std(axis=0) + 1e-9
    values = np.clip((raw - mean) / spread, -FARTHEST, FARTHEST)
    labels = np.array([TRAINED.index(Sort(example.label)) for example in made])
    weights = _weights(labels)
    held = _held_out(made)
    scores = _scores(values[held], *_fit(values[~held], labels[~held], weights[~held]))
    temperature = fit_temperature(scores, labels[held], weights[held], MEMBER)
    _report(softmax(scores / temperature), labels[held])
    linear, forest = _fit(values, labels, weights)
    TARGET.write_text(_as_json(names, mean, spread, linear, forest, temperature), encoding="utf-8")
    print(f"{TARGET.name}: {TARGET.stat().st_size / 1000:.0f} kB, temperature {temperature:.2f}")


def _weights(labels: Labels) -> Matrix:
    """Give families that have more examples less weight each, but not so much that all are equal."""
    family = np.array([FAMILIES.index(SORTS[TRAINED[label]][0]) for label in labels])
    return np.bincount(family)[family] ** -0.5


def _held_out(made: list[Example]) -> NDArray[np.bool_]:
    """Choose what the temperature is fitted on: all of the second soundfont, and some of the formulas."""
    formulas = sorted({example.instrument for example in made if not example.soundfont})
    chosen = set(np.random.default_rng(0).permutation(formulas)[::FORMULAS_HELD].tolist())
    return np.array([example.soundfont == SECOND or example.instrument in chosen for example in made])


def _fit(values: Matrix, labels: Labels, weights: Matrix) -> tuple[Matrix, Forest]:
    linear = fit_linear(values, labels, weights, len(TRAINED), pull=PULL)
    forest = fit_forest(values, labels, weights, len(TRAINED), GROWTH, np.random.default_rng(1))
    return linear, forest


def _scores(values: Matrix, linear: Matrix, forest: Forest) -> Matrix:
    return values @ linear[:-1] + linear[-1] + forest_scores(forest, values)


def _report(chances: Matrix, labels: Labels) -> None:
    families, truth = chances @ MEMBER, MEMBER[labels].argmax(axis=1)
    right = families.argmax(axis=1) == truth
    error = calibration_error(families.max(axis=1), right)
    print(
        f"{len(labels)} stems that were left out: {100 * right.mean():.1f} %, calibration error {error:.3f}"
    )


def _as_json(
    names: tuple[str, ...], mean: Matrix, spread: Matrix, linear: Matrix, forest: Forest, temperature: float
) -> str:
    never = 2 * FARTHEST
    record = {
        "sorts": [sort.value for sort in TRAINED],
        "figures": names,
        "mean": _rounded(mean, 5),
        "spread": _rounded(spread, 5),
        "linear": _rounded(linear, 4),
        "features": forest.features.tolist(),
        "thresholds": _rounded(np.minimum(forest.thresholds, never), 3),
        "leaves": _rounded(forest.leaves, 3),
        "temperature": round(float(temperature), 4),
    }
    return json.dumps(record, separators=(",", ":")) + "\n"


def _rounded(values: Matrix, digits: int) -> object:
    return np.round(values, digits).tolist()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.gettempdir()) / "stembridge-roles")
