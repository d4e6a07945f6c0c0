"""The Demucs adapter against Demucs itself, and what it promises beyond."""

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from demucs.apply import BagOfModels, apply_model
from demucs_models import (
    FOUR,
    RATE,
    loaded,
    loaded_bag,
    model_files,
    small_demucs,
    small_hdemucs,
    small_htdemucs,
)

from stembridge.audio.sound import Block
from stembridge.errors import Cancelled, SeparationError
from stembridge.separators.demucs import DemucsSeparator, load_model, stream
from stembridge.testing import noise
from stembridge.units import Hertz, Samples, Seconds


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Small networks on a shared machine: more threads only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def separated(
    separator: DemucsSeparator,
    mix: Block,
    rate: int = RATE,
    *,
    stems: Sequence[str] = (),
    block: int = 1000,
) -> dict[str, Block]:
    wanted = list(stems or separator.stems)
    blocks = [mix[start : start + block] for start in range(0, len(mix), block)]
    parts: dict[str, list[Block]] = {each: [np.zeros((0, mix.shape[1]), np.float32)] for each in wanted}
    for made in separator.separate(
        blocks,
        Hertz(rate),
        channels=mix.shape[1],
        frames=Samples(len(mix)),
        stems=wanted,
        progress=lambda _: None,
    ):
        for stem, audio in made.items():
            parts[stem].append(audio)
    return {stem: np.concatenate(each) for stem, each in parts.items()}


def by_demucs(model: Any, mix: Block, **kwargs: Any) -> dict[str, Block]:
    """Separate as ``demucs.api.Separator.separate_tensor`` does."""
    wav = torch.from_numpy(mix.T.copy())
    mean, std = wav.mean(0).mean(), wav.mean(0).std() + 1e-8
    out = apply_model(model, ((wav - mean) / std)[None], **({"shifts": 0} | kwargs))[0] * std + mean
    return {name: each.numpy().T for name, each in zip(model.sources, out, strict=True)}


def song(seconds: float, *, rate: int = RATE, channels: int = 2) -> Block:
    """Return noise that swells, with a little DC: level and place matter."""
    audio = noise(seconds, Hertz(rate), level=0.2, channels=channels)
    swell = np.linspace(0.1, 1.0, len(audio), dtype=np.float32)[:, None]
    result: Block = (audio * swell + 0.01).astype(np.float32)
    return result


MAKERS = {"htdemucs": small_htdemucs, "hdemucs": small_hdemucs, "demucs": small_demucs}
LENGTHS = (2, 800, 4799, 4800, 4801, 6400, 9600, 9601, 16_000, 23_457)


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("frames", LENGTHS)
def test_the_stems_are_those_of_demucs_at_any_length(kind: str, frames: int, tmp_path: Path) -> None:
    module, mix = MAKERS[kind](), song(3.0)[:frames]
    expected = by_demucs(module, mix)
    got = separated(DemucsSeparator(loaded(tmp_path, module), device="cpu"), mix)
    for stem in FOUR:
        assert got[stem].shape == mix.shape
        assert np.abs(got[stem] - expected[stem]).max() < 1e-5
    assert max(np.abs(each).max() for each in got.values()) > 0.001


@pytest.mark.parametrize("kind", MAKERS)
def test_a_single_frame_is_separated(kind: str, tmp_path: Path) -> None:
    got = separated(DemucsSeparator(loaded(tmp_path, MAKERS[kind]()), device="cpu"), song(3.0)[-1:])
    assert all(np.isfinite(each).all() and each.shape == (1, 2) for each in got.values())


@pytest.mark.parametrize("overlap", [0.0, 0.1, 0.25, 0.5, 0.9])
def test_any_overlap_adds_up_as_in_demucs(overlap: float, tmp_path: Path) -> None:
    module, mix = small_htdemucs(), song(1.7)
    expected = by_demucs(module, mix, overlap=overlap)
    got = separated(DemucsSeparator(loaded(tmp_path, module), device="cpu", overlap=overlap), mix)
    assert all(np.abs(got[stem] - expected[stem]).max() < 1e-5 for stem in FOUR)


