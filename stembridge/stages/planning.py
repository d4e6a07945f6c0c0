"""Planning: from facts and a preset to a plan; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from stembridge.audio.sound import SoundFormat
from stembridge.filenames import natural_order
from stembridge.presets import Preset
from stembridge.stages.concerns import find_concerns
from stembridge.stages.editions import FULL, Edition
from stembridge.stages.finding import Finding, Severity
from stembridge.stages.formats import output_format
from stembridge.stages.guidance import Guidance, lay_out, told_of
from stembridge.stages.hearing.heard import Heard
from stembridge.stages.identified import Identified, identify_sources
from stembridge.stages.identify import ROLE_ORDER, Identity, Role
from stembridge.stages.output_names import name_folder, name_outputs, name_sets
from stembridge.stages.pairs import Half, find_pairs
from stembridge.stages.plan import Plan, StemPlan
from stembridge.stages.position import Position, find_position
from stembridge.stages.probe import Facts, Source
from stembridge.stages.recipe import Recipe, read_recipes
from stembridge.stages.sidecars.guide import Guide
from stembridge.stages.sidecars.song_guide import SongGuide, guides_of
from stembridge.stages.timeline import Placement, Span, place
from stembridge.units import samples_to_rate

NO_GUIDE = Guide()


@dataclass(frozen=True)
class _Draft:
    """One output on its way to a plan."""

    facts: Facts
    identity: Identity
    separated: Recipe | None
    format: SoundFormat
    position: Position
    edition: Edition
    beside: Facts | None = None

    def span(self) -> Span:
        sound = self.facts.sound
        frames = samples_to_rate(sound.frames, sound.format.rate, self.format.rate)
        return Span(self.position.seconds, frames, self.format.rate)

    def finished(self, file_name: str, placement: Placement, guidance: Guidance) -> StemPlan:
        seed = int(self.facts.sha256[:8], 16)
        told = told_of(guidance, placement.position, placement.frames, self.format.rate)
        return StemPlan(
            self.facts,
            self.identity,
            self.separated,
            file_name,
            self.format,
            placement,
            seed,
            told,
            self.edition.label,
            beside=self.beside,
        )


def make_plan(
    facts: Sequence[Facts],
    preset: Preset,
    *,
    name: str,
    folder: str | None = None,
    sidecars: Sequence[Source] = (),
    heard: Mapping[Path, Heard] | None = None,
    guide: Guide = NO_GUIDE,
) -> Plan:
    """Decide everything that will be done to a delivery.

    Args:
        facts: what each source is, in any order.
        preset: what is wanted.
        name: what the delivery was called when it came in.
        folder: a template for the delivery's own folder, in place of the preset's.
        sidecars: files that are carried along.
        heard: what sources sound like, by path, where the preset wants them listened to.
        guide: what the sidecars say about tempo and markers.

    Raises:
        PlanError: if the preset asks for what cannot be done.

    """
    identified = identify_sources(facts, preset, name=name, heard=heard or {})
    drafts, unpaired = _join(_draft(facts, identified, preset), preset)
    sets = _by_edition(drafts)
    guidance = _lay_out(guide, sets)
    songs = [next((draft.identity.song for draft in each if draft.identity.song), name) for each in sets]
    song = songs[0] if len(set(songs)) == 1 else name
    folders = name_sets([each[0].edition.label for each in sets])
    finished = [
        _finished(each, preset, own, inside, guidance[each[0].edition.label])
        for each, own, inside in zip(sets, songs, folders, strict=True)
    ]
    stems = tuple(stem for each, _ in finished for stem in each)
    positions = {draft.facts.source.path: draft.position for draft in drafts}
    own_folder = name_folder(folder or preset.folder, song)
    found = [*find_concerns(stems, positions), *(each for one in identified for each in one.findings)]
    numbered = [finding for _, findings in finished for finding in findings]
    guided = [finding for each in guidance.values() for finding in each.findings]
    findings = (*found, *unpaired, *numbered, *guide.findings, *dict.fromkeys(guided), *_tempos(guidance))
    return Plan(song, own_folder, preset, stems, tuple(sidecars), findings, guidance)


def _lay_out(guide: Guide, sets: Sequence[Sequence[_Draft]]) -> dict[str, Guidance]:
    """Lay out what the sidecars say of each song and version, by its name."""
    lengths = {each[0].edition: float(max(draft.span().seconds for draft in each)) for each in sets}
    told = guides_of(guide, lengths)
    return {each[0].edition.label: _laid_out(told[each[0].edition], each) for each in sets}


def _laid_out(told: SongGuide, drafts: Sequence[_Draft]) -> Guidance:
    spans = [draft.span() for draft in drafts]
    start = min((span.start for span in spans if span.start is not None), default=Fraction(0))
    end = max((start if span.start is None else span.start) + span.seconds for span in spans)
    tempos = {draft.identity.bpm for draft in drafts}
    return lay_out(told, start, end, bpm=tempos.pop() if len(tempos) == 1 else None)


def _tempos(guidance: Mapping[str, Guidance]) -> tuple[Finding, ...]:
    """Say that a session, which has one tempo map, shows that of the first song alone."""
    if len({each.tempo for each in guidance.values()}) < 2:
        return ()
    message = f"The songs have tempos of their own; the session shows that of {next(iter(guidance))}."
    hint = "Each song has its own in its files, and in a .mid in its folder where the preset wants one."
    return (Finding("several-tempos", Severity.INFO, message, hint=hint),)


def _draft(facts: Sequence[Facts], identified: Sequence[Identified], preset: Preset) -> list[_Draft]:
    drafts = []
    for one, each in zip(facts, identified, strict=True):
        position = find_position(one, each.identity, frame_rate=preset.align.frame_rate)
        form = output_format(one.sound, preset.format)
        drafts += [
            _Draft(one, taken, recipe, form, position, each.edition)
            for recipe, taken in _taken(each.identity, preset)
        ]
    return sorted(drafts, key=lambda draft: _track_order(draft.identity))


def _join(drafts: Sequence[_Draft], preset: Preset) -> tuple[list[_Draft], tuple[Finding, ...]]:
    """Make one stereo output of the left and right of a stem, where the preset wants that."""
    if preset.format.pairs != "join" or preset.separate is not None:
        return list(drafts), ()
    by_path = {draft.facts.source.path: draft for draft in drafts}
    pairs, findings = find_pairs(
        [Half(each.facts, each.identity, each.edition, each.position.seconds) for each in drafts]
    )
    for pair in pairs:
        left = by_path[pair.left.facts.source.path]
        del by_path[pair.right.facts.source.path]
        form = replace(left.format, channels=2, channel_mask=None)
        joined = replace(left, identity=pair.identity, format=form, beside=pair.right.facts)
        by_path[left.facts.source.path] = joined
    return list(by_path.values()), findings


def _by_edition(drafts: Sequence[_Draft]) -> list[list[_Draft]]:
    """Sort outputs into the sets they belong to: each song by name, its full length before its other versions."""
    sets: dict[Edition, list[_Draft]] = {}
    for draft in drafts:
        sets.setdefault(draft.edition, []).append(draft)
    order = sorted(sets, key=lambda each: (natural_order(each.song), each.version != FULL, each.version))
    return [sets[edition] for edition in order]


def _finished(
    drafts: Sequence[_Draft], preset: Preset, song: str, folder: str, guidance: Guidance
) -> tuple[list[StemPlan], list[Finding]]:
    """Place and name the outputs of one set; where there are several, in a folder of their own."""
    placements = place([draft.span() for draft in drafts], preset.align)
    edition = drafts[0].edition
    title = f"{song} {edition.version}" if edition.version not in ("", FULL) else song
    outputs = [(draft.identity, draft.format) for draft in drafts]
    names, numbered = name_outputs(outputs, preset.name, title)
    stems = [
        draft.finished(folder + name, placement, guidance)
        for draft, name, placement in zip(drafts, names, placements, strict=True)
    ]
    return stems, numbered


def _taken(identity: Identity, preset: Preset) -> list[tuple[Recipe | None, Identity]]:
    """Return what is made of one source: itself, or the stems that are separated from it."""
    if preset.separate is None:
        return [(None, identity)]
    return [
        (recipe, replace(identity, role=recipe.role, stem=recipe.name, is_mix=False, confidence=1.0))
        for recipe in read_recipes(preset.separate)
    ]


def _track_order(identity: Identity) -> tuple[int, object]:
    """Sort by role, an unknown one before clicks and mixes, and by name as people count."""
    return ROLE_ORDER.index(identity.role or Role.OTHER), natural_order(identity.path)
