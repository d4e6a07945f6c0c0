"""One member of a model on its device: arrays in, arrays out."""

import numpy as np
import torch
from demucs.apply import Model
from numpy.typing import NDArray

from stembridge.errors import SeparationError
from stembridge.separators.demucs.allocator import keep_freed_memory
from stembridge.separators.demucs.faster import make_faster

Audio = NDArray[np.float32]


class Network:
    """A Demucs network, ready to run.

    Attributes:
        segment: the frames of a segment, at the model's rate.

    """

    def __init__(self, module: Model, device: torch.device) -> None:
        """Put a network on its device."""
        self._module = module.to(device).eval()
        if device.type == "cpu":
            keep_freed_memory()
            make_faster(self._module)
        self._device = device
        self._channels = int(module.audio_channels)
        self.segment = int(module.samplerate * module.segment)

    def heard(self, frames: int) -> int:
        """Return how many frames the network wants to hear to answer for ``frames``."""
        valid_length = getattr(self._module, "valid_length", None)
        return int(valid_length(frames)) if valid_length else frames

    def run(self, batch: Audio, sources: tuple[int, ...]) -> Audio:
        """Separate segments of equal length.

        Args:
            batch: shape (segments, channels, frames), normalised; channels are 1 or 2 whatever the network has.
            sources: the indices of the sources to return.

        Returns:
            Shape (segments, sources, channels, frames).

        Raises:
            MemoryError: if the device has too little memory.
            SeparationError: ``not-finite`` if the network answers with NaN or infinity, ``model-failed`` if it
                does not answer.

        """
        try:
            with torch.inference_mode():
                heard = self._to_layout(torch.from_numpy(batch).to(self._device))
                answer = self._module(heard)[:, list(sources)].float().cpu()
                result: Audio = self._from_layout(answer, batch.shape[1]).numpy()
        except (RuntimeError, ValueError, AssertionError, IndexError, TypeError) as error:
            if self._device.type == "cuda":
                torch.cuda.empty_cache()
            raise _translated(error) from error
        if not np.isfinite(result).all():
            raise SeparationError(
                "The model answered with values that are not numbers.",
                code="not-finite",
                hint="Check the model's files with `stembridge models verify`, or separate on the device `cpu`.",
            )
        return result

    def _to_layout(self, batch: torch.Tensor) -> torch.Tensor:
        """Mono for a stereo network goes to both sides; stereo for a mono network goes side by side."""
        segments, channels, frames = batch.shape
        if channels < self._channels:
            return batch.expand(segments, self._channels, frames)
        return batch.reshape(-1, self._channels, frames)

    def _from_layout(self, answer: torch.Tensor, channels: int) -> torch.Tensor:
        if channels < self._channels:
            return answer.mean(dim=2, keepdim=True)
        _, sources, _, frames = answer.shape
        apart = answer.reshape(-1, channels // self._channels, sources, self._channels, frames)
        return apart.transpose(1, 2).flatten(2, 3)


def _translated(error: Exception) -> Exception:
    """Tell running out of memory from other errors: on a CPU and on MPS torch only says so in its message."""
    text = str(error).lower()
    if isinstance(error, torch.OutOfMemoryError) or any(
        each in text
        for each in ("out of memory", "can't allocate memory", "not enough memory", "alloc_failed")
    ):
        return MemoryError(text)
    return SeparationError(
        f"The model failed on this sound ({type(error).__name__}: {error}).",
        code="model-failed",
        hint="Check the model's files with `stembridge models verify`, or use another model.",
    )
