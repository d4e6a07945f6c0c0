"""What is computed in another way is the same."""

import pytest
import torch
from demucs.demucs import DConv
from demucs_models import small_hdemucs, small_htdemucs
from torch import nn

from stembridge.separators.demucs.faster import Attention, Residuals, make_faster


def _noise(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("rows", [1, 16, 37])
@pytest.mark.parametrize("frames", [1, 2, 5, 336])
def test_residual_branches_are_those_of_demucs(rows: int, frames: int) -> None:
    original = DConv(12, compress=4, init=0.5).requires_grad_(False)
    heard = _noise(rows, 12, frames) * 3.0 + 1.0
    with torch.inference_mode():
        assert torch.allclose(Residuals(original)(heard), original(heard), atol=1e-5)


def test_attention_is_that_of_torch() -> None:
    original = nn.MultiheadAttention(16, 4, batch_first=True).requires_grad_(False).eval()
    here, there = _noise(2, 9, 16), _noise(2, 5, 16)
    with torch.inference_mode():
        assert torch.allclose(
            Attention(original)(here, there, there)[0], original(here, there, there)[0], atol=1e-6
        )


def test_what_has_an_lstm_or_attention_in_its_branch_is_left_as_it_is() -> None:
    module = small_hdemucs()
    kept = [each for each in module.modules() if isinstance(each, DConv) and len(list(each.layers[0])) > 7]
    make_faster(module)
    assert kept
    assert all(each in list(module.modules()) for each in kept)
    assert any(isinstance(each, Residuals) for each in module.modules())


def test_doing_it_twice_changes_nothing() -> None:
    module = small_htdemucs()
    make_faster(module)
    parts = list(module.modules())
    make_faster(module)
    assert list(module.modules()) == parts
    assert not any(isinstance(each, nn.MultiheadAttention | DConv) for each in parts)
