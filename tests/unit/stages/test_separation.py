"""Separation from a file to a delivery, in one process: what is promised of the delivered files, and bad input."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from demucs_models import FOUR, save_safetensors, save_th, small_demucs, small_hdemucs, small_htdemucs
from numpy.typing import NDArray

from stembridge.audio.files import open_sound, read_raw_blocks
from stembridge.audio.sound import Block, Encoding
from stembridge.errors import ConformError, StembridgeError
from stembridge.pipeline import Bench, clear, perform
from stembridge.presets import Preset, PresetStore
from stembridge.request import Progress, Request, no_progress
from stembridge.separators.estimate import Estimate
from stembridge.separators.library import Library, Models, Opened
from stembridge.separators.models import ModelStore
from stembridge.separators.separator import Separator
from stembridge.session.manifest import read_manifest
from stembridge.stages.deliver import Delivered
from stembridge.stages.separation_cache import SeparationCache
from stembridge.testing import ShareSeparator, noise, read_tree, write_sound
from stembridge.units import Hertz

SHARES = ShareSeparator({"vocals": 0.31, "drums": 0.2, "bass": 0.1, "other": 0.27})


@dataclass
class Home:
    """A folder with models of the user's own, a cache and a destination."""

    root: Path
    models: Models = field(init=False)

    def __post_init__(self) -> None:
        self.folder = self.root / "models"
        self.folder.mkdir()
        self.models = Library(ModelStore(self.root / "store"), own_folder=self.folder, device="cpu")

    def preset(self, separate: Mapping[str, Any], depth: int | str = "source") -> Preset:
        values = PresetStore().load("four-stems").model_dump()
        values["separate"] |= {"model": "mine"} | separate
        values["format"]["depth"] = depth
        return Preset.model_validate(values)

    def separate(
        self,
        song: Path,
        *,
        to: str = "out",
        cache: str = "cache",
        depth: int | str = "source",
        progress: Progress = no_progress,
        **separate: Any,
    ) -> Delivered:
        bench = Bench(self.models, SeparationCache(self.root / cache))
        request = Request((song,), "four-stems", self.root / to, "song")
        try:
            return perform(request, self.preset(separate, depth), bench, job=to, progress=progress)
        finally:
            clear(request, job=to)

    def refuses(self, song: Path, **wanted: Any) -> StembridgeError:
        """Return the one clear error that separating ends with, and check that nothing is left behind."""
        with pytest.raises(StembridgeError) as caught:
            self.separate(song, **wanted)
        assert caught.value.hint
        assert read_tree(self.root / "out") == {} if (self.root / "out").exists() else True
        return caught.value


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def song(home: Home, audio: Block | None = None, rate: int = 8_000, **options: Any) -> Path:
    audio = noise(1.3, Hertz(rate), level=0.02) if audio is None else audio
    return write_sound(home.root / "in" / "song.wav", audio, Hertz(rate), **options)


def samples(path: Path) -> NDArray[Any]:
    return np.concatenate(list(read_raw_blocks(open_sound(path))))


def sums(made: Delivered, source: Path) -> bool:
    """Say whether delivered integer stems sum to their source bit for bit."""
    return np.array_equal(sum(samples(path).astype(np.int64) for path in made.outputs), samples(source))


def separation(made: Delivered) -> dict[str, Any]:
    found: dict[str, Any] = read_manifest(made.manifest)["separation"]
    return found


def waves(made: Delivered) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in made.outputs}


@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize("encoding", [Encoding.INT16, Encoding.INT24, Encoding.FLOAT32])
def test_delivered_stems_null(home: Home, encoding: Encoding, channels: int) -> None:
    save_safetensors(small_hdemucs(), home.folder, "mine")
    source = song(home, noise(1.3, Hertz(8_000), level=0.02, channels=channels), encoding=encoding)
    made = home.separate(source)
    assert [open_sound(path).format.channels for path in made.outputs] == [channels] * 4
    if encoding.is_integer:
        assert sums(made, source)
        assert separation(made)["null_exact"]
    else:
        left = sum(samples(path).astype(np.float64) for path in made.outputs) - samples(source)
        assert np.sqrt(np.mean(np.square(left))) < 1e-7
        assert separation(made)["null_dbfs"] < -140


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 88_200, 96_000, 192_000])
def test_delivered_stems_have_their_sources_rate_and_frames(home: Home, rate: int) -> None:
    save_safetensors(small_demucs(), home.folder, "mine")
    source = song(home, noise(0.31, Hertz(rate), level=0.02)[:-1], rate, encoding=Encoding.INT24)
    made = home.separate(source)
    shape = {(sound.format.rate, sound.frames) for sound in map(open_sound, made.outputs)}
    assert shape == {(rate, open_sound(source).frames)}
    assert sums(made, source)


