"""Sanity: a separation that did nothing, or did it wrongly, is not delivered."""

import math

from stembridge.audio.sound import Encoding
from stembridge.errors import SeparationError
from stembridge.stages.mixture import Mixture, Tally
from stembridge.stages.separate import Separated
from stembridge.units import Decibels, amplitude_to_decibels

LEAST_NULL = {True: Decibels(-120.0), False: Decibels(-140.0)}
"""What may be left of the source, by whether the residual is shared; stems over full scale round more coarsely."""

STEPS = 4.0
"""A source whose level is below so many steps of the outputs may well leave nothing of the stems but rounding."""


def refuse_nonsense(made: Separated, mixture: Mixture, null: Decibels | None, encoding: Encoding) -> None:
    """Check what was separated.

    Args:
        made: the outputs.
        mixture: what they were made of.
        null: what is left when they are subtracted from the source; None when they need not sum to it.
        encoding: how they are stored.

    Raises:
        SeparationError: with the figure that is wrong.

    """
    if not all(math.isfinite(energy) for energy in made.tally.energy.values()):
        raise _nonsense("The model gave samples that are not numbers.", "not-finite")
    if not _is_nearly_silent(made, encoding):
        _refuse_nothing_done(made.tally, mixture)
    if null is not None:
        _refuse_what_is_left(null, made.tally.peak, mixture, encoding)


def _refuse_nothing_done(tally: Tally, mixture: Mixture) -> None:
    made_by_model = [name for name in tally.energy if name != mixture.taker]
    silent = not any(tally.energy[name] for name in made_by_model)
    if len(made_by_model) > 1 and silent:  # one alone may well be silent: a song without vocals
        raise _nonsense("The model gave nothing but silence.", "nothing-separated")
    copies = [name for name in made_by_model if not tally.different[name]]
    if copies:
        raise _nonsense(f"The {copies[0]} are the source itself: nothing was separated.", "nothing-separated")


def _refuse_what_is_left(null: Decibels, peak: float, mixture: Mixture, encoding: Encoding) -> None:
    limit = LEAST_NULL[mixture.shared] + max(0.0, amplitude_to_decibels(peak))
    if not encoding.is_integer and null > limit:
        raise _nonsense(
            f"The stems sum to the source only to {null:.1f} dBFS; the limit is {limit:.0f}.", "null"
        )
    if encoding.is_integer and not mixture.shared and null != -math.inf:
        raise _nonsense(f"The stems do not sum to the source bit for bit; {null:.1f} dBFS is left.", "null")


def _is_nearly_silent(made: Separated, encoding: Encoding) -> bool:
    sound = next(iter(made.sounds.values()))
    mean = made.tally.source_energy / max(1, sound.frames * sound.format.channels)
    step = 2.0 ** (1 - encoding.bits) if encoding.is_integer else 0.0
    return math.sqrt(mean) <= STEPS * step


def _nonsense(message: str, code: str) -> SeparationError:
    return SeparationError(
        message,
        hint="Check the model with `stembridge models verify`, or try another one; the source is unchanged.",
        code=code,
    )
