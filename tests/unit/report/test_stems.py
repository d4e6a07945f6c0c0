"""The files of a delivery as a script inserts them."""

from pathlib import Path

from click.testing import CliRunner

from stembridge.audio.bext import new_bext
from stembridge.audio.metadata import Metadata
from stembridge.cli.group import commands
from stembridge.report.stems import list_stems
from stembridge.testing import noise, write_sound
from stembridge.units import Hertz, Samples

RATE = Hertz(48_000)
HOUR = 3600.0


def stamped(path: Path, seconds: float) -> Path:
    told = Metadata(bext=new_bext("", Samples(round(seconds * RATE))))
    return write_sound(path, noise(0.5, RATE, seed=round(seconds * 4)), RATE, metadata=told)


def listed(tmp_path: Path, **files: float) -> dict[str, tuple[float, bool]]:
    for name, seconds in files.items():
        stamped(tmp_path / "Song" / f"{name}.wav", seconds)
    line = ["process", str(tmp_path / "Song"), "--preset", "house-48k24", "--to", str(tmp_path / "out")]
    done = CliRunner().invoke(commands, line)
    assert done.exit_code == 0, done.output
    (manifest,) = (tmp_path / "out").glob("*/manifest.json")
    return {stem["name"]: (stem["start"], stem["muted"]) for stem in list_stems(manifest)}


def test_a_file_that_starts_later_says_how_much_later_and_the_mixdown_is_muted(tmp_path):
    found = listed(tmp_path, Song_Drums=10 * HOUR, Song_Bass=10 * HOUR + 5.25, Song_Mix=10 * HOUR)
    assert found == {"drums": (0.0, False), "bass": (5.25, False), "mix": (0.0, True)}


def test_a_mixdown_alone_is_heard(tmp_path):
    assert listed(tmp_path, Song_Mix=1.0) == {"mix": (0.0, False)}
