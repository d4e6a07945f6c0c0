"""What comes at a bad moment: a job that ends while it is asked for, a mistake of our own."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from stembridge.errors import IntakeError
from stembridge.intake.orders import Orders
from stembridge.intake.osc_commands import OscCommands
from stembridge.intake.roots import Roots
from stembridge.intake.spool import SpoolInbox
from stembridge.presets import PresetStore
from stembridge.protocol import CONFORM, Said
from stembridge.report.osc import OscTeller
from stembridge.report.record import JobNews
from stembridge.report.spool import StatusBoard
from stembridge.request import Request

REQUEST = "0" * 32
RUNNING = JobNews("job", "ask", "running", revision=7)
CLIENT = ("127.0.0.1", 1000)


class Ending:
    """A clerk whose one job ends as soon as it was asked for."""

    def __init__(self) -> None:
        self.news = RUNNING

    def submit(self, _request: Request) -> JobNews:
        asked, self.news = self.news, replace(self.news, state="done", revision=8)
        return asked

    def get(self, _name: str) -> JobNews:
        return self.news

    def find(self, _request: str) -> JobNews | None:
        return self.news

    def newest(self, _count: int) -> list[JobNews]:
        return [self.news]

    def cancel(self, _name: str) -> JobNews:
        return self.news

    def retry(self, _name: str) -> JobNews:
        return self.news


@pytest.fixture
def orders(tmp_path: Path) -> Orders:
    (tmp_path / "Song").mkdir()
    (tmp_path / "Song" / "Bass.wav").touch()
    return Orders(Roots([tmp_path]), PresetStore())


def inbox_of(tmp_path: Path, orders: Orders, clerk: Ending | None = None) -> SpoolInbox:
    board = StatusBoard(tmp_path / "spool", log_file=tmp_path / "the.log")
    inbox = SpoolInbox(tmp_path / "spool", orders, clerk or Ending(), board)
    inbox.prepare()
    return inbox


def ask(tmp_path: Path) -> Path:
    """Leave a request in the spool; return its file."""
    body = {
        "version": 1, "id": REQUEST, "kind": "conform", "preset": "source", "path": str(tmp_path / "Song"),
        "project": {"record_path": str(tmp_path)},
    }  # fmt: skip
    path = tmp_path / "spool" / "requests" / f"{REQUEST}.json"
    path.write_text(json.dumps(body), encoding="utf-8")
    return path


def status(tmp_path: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((tmp_path / "spool" / "status" / f"{REQUEST}.json").read_bytes())
    return found


def test_a_request_in_the_spool_is_told_of_an_end_that_nobody_told(tmp_path, orders):
    inbox = inbox_of(tmp_path, orders)
    ask(tmp_path)
    inbox.take(REQUEST)
    assert status(tmp_path)["state"] == "done"


class Broken(Ending):
    """A clerk with a mistake in it."""

    def submit(self, _request: Request) -> JobNews:
        raise ZeroDivisionError


def test_a_mistake_over_one_request_is_told_and_the_request_is_gone(tmp_path, orders, caplog):
    inbox = inbox_of(tmp_path, orders, Broken())
    path = ask(tmp_path)
    with pytest.raises(IntakeError, match="made a mistake"):
        inbox.take(REQUEST)
    assert (status(tmp_path)["state"], path.exists()) == ("rejected", False)
    assert status(tmp_path)["hint"]
    assert "ZeroDivisionError" in caplog.text


def test_an_osc_client_is_told_of_an_end_that_nobody_told(tmp_path, orders):
    sent: list[Said] = []
    teller = OscTeller(lambda said, _client: sent.append(said))
    inbox = inbox_of(tmp_path, orders)
    commands = OscCommands(orders, Ending(), inbox, teller, lambda said, _client: sent.append(said))
    commands(Said(CONFORM.address, (str(tmp_path / "Song"), "source", "ask")), CLIENT)
    assert [said.address.removeprefix("/stembridge/") for said in sent] == ["accepted", "state", "done"]