@pytest.mark.parametrize("shifts", [0, 2])
def test_the_same_work_done_anew_gives_the_same_bytes(home: Home, shifts: int) -> None:
    save_safetensors(small_htdemucs(), home.folder, "mine")
    source = song(home, rate=11_025)
    once = home.separate(source, shifts=shifts)
    again = home.separate(source, to="again", cache="another", shifts=shifts)
    assert waves(once) == waves(again)
    assert separation(once)["seed"] == (0 if shifts else None)


def test_24_bit_stems_have_24_bits_in_them(home: Home) -> None:
    save_safetensors(small_htdemucs(), home.folder, "mine")
    made = home.separate(song(home, encoding=Encoding.INT24))
    assert all((samples(path) & 0xFF00).any() for path in made.outputs)


def test_what_is_asked_again_comes_from_the_cache_and_says_so(home: Home) -> None:
    save_safetensors(small_htdemucs(), home.folder, "mine")
    source = song(home)
    once, again = home.separate(source), home.separate(source, to="again")
    assert waves(once) == waves(again)
    said = [["from-cache" in finding["code"] for finding in made.findings] for made in (once, again)]
    assert [any(each) for each in said] == [False, True]


class Kept:
    """Opens one separator, whatever is wanted."""

    def __init__(self, separator: Separator, estimate: Estimate | None = None) -> None:
        self.separator, self.estimate = separator, estimate

    def open(self, wanted: Any) -> Opened:
        estimate = self.estimate
        return Opened(self.separator, None, "cpu", estimate=estimate and (lambda _seconds, _stems: estimate))


def test_a_file_of_more_than_ten_minutes_is_not_cut(home: Home) -> None:
    home.models = Kept(SHARES)
    source = song(home, noise(660.5, Hertz(8_000), level=0.02, channels=1))
    made = home.separate(source, stems=("vocals", "instrumental"))
    assert sums(made, source)


@pytest.mark.parametrize(
    ("audio", "rate"),
    [
        (noise(0.1, Hertz(8_000), level=0.02), 8_000),
        (noise(0.1, Hertz(8_000), level=0.02)[:1], 8_000),
        (np.zeros((9_000, 2), np.float32), 8_000),
        (noise(0.2, Hertz(192_000), level=0.02), 192_000),
        (noise(0.3, Hertz(8_000), level=0.02, channels=12), 8_000),
    ],
    ids=["0.1 s", "one frame", "silence", "192 kHz", "12 channels"],
)
@pytest.mark.parametrize("model", ["mine", "spectral"])
def test_unusual_sound_is_separated_like_any_other(home: Home, audio: Block, rate: int, model: str) -> None:
    save_safetensors(small_htdemucs(), home.folder, "mine")
    source = song(home, audio, rate, encoding=Encoding.INT24)
    made = home.separate(source, model=model)
    assert sums(made, source)
    assert len(made.outputs) == 4


def test_a_file_with_nothing_but_dither_is_separated_too(home: Home) -> None:
    """Steps of one: a fifth of each rounds to nothing, and all goes to the stem that takes the rounding."""
    home.models = Kept(ShareSeparator(dict.fromkeys(FOUR, 0.2)))
    source = song(home, noise(0.5, Hertz(8_000), level=0.2 / 2**15))
    assert sums(home.separate(source), source)


def test_a_float_source_far_over_full_scale_is_separated_too(home: Home) -> None:
    save_safetensors(small_htdemucs(), home.folder, "mine")
    made = home.separate(song(home, noise(1.0, Hertz(8_000), level=60.0), encoding=Encoding.FLOAT32))
    assert separation(made)["null_dbfs"] < -100


def test_stems_may_be_called_what_no_file_can_be_called(home: Home) -> None:
    names = ["lead/backing", "../../in/other", "con", "vocals"]
    save_safetensors(small_demucs(sources=names), home.folder, "mine")
    source = song(home)
    made = home.separate(source, stems=tuple(names), residual="shared")
    assert len({path.parent for path in made.outputs}) == 1
    assert [path.name for path in source.parent.iterdir()] == [source.name]
    assert len(list(made.folder.rglob("*.wav"))) == 4


