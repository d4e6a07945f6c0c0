"""Small Demucs models, made from its own classes and saved as its own files, so that the real loading code runs."""

import hashlib
import io
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from demucs.demucs import Demucs
from demucs.hdemucs import HDemucs
from demucs.htdemucs import HTDemucs

from stembridge.separators.demucs import LoadedModel, load_model
from stembridge.separators.model_files import ModelFiles, find_bag, find_members

FOUR = ["drums", "bass", "other", "vocals"]
RATE = 8_000


def small_htdemucs(*, seed: int = 0, **kwargs: Any) -> HTDemucs:
    """Return a hybrid transformer with all the parts of the published one, a hundredth of its size."""
    usual = {
        "sources": FOUR,
        "channels": 8,
        "nfft": 1024,
        "depth": 3,
        "bottom_channels": 16,
        "t_layers": 2,
        "t_heads": 2,
        "dconv_mode": 3,
        "dconv_comp": 2,
        "samplerate": RATE,
        "segment": Fraction(4, 5),
    }
    return _randomised(HTDemucs(**(usual | kwargs)), seed)


def small_hdemucs(*, seed: int = 0, **kwargs: Any) -> HDemucs:
    """Return a hybrid Demucs v3."""
    usual = {
        "sources": FOUR,
        "channels": 8,
        "nfft": 256,
        "depth": 4,
        "samplerate": RATE,
        "segment": 1,
        "time_stride": 2,
        "dconv_attn": 2,
        "dconv_lstm": 2,
    }
    return _randomised(HDemucs(**(usual | kwargs)), seed)


def small_demucs(*, seed: int = 0, **kwargs: Any) -> Demucs:
    """Return a time-domain Demucs, as half of the bag ``mdx`` is."""
    usual = {"sources": FOUR, "channels": 4, "depth": 3, "samplerate": RATE, "segment": 1}
    return _randomised(Demucs(**(usual | kwargs)), seed)


def _randomised(module: Any, seed: int) -> Any:
    """Give every weight a part in the answer: fresh ones leave whole branches at a thousandth."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weight in module.named_parameters():
            if name.endswith("scale"):
                weight.fill_(0.3)
            elif weight.dim() > 1:
                weight.normal_(0.0, 1.0 / weight[0].numel() ** 0.5, generator=generator)
    return module.eval()


def package_of(module: Any) -> dict[str, Any]:
    """Return what Demucs saves of a model."""
    args, kwargs = module._init_args_kwargs
    return {
        "klass": type(module),
        "args": args,
        "kwargs": kwargs,
        "state": module.state_dict(),
        "training_args": {},
    }


def save_th(module: Any, folder: Path, signature: str) -> Path:
    """Save a model as Demucs does: a pickle with the start of its SHA-256 in its name."""
    return save_pickle(package_of(module), folder, signature)


def save_pickle(package: Any, folder: Path, signature: str) -> Path:
    """Save anything as torch does, named as a model."""
    buffer = io.BytesIO()
    torch.save(package, buffer)
    digest = hashlib.sha256(buffer.getvalue()).hexdigest()
    path = folder / f"{signature}-{digest[:8]}.th"
    path.write_bytes(buffer.getvalue())
    return path


def save_safetensors(module: Any, folder: Path, signature: str, *, klass: str = "") -> Path:
    """Save a model as Demucs' hub does: weights, and JSON about the network in the metadata."""
    args, kwargs = module._init_args_kwargs
    metadata = {
        "klass": klass or f"{type(module).__module__}.{type(module).__name__}",
        "args": json.dumps(args),
        "kwargs": json.dumps(kwargs, default=_fraction),
    }
    path = folder / f"{signature}.safetensors"
    weights = {name: weight.contiguous() for name, weight in module.state_dict().items()}
    safetensors.torch.save_file(weights, path, metadata)
    return path


def _fraction(value: Fraction) -> dict[str, Any]:
    return {"_type": "fraction", "numerator": value.numerator, "denominator": value.denominator}


def model_files(folder: Path, name: str, *, trust: bool = True) -> ModelFiles:
    """Return the files of a model in a folder, with all of its pickles trusted."""
    members = find_members(folder)
    bag = find_bag(name, folder, members)
    assert bag is not None
    files = {each: members[each] for each in bag.signatures}
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in files.values()]
    return ModelFiles(name, bag, files, trusted=frozenset(digests if trust else ()))


def loaded(folder: Path, module: Any, name: str = "small") -> LoadedModel:
    """Save a model and load it again."""
    save_safetensors(module, folder, name)
    return load_model(model_files(folder, name))


def loaded_bag(folder: Path, modules: list[Any], yaml: str = "") -> LoadedModel:
    """Save models as a bag called ``bag`` and load it again."""
    for index, module in enumerate(modules):
        save_safetensors(module, folder, f"m{index}")
    names = ", ".join(f"m{index}" for index in range(len(modules)))
    (folder / "bag.yaml").write_text(f"models: [{names}]\n{yaml}", encoding="utf-8")
    return load_model(model_files(folder, "bag"))