def test_a_bag_is_weighted_as_in_demucs(tmp_path: Path) -> None:
    modules = [small_htdemucs(), small_demucs(), small_hdemucs()]
    weights = [[1.0, 0.0, 0.5, 2.0], [1.0, 3.0, 0.0, 1.0], [1.0, 0.0, 0.2, 0.0]]
    model = loaded_bag(tmp_path, modules, f"weights: {weights}\nsegment: 0.9\n")
    mix = song(2.3)
    expected = by_demucs(BagOfModels(modules, weights, 0.9), mix)
    got = separated(DemucsSeparator(model, device="cpu"), mix)
    assert all(np.abs(got[stem] - expected[stem]).max() < 1e-5 for stem in FOUR)


def test_a_member_that_is_in_a_bag_twice_counts_twice(tmp_path: Path) -> None:
    modules = [small_hdemucs(seed=1), small_hdemucs(seed=2)]
    loaded_bag(tmp_path, modules)
    (tmp_path / "bag.yaml").write_text("models: [m0, m1, m0]", encoding="utf-8")
    model = load_model(model_files(tmp_path, "bag"))
    mix = song(1.2)
    expected = by_demucs(BagOfModels([modules[0], modules[1], modules[0]]), mix)
    got = separated(DemucsSeparator(model, device="cpu"), mix)
    assert len(model.members) == 2
    assert all(np.abs(got[stem] - expected[stem]).max() < 1e-5 for stem in FOUR)


def test_shifts_are_those_of_demucs_with_the_same_seed(tmp_path: Path) -> None:
    """Without a transformer: each segment of one draws from the same chance in Demucs, for nothing."""
    modules = [small_demucs(seed=1), small_hdemucs(seed=2)]
    mix = song(1.9)
    random.seed(7)
    expected = by_demucs(BagOfModels(modules), mix, shifts=3)
    got = separated(DemucsSeparator(loaded_bag(tmp_path, modules), device="cpu", shifts=3, seed=7), mix)
    assert all(np.abs(got[stem] - expected[stem]).max() < 1e-5 for stem in FOUR)


def test_only_members_with_a_share_in_the_wanted_stems_are_run(tmp_path: Path) -> None:
    modules = [small_htdemucs(seed=each) for each in range(4)]
    model = loaded_bag(tmp_path, modules, f"weights: {np.eye(4).tolist()}\n")
    separator, mix = DemucsSeparator(model, device="cpu", shifts=2, seed=3), song(1.0)
    everything = separated(separator, mix)
    with torch.no_grad():
        for index in (0, 1, 2):
            for weight in model.members[index].module.parameters():
                weight.fill_(float("nan"))
    assert np.array_equal(separated(separator, mix, stems=["vocals"])["vocals"], everything["vocals"])
    with pytest.raises(SeparationError, match="not numbers"):
        separated(separator, mix, stems=["drums"])


def test_the_wanted_stems_come_in_the_wanted_order(tmp_path: Path) -> None:
    separator, mix = DemucsSeparator(loaded(tmp_path, small_htdemucs()), device="cpu"), song(1.0)
    everything, some = separated(separator, mix), separated(separator, mix, stems=["vocals", "drums"])
    assert list(some) == ["vocals", "drums"]
    assert all(np.array_equal(some[stem], everything[stem]) for stem in some)


