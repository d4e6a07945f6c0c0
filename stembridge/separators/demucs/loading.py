"""From the files of a model to networks that can run, checked to be ones that stembridge can use."""

import hashlib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from demucs.apply import Model
from demucs.htdemucs import HTDemucs
from demucs.states import load_model as build_model

from stembridge.errors import SeparationError
from stembridge.separators.demucs.unpickling import unpack
from stembridge.separators.model_catalogue import Bag
from stembridge.separators.model_files import ModelFiles, combined_hash, trust_of
from stembridge.units import Hertz


@dataclass(frozen=True)
class Member:
    """One network of a model, and the weight of its answer in each source."""

    module: Model
    weights: tuple[float, ...]


@dataclass(frozen=True)
class LoadedModel:
    """A model in memory.

    Attributes:
        name: what it is called.
        members: its networks: one, or those of a bag.
        sources: the stems that it makes, in its own order.
        rate: the rate that it works at.
        sha256: of its files and of how they are put together.

    """

    name: str
    members: tuple[Member, ...]
    sources: tuple[str, ...]
    rate: Hertz
    sha256: str


def load_model(files: ModelFiles) -> LoadedModel:
    """Load a model. Each file is read once: what is loaded is what was hashed.

    Raises:
        SeparationError: ``model-damaged``, ``model-kind``, ``model-untrusted``, ``model-mixed`` or ``model-unusable``.

    """
    modules, digests = {}, {}
    for signature, path in files.files.items():
        modules[signature], digests[signature] = _load_member(files, path)
    first = modules[files.bag.signatures[0]]
    for signature, module in modules.items():
        _check(module, first, files.files[signature])
        _settle(module, files.bag.segment)
    return LoadedModel(
        name=files.name,
        members=_members(files.bag, modules, len(first.sources), files.name),
        sources=tuple(first.sources),
        rate=Hertz(int(first.samplerate)),
        sha256=combined_hash(files.bag, digests),
    )


def _load_member(files: ModelFiles, path: Path) -> tuple[Model, str]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SeparationError(
            f"The model file cannot be read: {error.strerror or error}.", path=path, code="model-unreadable"
        ) from error
    digest = hashlib.sha256(content).hexdigest()
    files.check(path, digest)
    package = unpack(content, path, trust_of(digest, files.trusted))
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Dropping inexistant parameter")
            module: Model = build_model(package)  # type: ignore[no-untyped-call]
    except (RuntimeError, TypeError, ValueError, AssertionError, AttributeError) as error:
        raise SeparationError(
            "The weights in the model file do not fit the network that it describes.",
            path=path,
            code="model-kind",
            hint="Check where it comes from, and that your Demucs is not older than the model.",
        ) from error
    return module.eval().requires_grad_(False), digest


def _check(module: Model, first: Model, path: Path) -> None:
    """Refuse a network that is not like the others of its bag, or that cannot be used at all."""
    if (list(module.sources), module.samplerate, module.audio_channels) != (
        list(first.sources),
        first.samplerate,
        first.audio_channels,
    ):
        raise SeparationError(
            "The members of the bag do not make the same sources at the same rate.",
            path=path,
            code="model-mixed",
        )
    usable = (
        module.audio_channels in (1, 2)
        and 8_000 <= module.samplerate <= 192_000
        and int(module.samplerate * module.segment) >= 1
        and len(set(module.sources)) == len(module.sources) > 0
        and all(isinstance(each, str) and each for each in module.sources)
    )
    if not usable:
        raise SeparationError(
            f"The model makes {list(module.sources)} from {module.audio_channels} channels at {module.samplerate} Hz "
            f"in segments of {float(module.segment):g} s, which cannot be used.",
            path=path,
            code="model-unusable",
            hint="Mono and stereo models from 8 to 192 kHz can.",
        )


def _settle(module: Model, seconds: float | None) -> None:
    """Set the seconds that a member hears at once, as ``demucs.apply.BagOfModels`` does, and end its chance.

    A transformer may move its positions at random: meant for training, and done by Demucs when separating too.
    """
    if seconds is not None and (not isinstance(module, HTDemucs) or seconds <= module.segment):
        module.segment = seconds
    transformer = getattr(module, "crosstransformer", None)
    if transformer is not None:
        transformer.sin_random_shift = 0


def _members(bag: Bag, modules: Mapping[str, Model], sources: int, name: str) -> tuple[Member, ...]:
    """Return each network once: one that is in the bag twice counts twice."""
    rows = bag.weights or tuple((1.0,) * sources for _ in bag.signatures)
    totals = {each: torch.zeros(sources, dtype=torch.float64) for each in bag.signatures}
    for signature, row in zip(bag.signatures, rows, strict=True):
        if len(row) != sources:
            raise SeparationError(
                f"The bag of {name} has {len(row)} weights for {sources} sources.",
                code="model-bag",
                hint="Each row of its `weights` needs a number for each source.",
            )
        totals[signature] += torch.tensor(row, dtype=torch.float64)
    if not all(total > 0 for total in sum(totals.values(), torch.zeros(sources)).tolist()):
        raise SeparationError(
            f"The bag of {name} has a source that none of its members counts for.",
            code="model-bag",
            hint="Give each column of its `weights` a sum above 0.",
        )
    return tuple(Member(modules[each], tuple(total.tolist())) for each, total in totals.items())
