"""A real daemon and what people do to a hot folder."""

import shutil
import struct
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from acceptance.daemon_rig import (
    SETTLE_S,
    Desk,
    at_desk,
    check_delivery,
    deliveries,
    hash_of,
    sound,
    wav_bytes,
)

from stembridge.jobs.job import State
from stembridge.testing import wait_until

PATIENT_S = 3.0


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with at_desk(tmp_path) as desk:
        yield desk


def pause(seconds: float) -> None:
    """Let time pass where its passing is the point: a writer that rests."""
    threading.Event().wait(seconds)


@pytest.fixture
def patient(tmp_path: Path) -> Iterator[Desk]:
    """Start a daemon that gives nothing up, and waits long enough for a machine that is slow to write."""
    with at_desk(tmp_path, settle_s=PATIENT_S, give_up_s=600.0) as desk:
        yield desk


def test_a_writer_that_pauses_with_an_unfinished_header_is_waited_for(tmp_path: Path) -> None:
    with at_desk(tmp_path, give_up_s=600.0) as desk:
        write_with_pauses(desk)


def write_with_pauses(desk: Desk) -> None:
    whole = wav_bytes(frames=44_100)
    with (desk.inbox / "slow.wav").open("wb") as file:
        file.write(whole[:4] + bytes(4) + whole[8:40] + bytes(4) + whole[44:90_000])
        file.flush()
        pause(6 * SETTLE_S)
        assert desk.jobs() == []
        file.write(whole[90_000:])
        file.flush()
        pause(4 * SETTLE_S)
        assert desk.jobs() == []
        file.seek(40)
        file.write(struct.pack("<I", len(whole) - 44))
        file.seek(4)
        file.write(struct.pack("<I", len(whole) - 8))
    desk.wait_jobs(1)
    (delivery,) = deliveries(desk.project)
    assert check_delivery(delivery)["outputs"][0]["frames"] == 44_100
    wait_until(lambda: (desk.done / "slow.wav").is_file())
    assert (desk.done / "slow.wav").read_bytes() == whole


def test_a_file_that_is_renamed_into_place_is_taken_in(desk: Desk) -> None:
    sound(desk.inbox / "song.wav.part")
    pause(3 * SETTLE_S)
    assert desk.jobs() == []
    (desk.inbox / "song.wav.part").rename(desk.inbox / "song.wav")
    desk.wait_jobs(1)
    desk.wait_settled()
    assert [delivery.name for delivery in deliveries(desk.project)] == ["song"]


def test_a_folder_that_arrives_file_by_file_is_one_delivery(patient: Desk) -> None:
    song = patient.inbox / "Song"
    song.mkdir()
    for number, name in enumerate(("Drums", "Bass", "Vox", "Keys")):
        sound(song / f"Song_{name}.wav", seed=number)
        pause(PATIENT_S / 10)
    (song / "notes.txt").write_text("at 120 bpm", encoding="utf-8")
    (job,) = patient.wait_jobs(1)
    patient.wait_settled()
    (delivery,) = deliveries(patient.project)
    assert len(job.outputs) == 4
    assert (delivery / "Extras" / "notes.txt").read_text(encoding="utf-8") == "at 120 bpm"


def test_files_that_arrive_deep_in_a_folder_are_noticed_soon(desk: Desk) -> None:
    deep = desk.inbox / "Song" / "Stems" / "48k"
    deep.mkdir(parents=True)
    pause(4 * SETTLE_S)
    sound(deep / "Song_Bass.wav")
    desk.wait_jobs(1)  # the next look without an event would be in two minutes