def test_the_blocks_it_came_in_do_not_change_a_bit(tmp_path: Path) -> None:
    separator, mix = DemucsSeparator(loaded(tmp_path, small_htdemucs()), device="cpu"), song(2.0)
    once, again = separated(separator, mix, block=777), separated(separator, mix, block=5000)
    assert all(np.array_equal(once[stem], again[stem]) for stem in FOUR)


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 88_200, 96_000, 192_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_every_rate_keeps_exactly_its_frames(rate: int, channels: int, tmp_path: Path) -> None:
    separator = DemucsSeparator(loaded(tmp_path, small_demucs()), device="cpu")
    for frames in (1, 3, rate // 10, rate + 1, rate + 7):
        mix = song(2.0, rate=rate, channels=channels)[:frames]
        assert {each.shape for each in separated(separator, mix, rate).values()} == {mix.shape}


def test_stems_come_back_from_the_models_rate_without_delay(tmp_path: Path) -> None:
    """A time-domain network that answers each source with half of the mix shows what the way there and back does."""
    separator = DemucsSeparator(loaded(tmp_path, small_demucs(sources=["half"])), device="cpu")
    module = separator.model.members[0].module
    module.forward = lambda mix: mix[:, None] * 0.5
    time_axis = np.arange(100_001) / 48_000
    mix = np.stack([np.sin(2 * np.pi * 440 * time_axis), np.cos(2 * np.pi * 1000 * time_axis)], 1).astype(
        np.float32
    )
    got = separated(separator, mix, 48_000)["half"]
    assert np.abs(got - mix / 2)[2000:-2000].max() < 1e-4


def test_mono_gives_what_the_same_sound_on_both_sides_gives(tmp_path: Path) -> None:
    separator, mono = DemucsSeparator(loaded(tmp_path, small_htdemucs()), device="cpu"), song(1.5, channels=1)
    both = separated(separator, np.repeat(mono, 2, axis=1))
    for stem, audio in separated(separator, mono).items():
        assert np.abs(audio[:, 0] - both[stem].mean(axis=1)).max() < 1e-6


def test_a_mono_model_separates_the_sides_of_stereo_each_on_its_own(tmp_path: Path) -> None:
    module, mix = small_htdemucs(audio_channels=1), song(1.5)
    wav = torch.from_numpy(mix.T.copy())
    mean, std = wav.mean(0).mean(), wav.mean(0).std() + 1e-8
    expected = apply_model(module, ((wav - mean) / std)[:, None], shifts=0)[:, :, 0] * std + mean
    got = separated(DemucsSeparator(loaded(tmp_path, module), device="cpu", batch=2), mix)
    for index, stem in enumerate(FOUR):
        assert np.abs(got[stem].T - expected[:, index].numpy()).max() < 1e-5


def test_batches_change_nothing(tmp_path: Path) -> None:
    modules = [small_htdemucs(), small_hdemucs()]
    model, mix = loaded_bag(tmp_path, modules), song(3.1)
    mix[9000:20_000] = 0.0
    one = separated(DemucsSeparator(model, device="cpu", batch=1), mix)
    three = separated(DemucsSeparator(model, device="cpu", batch=3), mix)
    assert all(np.abs(one[stem] - three[stem]).max() < 1e-5 for stem in FOUR)


def test_silence_longer_than_a_segment_is_not_computed_and_stays_silence(tmp_path: Path) -> None:
    separator, mix = DemucsSeparator(loaded(tmp_path, small_htdemucs()), device="cpu"), song(4.0)
    segment, heard = 6400, []
    mix[segment : 4 * segment] = 0.0
    separator.model.members[0].module.register_forward_pre_hook(lambda _module, given: heard.append(given))
    got = separated(separator, mix)
    assert len(heard) < len(range(0, len(mix), segment * 3 // 4))
    assert not any(got[stem][2 * segment : 3 * segment].any() for stem in FOUR)
    assert all(got[stem][4 * segment :].any() for stem in FOUR)


def test_silence_is_not_computed_at_another_rate_either(tmp_path: Path) -> None:
    separator, mix = DemucsSeparator(loaded(tmp_path, small_htdemucs()), device="cpu"), song(4.0, rate=11_025)
    heard: list[object] = []
    mix[5_000:40_000] = 0.0
    separator.model.members[0].module.register_forward_pre_hook(lambda _module, given: heard.append(given))
    separated(separator, mix, 11_025)
    assert len(heard) <= 4


@pytest.mark.parametrize("rate", [8_000, 44_100])
def test_pure_silence_gives_pure_silence(rate: int, tmp_path: Path) -> None:
    separator = DemucsSeparator(loaded(tmp_path, small_hdemucs()), device="cpu")
    got = separated(separator, np.zeros((rate * 2, 2), np.float32), rate)
    assert {each.shape for each in got.values()} == {(rate * 2, 2)}
    assert not any(each.any() for each in got.values())


def test_nothing_gives_nothing(tmp_path: Path) -> None:
    separator = DemucsSeparator(loaded(tmp_path, small_hdemucs()), device="cpu")
    assert {each.shape for each in separated(separator, np.zeros((0, 2), np.float32)).values()} == {(0, 2)}


def test_a_source_with_nan_is_refused(tmp_path: Path) -> None:
    mix = song(1.0)
    mix[500, 1] = np.nan
    with pytest.raises(SeparationError, match="source holds values that are not numbers") as caught:
        separated(DemucsSeparator(loaded(tmp_path, small_hdemucs()), device="cpu"), mix)
    assert caught.value.code == "not-finite"


def test_a_model_that_answers_with_nan_is_an_error(tmp_path: Path) -> None:
    separator = DemucsSeparator(loaded(tmp_path, small_htdemucs()), device="cpu")
    with torch.no_grad():
        next(separator.model.members[0].module.parameters()).fill_(float("nan"))
    with pytest.raises(SeparationError, match="answered with values that are not numbers") as caught:
        separated(separator, song(1.0))
    assert caught.value.code == "not-finite"


def _on_a_gpu() -> None:
    raise torch.OutOfMemoryError("CUDA out of memory.")


def _in_cudnn() -> None:
    raise RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED")


def _on_the_cpu() -> None:
    torch.empty(1 << 60, dtype=torch.uint8)


def _in_numpy() -> None:
    raise MemoryError


class _Cramped:
    """A network hook that has memory for so many segments at once, and then runs out of it."""

    def __init__(self, room: int, run_out: Callable[[], None] = _on_the_cpu) -> None:
        self.room, self.run_out, self.asked = room, run_out, []

    def __call__(self, _module: Any, given: tuple[torch.Tensor]) -> None:
        self.asked.append(len(given[0]))
        if len(given[0]) > self.room:
            self.run_out()


@pytest.mark.parametrize("run_out", [_on_a_gpu, _in_cudnn, _on_the_cpu, _in_numpy])
def test_too_little_memory_makes_the_batches_smaller(run_out: Callable[[], None], tmp_path: Path) -> None:
    model, mix = loaded(tmp_path, small_htdemucs()), song(4.0)
    expected = separated(DemucsSeparator(model, device="cpu"), mix)
    cramped = _Cramped(2, run_out)
    model.members[0].module.register_forward_pre_hook(cramped)
    got = separated(DemucsSeparator(model, device="cpu", batch=4), mix)
    assert max(cramped.asked) == 4
    assert all(np.abs(got[stem] - expected[stem]).max() < 1e-5 for stem in FOUR)


def test_too_little_memory_for_one_segment_is_an_error(tmp_path: Path) -> None:
    model = loaded(tmp_path, small_htdemucs())
    model.members[0].module.register_forward_pre_hook(_Cramped(0))
    with pytest.raises(SeparationError, match="not enough memory") as caught:
        separated(DemucsSeparator(model, device="cpu", batch=4), song(2.0))
    assert (caught.value.code, caught.value.retryable) == ("out-of-memory", True)


def test_progress_is_told_for_every_segment_and_reaches_the_end(tmp_path: Path) -> None:
    separator, mix, told = DemucsSeparator(loaded(tmp_path, small_htdemucs()), device="cpu"), song(2.0), []
    list(
        separator.separate(
            [mix], Hertz(RATE), channels=2, frames=Samples(len(mix)), stems=FOUR, progress=told.append
        )
    )
    assert told == sorted(told)
    assert (len(told), told[-1]) == (len(range(0, len(mix), 4800)), 1.0)


def test_a_cancelled_separation_ends_within_a_segment(tmp_path: Path) -> None:
    separator, mix, heard = (
        DemucsSeparator(loaded(tmp_path, small_htdemucs()), device="cpu", threads=1),
        song(9.0),
        [],
    )
    separator.model.members[0].module.register_forward_pre_hook(lambda _module, given: heard.append(given))

    def cancel(_fraction: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        list(
            separator.separate(
                [mix], Hertz(RATE), channels=2, frames=Samples(len(mix)), stems=FOUR, progress=cancel
            )
        )
    assert len(heard) <= 2


def test_a_mix_that_is_too_long_to_hold_gives_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    separator, mix = DemucsSeparator(loaded(tmp_path, small_demucs()), device="cpu"), song(2.0, rate=11_025)
    held = separated(separator, mix, 11_025)
    monkeypatch.setattr(stream, "HELD_FRAMES", 0)
    again = separated(separator, mix, 11_025)
    assert all(np.array_equal(held[stem], again[stem]) for stem in FOUR)


def test_memory_does_not_grow_with_length(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes in is let go of: no more than a few segments are asked for ahead of what has come out."""
    monkeypatch.setattr(stream, "HELD_FRAMES", 10 * RATE)
    separator, asked, given = (
        DemucsSeparator(loaded(tmp_path, small_demucs()), device="cpu", threads=2),
        [0],
        0,
    )

    class _Mix:
        def __iter__(self) -> Iterator[Block]:
            asked[0] = 0
            for _ in range(60):
                asked[0] += RATE
                yield song(1.0)

    for made in separator.separate(
        _Mix(), Hertz(RATE), channels=2, frames=Samples(60 * RATE), stems=FOUR, progress=lambda _: None
    ):
        given += len(made["bass"])
        assert asked[0] - given < 6 * RATE
    assert given == 60 * RATE


@pytest.mark.parametrize(
    ("device", "code"),
    [
        ("cuda", "device-missing"),
        ("cuda:3", "device-missing"),
        ("gpu", "device-unknown"),
        ("cpu:1", "device-missing"),
    ],
)
def test_a_device_that_is_not_there_is_an_error(device: str, code: str, tmp_path: Path) -> None:
    if device.startswith("cuda") and torch.cuda.is_available():
        pytest.skip("this machine has a CUDA device")
    with pytest.raises(SeparationError) as caught:
        DemucsSeparator(loaded(tmp_path, small_demucs()), device=device)
    assert caught.value.code == code
    assert caught.value.hint


@pytest.mark.parametrize("wrong", [{"overlap": 1.0}, {"overlap": -0.1}, {"shifts": -1}, {"batch": 0}])
def test_a_parameter_out_of_its_range_is_an_error(wrong: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(SeparationError, match="not a way to separate"):
        DemucsSeparator(loaded(tmp_path, small_demucs()), device="cpu", **wrong)


def test_a_stem_that_the_model_does_not_make_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SeparationError, match="does not make piano") as caught:
        separated(DemucsSeparator(loaded(tmp_path, small_demucs()), device="cpu"), song(0.5), stems=["piano"])
    assert "drums, bass, other, vocals" in caught.value.hint


def test_what_the_manifest_needs_is_described(tmp_path: Path) -> None:
    model = loaded(tmp_path, small_demucs())
    said = DemucsSeparator(model, device="cpu", shifts=2, seed=9).describe()
    assert said == {
        "model": "small", "model_sha256": model.sha256, "device": "cpu", "overlap": 0.25, "shifts": 2, "seed": 9
    }  # fmt: skip


def test_the_cost_grows_with_what_is_asked(tmp_path: Path) -> None:
    model = loaded_bag(
        tmp_path, [small_htdemucs(seed=each) for each in range(4)], f"weights: {np.eye(4).tolist()}\n"
    )
    separator = DemucsSeparator(model, device="cpu")
    all_stems, one_stem = separator.cost(Seconds(60.0)), separator.cost(Seconds(60.0), ["bass"])
    assert 0 < one_stem.seconds < all_stems.seconds < separator.cost(Seconds(120.0)).seconds
    assert separator.cost(Seconds(120.0)).memory_bytes == all_stems.memory_bytes > one_stem.memory_bytes


def test_a_transformer_that_moves_its_positions_at_random_gives_the_same_twice(tmp_path: Path) -> None:
    separator = DemucsSeparator(loaded(tmp_path, small_htdemucs(t_sin_random_shift=50)), device="cpu")
    once, again = separated(separator, song(1.0)), separated(separator, song(1.0))
    assert all(np.array_equal(once[stem], again[stem]) for stem in FOUR)
