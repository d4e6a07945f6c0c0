"""What failed or was cancelled, and is tried again after its cause was mended."""

from pathlib import Path

from acceptance.daemon_rig import (
    RATE,
    Desk,
    at_desk,
    deliveries,
    hash_of,
    long_sound,
    sound,
    visible,
    wav_bytes,
)

from stembridge.audio.sound import Encoding
from stembridge.jobs.job import Job, State
from stembridge.testing import noise, write_sound

OWN_PRESET = "description: Mine\nextends: house-48k24\nformat: {{container: {container}, depth: source}}\n"


def own_preset(home: Path, container: str) -> None:
    folder = home / "presets"
    folder.mkdir(exist_ok=True)
    (folder / "mine.yaml").write_text(OWN_PRESET.format(container=container), encoding="utf-8")


def cancel(desk: Desk, job: Job) -> None:
    with desk.store() as store:
        store.cancel(job.id)


def one_delivery_after(desk: Desk, job_id: str) -> None:
    again = desk.run("retry", job_id)
    assert again.returncode == 0, again.stderr
    desk.wait_jobs(1)
    desk.wait_settled()
    assert len(deliveries(desk.project)) == 1
    assert State.FAILED not in {job.state for job in desk.jobs() if job.outputs}
    assert not visible(desk.failed)


def test_a_job_whose_preset_was_mended_is_delivered_once(tmp_path: Path) -> None:
    own_preset(tmp_path, "flac")
    with at_desk(tmp_path, preset="mine") as desk:
        path = desk.inbox / "long.wav"
        original = hash_of(write_sound(path, noise(120.0, RATE), RATE, encoding=Encoding.FLOAT32))
        (failed,) = desk.wait_jobs(1, State.FAILED)
        desk.wait_settled()
        assert hash_of(desk.failed / "long.wav") == original
        own_preset(tmp_path, "wav")
        one_delivery_after(desk, failed.id)
        assert hash_of(desk.done / "long.wav") == original


def test_a_job_whose_file_was_replaced_is_delivered_once(tmp_path: Path) -> None:
    with at_desk(tmp_path, preset="house-48k24") as desk:
        (desk.inbox / "long.wav").write_bytes(wav_bytes()[:40] + bytes(4))
        (failed,) = desk.wait_jobs(1, State.FAILED)
        desk.wait_settled()
        (desk.failed / "long.wav").unlink()
        sound(desk.failed / "long.wav", seconds=120.0)
        one_delivery_after(desk, failed.id)


def test_a_file_that_is_dropped_again_mended_is_delivered(tmp_path: Path) -> None:
    with at_desk(tmp_path) as desk:
        (desk.inbox / "song.wav").write_bytes(b"")
        desk.wait_jobs(1, State.FAILED, seconds=30.0)
        desk.wait_settled()
        sound(desk.inbox / "song.wav")
        desk.wait_jobs(1)
        desk.wait_settled()
        assert len(deliveries(desk.project)) == 1


def test_a_new_file_under_the_name_of_a_cancelled_one_is_taken_in_after_a_restart(tmp_path: Path) -> None:
    with at_desk(tmp_path, preset="house-48k24") as desk:
        long_sound(desk.inbox / "song.wav")
        (job,) = desk.wait_jobs(1, State.RUNNING)
        cancel(desk, job)
        desk.wait_settled()
        assert desk.stop() == 0
        sound(desk.inbox / "song.wav", seed=2)
        desk.start()
        desk.wait_jobs(1)
        desk.wait_settled()
        assert visible(desk.failed) == ["song.wav", "song.wav.reason.txt"]


def test_a_job_that_is_cancelled_while_no_daemon_runs_is_put_aside_at_the_next_start(tmp_path: Path) -> None:
    with at_desk(tmp_path, preset="house-48k24") as desk:
        long_sound(desk.inbox / "song.wav")
        (job,) = desk.wait_jobs(1, State.RUNNING)
        desk.kill()
        cancel(desk, job)
        desk.start()
        desk.wait_settled()
        assert visible(desk.failed) == ["song.wav", "song.wav.reason.txt"]
        assert visible(desk.project) == []


def test_nothing_is_put_aside_that_is_still_in_hand(tmp_path: Path) -> None:
    with at_desk(tmp_path, preset="house-48k24") as desk:
        sound(desk.inbox / "song.wav", seconds=0.5)
        (job,) = desk.wait_jobs(1, State.QUEUED, State.RUNNING, State.DONE)
        desk.run("cancel", job.id)
        desk.wait_settled()
        (ended,) = desk.jobs()
        delivered = ended.state is State.DONE
        assert visible(desk.done if delivered else desk.failed)[0] == "song.wav"
        assert bool(visible(desk.project)) == delivered