@pytest.mark.parametrize("model", ["mine", "spectral"])
def test_a_source_with_nan_is_refused(home: Home, model: str) -> None:
    save_safetensors(small_htdemucs(), home.folder, "mine")
    audio = noise(1.0, Hertz(8_000))
    audio[5_000, 1] = np.nan
    error = home.refuses(song(home, audio, encoding=Encoding.FLOAT32), model=model)
    assert error.code == "not-finite"


def test_more_than_two_channels_are_refused_where_the_preset_says_so(home: Home) -> None:
    save_safetensors(small_htdemucs(), home.folder, "mine")
    source = song(home, noise(0.5, Hertz(8_000), channels=6))
    assert "6 channels" in home.refuses(source, channels="refuse").message


def test_a_device_that_is_not_there_is_refused(home: Home) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has a CUDA device")
    save_safetensors(small_htdemucs(), home.folder, "mine")
    assert home.refuses(song(home), device="cuda").code == "device-missing"


@pytest.mark.parametrize(
    ("name", "content"),
    [("mine.safetensors", b"\0" * 900), ("mine.th", b"PK\x03\x04 no model"), ("mine.yaml", b"models: 3")],
)
def test_a_model_that_is_none_is_refused(home: Home, name: str, content: bytes) -> None:
    (home.folder / name).write_bytes(content)
    assert home.refuses(song(home)).code in ("model-kind", "model-untrusted", "model-bag")


def test_a_model_of_other_sources_is_refused_with_those_it_makes(home: Home) -> None:
    save_safetensors(small_demucs(sources=["speech", "noise"]), home.folder, "mine")
    source = song(home)
    assert "speech, noise" in home.refuses(source).hint
    assert len(home.separate(source, stems=("speech", "noise"), residual="noise").outputs) == 2


@pytest.mark.parametrize("other", [{"samplerate": 11_025}, {"audio_channels": 1}])
def test_a_model_of_another_rate_or_of_other_channels_is_used_all_the_same(
    home: Home, other: dict[str, int]
) -> None:
    save_safetensors(small_htdemucs(**other), home.folder, "mine")
    source = song(home)
    assert sums(home.separate(source), source)


@dataclass(frozen=True)
class Short:
    """A separator that loses the end."""

    name: str = "short"
    stems: tuple[str, ...] = tuple(FOUR)
    rough: bool = False

    def separate(
        self, blocks: Iterable[Block], rate: Hertz, *, stems: Sequence[str], **_: Any
    ) -> Iterator[Mapping[str, Block]]:
        for block in blocks:
            yield {stem: block[:-1] * np.float32(0.2) for stem in stems}


def test_stems_of_another_length_are_not_delivered(home: Home) -> None:
    home.models = Kept(Short())
    with pytest.raises(ConformError, match="10399 frames were written instead of 10400"):
        home.separate(song(home))
    assert read_tree(home.root / "out") == {}


def test_what_does_not_fit_into_memory_is_refused_before_the_work(home: Home) -> None:
    home.models = Kept(SHARES, Estimate(memory_bytes=8 * 10**9, seconds=1.0, free_bytes=4 * 10**9))
    told: list[str] = []
    error = home.refuses(song(home), progress=lambda stage, _: told.append(stage))
    assert error.code == "memory"
    assert "separate" not in told


def test_a_destination_that_is_none_is_told_before_the_work(home: Home) -> None:
    save_safetensors(small_htdemucs(), home.folder, "mine")
    (home.root / "out").write_bytes(b"a file")
    told: list[str] = []
    with pytest.raises((StembridgeError, OSError)):
        home.separate(song(home), progress=lambda stage, _: told.append(stage))
    assert "separate" not in told


def test_a_trusted_pickle_separates_like_its_safetensors(home: Home) -> None:
    module, source = small_htdemucs(), song(home)
    save_safetensors(module, home.folder, "mine")
    once = home.separate(source)
    pickle = save_th(module, home.root, "mine")
    store = ModelStore(home.root / "store")
    store.import_files([pickle], trust=True)
    home.models = Library(store, device="cpu")
    assert waves(once) == waves(home.separate(source, to="again"))
