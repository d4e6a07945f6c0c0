"""What the ear tells apart: sorts of sound, the role each plays in a mix, and the families they fall into."""

from collections.abc import Mapping
from enum import StrEnum

from stembridge.stages.vocabulary import Role


class Family(StrEnum):
    """What a person would call a stem by ear."""

    DRUMS = "drums"
    BASS = "bass"
    VOCALS = "vocals"
    GUITAR = "guitar"
    KEYS = "keys"
    MELODY = "melody"
    FX = "fx"
    DIALOGUE = "dialogue"
    MIX = "mix"
    CLICK = "click"
    SILENCE = "silence"
    OTHER = "other"


class Sort(StrEnum):
    """A sort of sound, finer than a family; the model's classes, and two that need no model."""

    DRUMS = "drums"
    PERCUSSION = "percussion"
    BASS = "bass"
    LEAD_VOCAL = "lead_vocal"
    BACKING_VOCALS = "backing_vocals"
    DIALOGUE = "dialogue"
    GUITAR = "guitar"
    KEYS = "keys"
    PADS = "pads"
    STRINGS = "strings"
    SOLO_STRINGS = "solo_strings"
    LEAD = "lead"
    BRASS = "brass"
    WIND = "wind"
    FX = "fx"
    FOLEY = "foley"
    AMBIENCE = "ambience"
    MIX = "mix"
    CLICK = "click"
    SILENCE = "silence"


SORTS: Mapping[Sort, tuple[Family, Role]] = {
    Sort.DRUMS: (Family.DRUMS, Role.DRUMS),
    Sort.PERCUSSION: (Family.DRUMS, Role.PERCUSSION),
    Sort.BASS: (Family.BASS, Role.BASS),
    Sort.LEAD_VOCAL: (Family.VOCALS, Role.LEAD_VOCAL),
    Sort.BACKING_VOCALS: (Family.VOCALS, Role.BACKING_VOCALS),
    Sort.DIALOGUE: (Family.DIALOGUE, Role.DIALOGUE),
    Sort.GUITAR: (Family.GUITAR, Role.GUITAR),
    Sort.KEYS: (Family.KEYS, Role.KEYS),
    Sort.PADS: (Family.KEYS, Role.PADS),
    Sort.STRINGS: (Family.KEYS, Role.STRINGS),
    Sort.SOLO_STRINGS: (Family.MELODY, Role.STRINGS),
    Sort.LEAD: (Family.MELODY, Role.LEAD),
    Sort.BRASS: (Family.MELODY, Role.BRASS),
    Sort.WIND: (Family.MELODY, Role.WIND),
    Sort.FX: (Family.FX, Role.FX),
    Sort.FOLEY: (Family.FX, Role.FOLEY),
    Sort.AMBIENCE: (Family.FX, Role.AMBIENCE),
    Sort.MIX: (Family.MIX, Role.MIX),
    Sort.CLICK: (Family.CLICK, Role.CLICK),
    Sort.SILENCE: (Family.SILENCE, Role.SILENCE),
}
"""The family of each sort, and its role in a mix."""

GENERAL_ROLES: Mapping[Family, Role] = {
    Family.DRUMS: Role.DRUMS,
    Family.BASS: Role.BASS,
    Family.VOCALS: Role.VOCALS,
    Family.GUITAR: Role.GUITAR,
    Family.KEYS: Role.KEYS,
    Family.MELODY: Role.LEAD,
    Family.FX: Role.FX,
    Family.DIALOGUE: Role.DIALOGUE,
    Family.MIX: Role.MIX,
    Family.CLICK: Role.CLICK,
    Family.SILENCE: Role.SILENCE,
}
"""The role of a family when its sort is not sure."""

_VOICES = frozenset({Family.VOCALS, Family.DIALOGUE})
_NOTES = frozenset({Family.KEYS, Family.MELODY})

SOUNDS_LIKE: Mapping[Role, frozenset[Family]] = {
    **dict.fromkeys((Role.KICK, Role.DRUMS), frozenset({Family.DRUMS})),
    Role.PERCUSSION: frozenset({Family.DRUMS, Family.KEYS, Family.FX}),
    Role.BASS: frozenset({Family.BASS}),
    Role.GUITAR: frozenset({Family.GUITAR}),
    Role.KEYS: frozenset({Family.KEYS}),
    **dict.fromkeys((Role.SYNTH, Role.LEAD, Role.PADS, Role.STRINGS), _NOTES),
    **dict.fromkeys((Role.BRASS, Role.WIND), frozenset({Family.MELODY})),
    **dict.fromkeys((Role.LEAD_VOCAL, Role.VOCALS, Role.BACKING_VOCALS, Role.DIALOGUE), _VOICES),
    Role.CLICK: frozenset({Family.CLICK, Family.DRUMS}),
    Role.SILENCE: frozenset({Family.SILENCE}),
    Role.MIX: frozenset({Family.MIX}),
}
"""The families that a role may sound like; one that is not in here, like ``fx``, may sound like anything."""

NAMED_FAMILIES: Mapping[Role, Family] = {
    **{role: family for family, role in SORTS.values()},
    **{role: family for family, role in GENERAL_ROLES.items()},
    Role.STRINGS: Family.KEYS,
    Role.KICK: Family.DRUMS,
    Role.SYNTH: Family.KEYS,
    Role.MUSIC: Family.MIX,
    Role.OTHER: Family.OTHER,
}
"""The family that a name with a role speaks of."""
