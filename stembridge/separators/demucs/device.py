"""Where a model runs: chosen, or asked for and then an error when it is not there."""

import torch

from stembridge.errors import SeparationError

CHOICES = ("auto", "cuda", "mps", "cpu")


def choose_device(wanted: str = "auto") -> torch.device:
    """Return the device to run on.

    Args:
        wanted: ``auto`` for the first that is there of cuda, mps and cpu; or one of them, with ``:n`` for the
            n-th of several.

    Raises:
        SeparationError: ``device-unknown`` for a word that is none of them, ``device-missing`` for a device that
            this machine, or this build of torch, does not have.

    """
    if wanted == "auto":
        return torch.device(available_devices()[0])
    kind, _, index = wanted.partition(":")
    if kind not in CHOICES[1:] or (index and not index.isdecimal()):
        raise SeparationError(
            f"{wanted!r} is not a device.", code="device-unknown", hint=f"Use one of {', '.join(CHOICES)}."
        )
    if int(index or 0) >= _count(kind):
        raise SeparationError(
            f"The device {wanted!r} was asked for, and torch does not find it.",
            code="device-missing",
            hint="Check its driver and that torch is built for it, or ask for the device `auto` or `cpu`.",
        )
    return torch.device(wanted)


def available_devices() -> tuple[str, ...]:
    """Return the devices that are there, the best first."""
    return tuple(kind for kind in CHOICES[1:] if _count(kind))


def describe_device(device: torch.device) -> str:
    """Return the device as manifests state it, with the name of its hardware where torch knows one."""
    if device.type == "cuda":
        return f"{device} ({torch.cuda.get_device_name(device)})"
    return str(device)


def _count(kind: str) -> int:
    if kind == "cuda":
        return torch.cuda.device_count() if torch.cuda.is_available() else 0
    return int(kind == "cpu" or torch.backends.mps.is_available())
