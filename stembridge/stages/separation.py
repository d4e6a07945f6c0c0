"""Separation: all sources of a plan into the outputs it wants, with what the manifest says about it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stembridge.audio.files import open_sound
from stembridge.audio.sound import Sound
from stembridge.errors import SeparationError
from stembridge.presets import Separate
from stembridge.request import Progress
from stembridge.separators.library import Models, Opened
from stembridge.session.manifest import SeparationEntry
from stembridge.stages.conform import Conformed
from stembridge.stages.finding import Finding, Severity
from stembridge.stages.mixture import Mixture, make_mixture
from stembridge.stages.plan import Plan, StemPlan
from stembridge.stages.recipe import read_recipes
from stembridge.stages.sanity import refuse_nonsense
from stembridge.stages.separate import Separated, Told, null_depth, separate
from stembridge.stages.separation_cache import SeparationCache, cache_key
from stembridge.stages.separation_needs import needs_of, refuse_what_does_not_fit
from stembridge.units import Decibels

NULL_FLOOR = Decibels(-200.0)
"""What stands in a manifest for digital silence: less than any sample format holds."""


@dataclass(frozen=True)
class _Source:
    """One source, the outputs that the plan wants of it, and what was made."""

    sound: Sound
    stems: tuple[StemPlan, ...]
    made: Separated
    cached: bool


@dataclass(frozen=True)
class Checked:
    """What was measured of a separation.

    Attributes:
        entry: what the manifest says about it.
        gain_db: by output name, the gain of its set.
        findings: what a person should know.

    """

    entry: SeparationEntry
    gain_db: Mapping[str, Decibels]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Separation:
    """Everything that was separated for a delivery.

    Attributes:
        sounds: by output name, the file to conform.
        gain_db: by output name, the gain of its set.
        opened: the model.
        mixture: what the outputs were made of.
        sources: what was made of each source.

    """

    sounds: Mapping[str, Sound]
    gain_db: Mapping[str, Decibels]
    opened: Opened
    mixture: Mixture
    sources: tuple[_Source, ...]

    def checked(self, conformed: Sequence[Conformed]) -> Checked:
        """Measure the null on the files that were written, and refuse what is not a separation.

        Args:
            conformed: the outputs as they will be delivered.

        Raises:
            SeparationError: with the figure that is wrong.

        """
        finals = {done.plan.file_name: done for done in conformed}
        nulls = [self._null(source, finals) for source in self.sources]
        known = [null for null in nulls if null is not None]
        worst = max(known, default=None)
        entry = SeparationEntry(
            model=self.opened.separator.name,
            model_hash=self.opened.model_hash,
            device=self.opened.device,
            seed=self.opened.seed,
            null_dbfs=None if worst is None else Decibels(max(worst, NULL_FLOOR)),
            null_exact=worst is not None and math.isinf(worst),
        )
        return Checked(entry, self.gain_db, tuple(self._findings()))

    def _null(self, source: _Source, finals: Mapping[str, Conformed]) -> Decibels | None:
        encoding = next(iter(source.made.sounds.values())).format.encoding
        null = None
        if self.mixture.summing:
            sounds = [
                _written(source, stem, finals)
                for stem in source.stems
                if stem.separated and stem.separated.name in self.mixture.summing
            ]
            null, _ = null_depth(source.sound, sounds, gain=source.made.gain)
        refuse_nonsense(source.made, self.mixture, null, encoding)
        return null

    def _findings(self) -> list[Finding]:
        findings = [_gain(source) for source in self.sources if source.made.gain != 1.0]
        if self.opened.separator.rough:
            findings.append(_preview(self.opened.separator.name))
        if self.sources and all(source.cached for source in self.sources):
            findings.append(_from_cache())
        return findings


def separate_all(
    plan: Plan, wanted: Separate, models: Models, cache: SeparationCache, into: Path, progress: Progress
) -> Separation:
    """Separate every source of a plan.

    Args:
        plan: what is to be done.
        wanted: which model, which stems.
        models: where the model comes from.
        cache: where the same work may have been done before.
        into: a folder on the destination's file system for what is made; made here, its parent is not.
        progress: told ``separate`` and how much of it is done.

    Raises:
        NotReadyError: if the model is not there.
        SeparationError: if it fails; before the work starts if there is too little memory for it.
        DeliveryError: if the disk has no room, before the work starts.

    """
    opened = models.open(wanted)
    mixture = make_mixture(read_recipes(wanted), opened.separator.stems, wanted.residual)
    groups = _by_source(plan)
    _refuse_many_channels(groups, wanted)
    outputs = [(stems[0].facts.sound, stems[0].format.encoding) for stems in groups]
    refuse_what_does_not_fit(needs_of(outputs, mixture, opened), into.parent)
    into.mkdir()
    sources = []
    for number, stems in enumerate(groups):

        def told(fraction: float, number: int = number) -> None:
            progress("separate", (number + fraction) / len(groups))

        sources.append(_separate_one(stems, wanted, opened, mixture, cache, into / str(number), told))
    files = [(source, stem) for source in sources for stem in source.stems]
    return Separation(
        {stem.file_name: _sound_of(source, stem) for source, stem in files},
        {stem.file_name: source.made.gain_db for source, stem in files},
        opened,
        mixture,
        tuple(sources),
    )


def _separate_one(
    stems: tuple[StemPlan, ...],
    wanted: Separate,
    opened: Opened,
    mixture: Mixture,
    cache: SeparationCache,
    into: Path,
    told: Told,
) -> _Source:
    facts, encoding = stems[0].facts, stems[0].format.encoding
    key = cache_key(facts.sha256, wanted, opened, encoding)
    known = cache.find(key)
    if known is not None:
        return _Source(facts.sound, stems, known, cached=True)
    made = separate(facts.sound, mixture, opened.separator, encoding, into, told)
    return _Source(facts.sound, stems, cache.keep(key, made), cached=False)


def _by_source(plan: Plan) -> list[tuple[StemPlan, ...]]:
    paths = dict.fromkeys(stem.facts.source.path for stem in plan.stems)
    return [tuple(stem for stem in plan.stems if stem.facts.source.path == path) for path in paths]


def _sound_of(source: _Source, stem: StemPlan) -> Sound:
    assert stem.separated is not None
    return source.made.sounds[stem.separated.name]


def _written(source: _Source, stem: StemPlan, finals: Mapping[str, Conformed]) -> Sound:
    """Return the delivered file, or what it was made from when its samples were converted or moved."""
    final, made = finals[stem.file_name], _sound_of(source, stem)
    is_same = stem.format.rate == made.format.rate and stem.placement.lead == 0
    same_length = stem.placement.frames == made.frames
    return open_sound(final.path) if is_same and same_length and not final.dithered else made


def _refuse_many_channels(groups: Sequence[tuple[StemPlan, ...]], wanted: Separate) -> None:
    for stems in groups:
        sound = stems[0].facts.sound
        if wanted.channels == "refuse" and sound.format.channels > 2:
            raise SeparationError(
                f"It has {sound.format.channels} channels, and the preset refuses more than two.",
                path=sound.path,
                hint="Set separate.channels to split in the preset, or name a stereo file.",
                code="channels",
            )


def _gain(source: _Source) -> Finding:
    return Finding(
        "set-gain",
        Severity.WARNING,
        "A stem would have gone over full scale, so the whole set has one gain.",
        path=source.stems[0].facts.source.name,
        measured=source.made.gain_db,
        unit="dB",
        hint="Set format.depth to float in the preset to keep the level.",
    )


def _preview(name: str) -> Finding:
    return Finding(
        "rough-preview",
        Severity.INFO,
        f"Separated by {name}: a rough preview, not for delivery.",
        hint="Use a Demucs model for stems that are to be used: stembridge models list.",
    )


def _from_cache() -> Finding:
    return Finding(
        "from-cache", Severity.INFO, "The same source was separated this way before; its stems are used."
    )