def test_a_zip_is_one_delivery(desk: Desk, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "Song.zip", "w") as archive:
        archive.writestr("Song/Song_Bass.wav", wav_bytes(seed=1))
        archive.writestr("Song/Song_Vox.wav", wav_bytes(seed=2))
        archive.writestr("__MACOSX/Song/._Song_Vox.wav", b"resource fork")
    shutil.copy(tmp_path / "Song.zip", desk.inbox)
    (job,) = desk.wait_jobs(1)
    desk.wait_settled()
    assert [path.name for path in job.outputs] == ["Song_bass_44.1k16b.wav", "Song_vocals_44.1k16b.wav"]
    assert hash_of(desk.done / "Song.zip") == hash_of(tmp_path / "Song.zip")


def test_the_same_content_is_delivered_once_and_put_away_again(desk: Desk) -> None:
    sound(desk.inbox / "song.wav")
    desk.wait_jobs(1)
    desk.wait_settled()
    sound(desk.inbox / "song.wav")
    desk.wait_settled()
    assert len(deliveries(desk.project)) == len(desk.jobs()) == 1
    assert sorted(path.name for path in desk.done.iterdir()) == ["song.wav", "song_2.wav"]


def test_a_bad_file_is_put_aside_and_the_rest_of_the_batch_goes_on(desk: Desk) -> None:
    for number in range(4):
        sound(desk.inbox / f"good{number}.wav", seed=number)
    (desk.inbox / "bad.wav").write_bytes(b"This is no sound at all. " * 40)
    jobs = desk.wait_jobs(5, State.DONE, State.FAILED)
    desk.wait_settled()
    (failed,) = (job for job in jobs if job.state is State.FAILED)
    assert failed.error is not None
    assert failed.error.hint
    reason = (desk.failed / "bad.wav.reason.txt").read_text(encoding="utf-8")
    assert failed.id in reason
    assert failed.error.message in reason
    assert len(deliveries(desk.project)) == 4


def test_files_that_are_there_at_start_go_through_the_same_gate(tmp_path: Path) -> None:
    desk = Desk(tmp_path, give_up_s=60.0)
    whole = wav_bytes(frames=44_100)
    sound(desk.inbox / "early.wav")
    (desk.inbox / "half.wav").write_bytes(whole[:50_000])
    desk.start()
    try:
        desk.wait_jobs(1)
        pause(3 * SETTLE_S)
        assert [job.name for job in desk.jobs()] == ["early"]
        (desk.inbox / "half.wav").write_bytes(whole)
        desk.wait_jobs(2)
        desk.wait_settled()
        assert desk.stop() == 0
    finally:
        desk.close()


def test_what_it_writes_itself_is_never_taken_in(tmp_path: Path) -> None:
    """Originals stay, and the next hot folder looks at the first one's parent-side neighbours only."""
    with at_desk(tmp_path, folder_settings="    originals: keep\n") as desk:
        sound(desk.inbox / "song.wav")
        (desk.inbox / "bad.wav").write_bytes(b"no sound " * 100)
        desk.wait_jobs(2, State.DONE, State.FAILED)
        pause(6 * SETTLE_S)
        assert len(desk.jobs()) == 2
        assert (desk.inbox / "song.wav").is_file()
        assert len(deliveries(desk.project)) == 1


def test_temporary_and_system_files_are_left_alone(desk: Desk) -> None:
    for name in (".DS_Store", "Thumbs.db", "song.wav.reapeaks", "._song.wav", "song.wav.crdownload"):
        (desk.inbox / name).write_bytes(b"x")
    pause(5 * SETTLE_S)
    assert desk.jobs() == []
    sound(desk.inbox / "other.wav")
    desk.wait_jobs(1)
    assert len(deliveries(desk.project)) == 1


def test_a_marker_completes_a_folder(tmp_path: Path) -> None:
    with at_desk(tmp_path, folder_settings='    complete_when: "*.done"\n') as desk:
        sound(desk.inbox / "Song" / "Song_Bass.wav")
        pause(5 * SETTLE_S)
        assert desk.jobs() == []
        sound(desk.inbox / "Song" / "Song_Vox.wav", seed=2)
        (desk.inbox / "Song" / "copy.done").touch()
        (job,) = desk.wait_jobs(1)
        assert len(job.outputs) == 2
