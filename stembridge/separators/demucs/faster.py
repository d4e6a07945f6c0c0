"""Parts of Demucs' networks, computed in another order to the same result in less time.

Rounding differs by a few 1e-7 of full scale. What each brought is in ``tests/benchmarks/test_demucs_speed.py``.
"""

import torch
from demucs.demucs import DConv
from demucs.transformer import LayerScale
from torch import nn
from torch.nn import functional

ROWS = 16
"""Rows of a batch that go through a residual branch together: what they need stays in a core's second-level cache."""


def make_faster(module: nn.Module) -> None:
    """Replace the parts of a network that there is a faster way for; the others stay as they are."""
    for name, part in list(module.named_children()):
        if type(part) is nn.MultiheadAttention and Attention.fits(part):
            setattr(module, name, Attention(part))
        elif type(part) is DConv and all(map(Residual.fits, part.layers)):
            setattr(module, name, Residuals(part))
        elif not isinstance(part, Attention | Residuals):
            make_faster(part)


class Attention(nn.Module):
    """Multi-head attention that never builds the matrix of all pairs.

    In inference torch's own module takes a "fast path" for the attention of a sequence to itself, which on a CPU is
    twice as slow as its fused attention.
    """

    def __init__(self, original: nn.MultiheadAttention) -> None:
        super().__init__()
        self.heads = original.num_heads
        self.weights, self.biases = original.in_proj_weight, original.in_proj_bias
        self.out = original.out_proj

    @staticmethod
    def fits(original: nn.MultiheadAttention) -> bool:
        """Return whether it is of the kind that Demucs makes."""
        has_weights = original.in_proj_weight is not None and original.in_proj_bias is not None
        return original.batch_first and has_weights and original.bias_k is None

    def forward(
        self, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, **masks: object
    ) -> tuple[torch.Tensor, None]:
        """Attend from ``query`` to ``key``; shapes (batch, time, channels). Demucs gives no masks."""
        assert masks.get("attn_mask") is None
        apart = zip((query, key, value), self.weights.chunk(3), self.biases.chunk(3), strict=True)
        parts = [self._by_head(functional.linear(*each)) for each in apart]
        answer = functional.scaled_dot_product_attention(parts[0], parts[1], parts[2])
        mixed: torch.Tensor = self.out(answer.transpose(1, 2).flatten(2))
        return mixed, None

    def _by_head(self, sequence: torch.Tensor) -> torch.Tensor:
        batch, frames, channels = sequence.shape
        return sequence.view(batch, frames, self.heads, channels // self.heads).transpose(1, 2)


class Residuals(nn.Module):
    """A ``DConv``: residual branches, a few rows of the batch at a time."""

    def __init__(self, original: DConv) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Residual(*each) for each in original.layers)  # type: ignore[misc]

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Add the branches; shape (batch, channels, time)."""
        done = torch.empty_like(rows)
        for part, target in zip(torch.split(rows, ROWS), torch.split(done, ROWS), strict=True):
            for layer in self.layers:
                part = layer(part)
            target.copy_(part)
        return done


class Residual(nn.Module):
    """One branch: convolution, norm, GELU, convolution of one tap, norm, gate, scale.

    The second norm needs the mean and the spread of an output sixteen times larger than its input. Both follow
    from the first and second moments of the input, so they go into the weights of the convolution before it, and
    so does the scale. The taps of the first convolution are products of matrices: oneDNN has no fast dilated one.
    """

    def __init__(
        self,
        first: nn.Conv1d,
        first_norm: nn.GroupNorm,
        activation: nn.GELU,
        second: nn.Conv1d,
        second_norm: nn.GroupNorm,
        _gate: nn.GLU,
        scale: LayerScale,
    ) -> None:
        super().__init__()
        self.first, self.middle = first, nn.Sequential(first_norm, activation)
        self.second, self.norm, self.scale = second, second_norm, scale

    @staticmethod
    def fits(branch: nn.Module) -> bool:
        """Return whether a branch has these parts and no others (no attention, no LSTM)."""
        kinds = [nn.Conv1d, nn.GroupNorm, nn.GELU, nn.Conv1d, nn.GroupNorm, nn.GLU, LayerScale]
        return [type(each) for each in branch.children()] == kinds and all(
            each.num_groups == 1 for each in branch.children() if isinstance(each, nn.GroupNorm)
        )

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Return the rows with the branch added; shape (batch, channels, time)."""
        hidden: torch.Tensor = self.middle(_convolved(rows, self.first))
        weight, bias = self._weights(hidden.double())
        value, gate = torch.baddbmm(bias.float(), weight.float(), hidden).chunk(2, dim=1)
        return torch.addcmul(rows, value, gate.sigmoid_())

    def _weights(self, hidden: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return, for each row, the weights and biases of the second convolution, its norm and the scale in one."""
        weight, bias = self.second.weight[:, :, 0].double(), _bias(self.second).double()[:, None]
        centre = hidden.mean(dim=-1, keepdim=True)
        outputs = weight @ centre + bias
        mean = outputs.mean(dim=1, keepdim=True)
        apart = hidden - centre
        covariance = apart @ apart.mT / hidden.shape[-1]
        variance = ((weight @ covariance) * weight).sum(dim=(1, 2)) / len(weight)
        variance = variance[:, None, None] + (outputs - mean).square().mean(dim=1, keepdim=True)
        gain = self.norm.weight.double()[:, None] * (variance + self.norm.eps).rsqrt()
        shift = (bias - mean) * gain + self.norm.bias.double()[:, None]
        scale = self.scale.scale.double()
        scales = torch.cat([scale, torch.ones_like(scale)])[:, None]
        return weight * gain * scales, shift * scales


def _convolved(rows: torch.Tensor, convolution: nn.Conv1d) -> torch.Tensor:
    """Convolve with a short dilated kernel: one product of matrices for all taps, and a sum of shifted slices."""
    taps, dilation = int(convolution.kernel_size[0]), int(convolution.dilation[0])
    batch, _, frames = rows.shape
    kernels = convolution.weight.permute(2, 0, 1).flatten(0, 1)
    edge = dilation * (taps // 2)
    products = functional.pad(kernels @ rows, (edge, edge)).view(batch, taps, -1, frames + 2 * edge)
    answer = products[:, 0, :, :frames] + _bias(convolution)[:, None]
    for tap in range(1, taps):
        answer += products[:, tap, :, tap * dilation : tap * dilation + frames]
    return answer


def _bias(convolution: nn.Conv1d) -> torch.Tensor:
    assert convolution.bias is not None
    return convolution.bias
