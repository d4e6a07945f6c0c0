"""Planning: from facts and a preset to a plan; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from stembridge.audio.sound import SoundFormat
from stembridge.filenames import natural_order
from stembridge.presets import Preset
from stembridge.session.naming import Field, distinct, format_name, safe_component
from stembridge.stages.concerns import find_concerns
from stembridge.stages.formats import SUFFIXES, output_format
from stembridge.stages.identify import ROLE_ORDER, Identity, Role, identify_names
from stembridge.stages.plan import Plan, StemPlan
from stembridge.stages.position import Position, find_position
from stembridge.stages.probe import Facts, Source
from stembridge.stages.recipe import Recipe, read_recipes
from stembridge.stages.timeline import Placement, Span, place
from stembridge.units import samples_to_rate


@dataclass(frozen=True)
class _Draft:
    """One output on its way to a plan."""

    facts: Facts
    identity: Identity
    separated: Recipe | None
    format: SoundFormat
    position: Position

    def span(self) -> Span:
        sound = self.facts.sound
        frames = samples_to_rate(sound.frames, sound.format.rate, self.format.rate)
        return Span(self.position.seconds, frames, self.format.rate)

    def finished(self, file_name: str, placement: Placement) -> StemPlan:
        seed = int(self.facts.sha256[:8], 16)
        return StemPlan(self.facts, self.identity, self.separated, file_name, self.format, placement, seed)


def make_plan(
    facts: Sequence[Facts],
    preset: Preset,
    *,
    name: str,
    folder: str | None = None,
    sidecars: Sequence[Source] = (),
) -> Plan:
    """Decide everything that will be done to a delivery.

    Args:
        facts: what each source is, in any order.
        preset: what is wanted.
        name: what the delivery was called when it came in.
        folder: a template for the delivery's own folder, in place of the preset's.
        sidecars: files that are carried along.

    Raises:
        PlanError: if the preset asks for what cannot be done.

    """
    drafts = _draft(facts, preset, name)
    song = next((draft.identity.song for draft in drafts if draft.identity.song), name)
    placements = place([draft.span() for draft in drafts], preset.align)
    file_names = _name_outputs(drafts, preset, song)
    stems = tuple(
        draft.finished(file_name, placement)
        for draft, file_name, placement in zip(drafts, file_names, placements, strict=True)
    )
    positions = {draft.facts.source.path: draft.position for draft in drafts}
    own_folder = _name_folder(folder or preset.folder, song)
    return Plan(song, own_folder, preset, stems, tuple(sidecars), find_concerns(stems, positions))


def _draft(facts: Sequence[Facts], preset: Preset, name: str) -> list[_Draft]:
    names = [one.source.name.as_posix() for one in facts]
    drafts = []
    for one, named in zip(facts, identify_names(names, parent=name), strict=True):
        identity = _as_sure(named, preset)
        position = find_position(one, identity, frame_rate=preset.align.frame_rate)
        form = output_format(one.sound, preset.format)
        drafts += [_Draft(one, taken, recipe, form, position) for recipe, taken in _taken(identity, preset)]
    return sorted(drafts, key=lambda draft: _track_order(draft.identity))


def _taken(identity: Identity, preset: Preset) -> list[tuple[Recipe | None, Identity]]:
    """Return what is made of one source: itself, or the stems that are separated from it."""
    if preset.separate is None:
        return [(None, identity)]
    return [
        (recipe, replace(identity, role=recipe.role, stem=recipe.name, is_mix=False, confidence=1.0))
        for recipe in read_recipes(preset.separate)
    ]


def _as_sure(identity: Identity, preset: Preset) -> Identity:
    """Keep a file's own name where the preset wants that, or where the name is not sure enough to act on."""
    sure = identity.role is None or identity.confidence >= preset.identify.least_confidence
    if preset.identify.names and sure:
        return identity
    return replace(identity, role=None, stem=PurePosixPath(identity.path).stem, is_mix=False)


def _track_order(identity: Identity) -> tuple[int, object]:
    """Sort by role, an unknown one before clicks and mixes, and by name as people count."""
    return ROLE_ORDER.index(identity.role or Role.OTHER), natural_order(identity.path)


def _name_outputs(drafts: Sequence[_Draft], preset: Preset, song: str) -> list[str]:
    """Name the outputs by the preset's template; no two alike, whatever the sources are called."""
    wanted = [safe_component(format_name(preset.name, _fields(draft, song))) for draft in drafts]
    return [
        name + SUFFIXES[draft.format.container] for name, draft in zip(distinct(wanted), drafts, strict=True)
    ]


def _name_folder(template: str, song: str) -> PurePosixPath:
    """Name the delivery's own folder, relative to the destination; each part is made safe by itself."""
    parts = (format_name(part, {"song": song}) for part in template.replace("\\", "/").split("/") if part)
    return PurePosixPath(*(safe_component(part) for part in parts))


def _fields(draft: _Draft, song: str) -> Mapping[str, Field]:
    identity, form = draft.identity, draft.format
    bits = form.encoding.bits
    return {
        "song": song,
        "stem": identity.stem or None,
        "role": identity.role.value if identity.role else None,
        "bpm": identity.bpm,
        "key": identity.key,
        "index": identity.index,
        "version": identity.version,
        "date": identity.date,
        "timecode": identity.timecode,
        "rate": form.rate,
        "depth": bits if form.encoding.is_integer else f"{bits}f",
        "container": form.container.value,
        "source": PurePosixPath(identity.path).stem,
    }
