"""The models that Demucs publishes: what they are made of, where they lie, and their hashes.

The bags and the names of the ``.th`` files are those of ``demucs/remote`` in demucs 4.1; a test holds the two
together. A ``.th`` carries the first eight hex digits of its SHA-256 in its name. The full SHA-256 of the
safetensors are those that the hub's pages state and that several independent projects pin; where there is none,
a download is held against the SHA-256 that the hub sends with it.
"""

from dataclasses import dataclass

HUB = "https://huggingface.co"
LEGACY = "https://dl.fbaipublicfiles.com/demucs"
NAMESPACE = "adefossez"


@dataclass(frozen=True)
class Bag:
    """How a model is put together from members.

    Attributes:
        signatures: the members; one may come twice.
        weights: for each member the weight of its answer in each source; None for all alike.
        segment: seconds that the members hear at once, in place of their own; None for their own.

    """

    signatures: tuple[str, ...]
    weights: tuple[tuple[float, ...], ...] | None = None
    segment: float | None = None


@dataclass(frozen=True)
class Known:
    """A published model.

    Attributes:
        bag: what it is made of.
        stems: what it makes.
        megabytes: about how much is downloaded; None where that is not known.
        about: one line for people.

    """

    bag: Bag
    stems: tuple[str, ...]
    megabytes: int | None
    about: str


_FOUR = ("drums", "bass", "other", "vocals")
_MDX_WEIGHTS = ((1.0, 1.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (1.0, 0.0, 1.0, 1.0), (1.0, 0.0, 1.0, 1.0))
_ONE_EACH = ((1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0))

KNOWN: dict[str, Known] = {
    "htdemucs": Known(Bag(("955717e8",)), _FOUR, 84, "Hybrid transformer: the usual choice."),
    "htdemucs_ft": Known(
        Bag(("f7e0c4bc", "d12395a8", "92cfc3b6", "04573f0d"), _ONE_EACH),
        _FOUR,
        336,
        "One fine-tuned htdemucs for each stem: a little better, four times slower for four stems.",
    ),
    "htdemucs_6s": Known(
        Bag(("5c90dfd2",)),
        (*_FOUR, "guitar", "piano"),
        55,
        "With guitar and piano; its authors call the piano weak.",
    ),
    "hdemucs_mmi": Known(Bag(("75fc33f5",), segment=44), _FOUR, 167, "Hybrid Demucs v3, retrained."),
    "mdx": Known(
        Bag(("0d19c1c6", "7ecf8ec1", "c511e2ab", "7d865c68"), _MDX_WEIGHTS, 44),
        _FOUR,
        691,
        "Four models of 2021, trained on MusDB alone.",
    ),
    "mdx_extra": Known(
        Bag(("e51eebcc", "a1d90b5c", "5d2d6c55", "cfa93e08"), segment=44),
        _FOUR,
        669,
        "Four Hybrid Demucs v3 of 2021, trained on more music.",
    ),
    "mdx_q": Known(
        Bag(("6b9c2ca1", "b72baf4e", "42e558d4", "305bc58f"), _MDX_WEIGHTS, 44),
        _FOUR,
        None,
        "mdx, quantised; needs the package diffq.",
    ),
    "mdx_extra_q": Known(
        Bag(("83fc094f", "464b36d7", "14fc6a69", "7fd6ef75"), segment=44),
        _FOUR,
        170,
        "mdx_extra, quantised; needs the package diffq.",
    ),
    "repro_mdx_a": Known(
        Bag(("9a6b4851", "1ef250f1", "fa0cb7f9", "902315c2"), segment=44),
        _FOUR,
        None,
        "mdx, trained again by its authors.",
    ),
    "repro_mdx_a_hybrid_only": Known(
        Bag(("fa0cb7f9", "902315c2", "fa0cb7f9", "902315c2"), segment=44),
        _FOUR,
        None,
        "The hybrid members of repro_mdx_a.",
    ),
    "repro_mdx_a_time_only": Known(
        Bag(("9a6b4851", "9a6b4851", "1ef250f1", "1ef250f1"), segment=44),
        _FOUR,
        None,
        "The time-domain members of repro_mdx_a.",
    ),
}

LEGACY_FILES: dict[str, str] = {
    "mdx_final": (
        "0d19c1c6-0f06f20e 5d2d6c55-db83574e 7d865c68-3d5dd56b 7ecf8ec1-70f50cc9 a1d90b5c-ae9d2452 "
        "c511e2ab-fe698775 cfa93e08-61801ae1 e51eebcc-c1b80bdd 6b9c2ca1-3fd82607 b72baf4e-8778635e "
        "42e558d4-196e0e1b 305bc58f-18378783 14fc6a69-a89dd0ee 464b36d7-e5a9386e 7fd6ef75-a905dd85 "
        "83fc094f-4a16d450 1ef250f1-592467ce 902315c2-b39ce9c9 9a6b4851-03af0aa6 fa0cb7f9-100d8bf4"
    ),
    "hybrid_transformer": (
        "955717e8-8726e21a f7e0c4bc-ba3fe64a d12395a8-e57c48e6 92cfc3b6-ef3bcb9c 04573f0d-f3cf25b2 "
        "75fc33f5-1941ce65 5c90dfd2-34c22ccb"
    ),
}
"""The ``.th`` files, signature and start of SHA-256, by the folder that they lie in."""

SAFETENSORS_SHA256: dict[str, str] = {
    "955717e8": "d9fa14133cfcc034a6758923bb3a8ca9f8dfd0b582134643bbf83f72c17576dd",
    "f7e0c4bc": "2c85ab3c62dd6edd8e0b965e38b16fd1cdde357cc25de6b6bc9ce7c83f60925f",
    "d12395a8": "5b01a97567ae9a3178a6236fb520251045c03eb8834bc8c24a4eec11d6c8fb56",
    "92cfc3b6": "a241863551f30d01c42bd7b97da40839922ead3acb0f1fcab25682f55b4eeb59",
    "04573f0d": "68854b0d7c2b3274723b5761f6fd9f5aec5f1bcd3f0de7c1669546fdb7871b7c",
    "5c90dfd2": "d2a1745f0744721f6b8ca5bf469b67c651ea5ed1b52998cab033b2158609d411",
}

PUBLISHED: dict[str, str] = dict(each.split("-") for names in LEGACY_FILES.values() for each in names.split())
"""The start of the SHA-256 of each published ``.th``, by its signature."""


def hub_path(name: str, signature: str) -> str:
    """Return where the hub keeps a member, as ``demucs.hf`` names it."""
    if name == "htdemucs":
        folder = "HTDemucs"
    elif name.startswith("htdemucs_"):
        folder = f"HTDemucs-{name.removeprefix('htdemucs_')}"
    else:
        folder = f"Demucs-{name}"
    return f"{NAMESPACE}/{folder}/resolve/main/{signature}.safetensors"


def legacy_path(signature: str) -> str:
    """Return where the publisher's own server keeps a member's ``.th``."""
    folder = next(folder for folder, names in LEGACY_FILES.items() if f"{signature}-" in names)
    return f"{folder}/{signature}-{PUBLISHED[signature]}.th"
